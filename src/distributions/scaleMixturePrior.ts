/**
 * The scale mixture of two normals, weight N(0, std1^2) + (1 - weight) N(0, std2^2): a wide one for the few weights
 * that matter, a narrow one that draws the others to 0.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import { type Definition, define } from "../core/Spec.ts"
import { kernels } from "../kernels/index.ts"
import { type Prior, sampled } from "./Prior.ts"
import { assertStd } from "./std.ts"

/** `weight` is that of the first normal, 0.5 unless given. @category models @since 0.2.0 */
export interface ScaleMixtureOptions {
  readonly weight?: number
  readonly std1: number
  readonly std2: number
}

/**
 * A scale mixture prior for every weight. The KL is sampled.
 *
 * **Source**: Blundell et al. 2015, section 3.3, equation 7, where weight is pi, one of 1/4, 1/2 and 3/4, std1 is one of
 * 1, e^-1 and e^-2, and std2 one of e^-6, e^-7 and e^-8 (section 5.1). **Numerics**: by log-sum-exp; value and derivative
 * are finite at |w| = 1e4 for each of those. **Errors**: `ConfigError` unless weight is between 0 and 1 and both stds
 * are from 1e-150 to 1e150.
 *
 * @example
 * ```ts
 * import { Prior, Tensor } from "effect-bayes"
 *
 * const prior = Prior.scaleMixture({ std1: 1, std2: Math.exp(-6) })
 * const slope = (w: number) => Tensor.item(prior.logProbGrad(Tensor.from([w])))
 * slope(2) // => -2
 * slope(0.001).toFixed(0) // => "-162"
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const scaleMixture = ({ weight = 0.5, std1, std2 }: ScaleMixtureOptions): Prior => {
  assertConfig(weight > 0 && weight < 1, "weight of a scale mixture prior", "a number between 0 and 1", weight)
  assertStd("std1 of a scale mixture prior", "a finite number above 0", std1)
  assertStd("std2 of a scale mixture prior", "a finite number above 0", std2)
  const p = { kind: "scale-mixture", weight, std1, std2 } as const
  return sampled({
    spec: p,
    logProb: (w) => kernels(w.dtype).logDensity(p, w),
    logProbGrad: (w) => kernels(w.dtype).logDensityGrad(p, w)
  })
}

/** @category registry @since 0.2.0 */
export const scaleMixtureDefinition: Definition<Prior> = /*#__PURE__*/ define(
  "scale-mixture",
  Schema.Struct({ weight: Schema.Finite, std1: Schema.Finite, std2: Schema.Finite }),
  scaleMixture
)
