/**
 * The Laplace prior, exp(-|w - mean| / scale) / (2 scale): most weights near its mean, a few far.
 *
 * Its divergence from a normal is in closed form, as E|w - mean| is the mean of a folded normal (Leone, Nelson &
 * Nottingham 1961), so nothing is sampled.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import { type Definition, define } from "../core/Spec.ts"
import { kernels } from "../kernels/index.ts"
import type { Prior } from "./Prior.ts"
import { assertStd } from "./std.ts"

/** `mean` is 0 unless given; the standard deviation is sqrt(2) scale. @category models @since 0.2.0 */
export interface LaplaceOptions {
  readonly mean?: number
  readonly scale: number
}

/**
 * A Laplace prior for every weight; its maximum a posteriori estimate is an L1 penalty.
 *
 * **Numerics**: the KL, in closed form, is at least 1/2 - log(pi / 2) = 0.0484 nats a weight, as no normal is a Laplace
 * distribution, so its terms do not cancel. **Errors**: `ConfigError` unless scale is from 1e-150 to 1e150 and mean is
 * finite.
 *
 * @example
 * ```ts
 * import { Prior, Tensor } from "effect-bayes"
 *
 * Prior.laplace({ scale: 0.5 }).logProb(Tensor.from([0, 1])) // => -2
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const laplace = ({ mean = 0, scale }: LaplaceOptions): Prior => {
  assertConfig(Number.isFinite(mean), "mean of a Laplace prior", "a finite number", mean)
  assertStd("scale of a Laplace prior", "a finite number above 0", scale)
  const p = { kind: "laplace", mean, scale } as const
  return {
    spec: p,
    sampledKl: false,
    logProb: (w) => kernels(w.dtype).logDensity(p, w),
    logProbGrad: (w) => kernels(w.dtype).logDensityGrad(p, w),
    kl: (q) => kernels(q.mean.dtype).laplaceKl(q, p),
    klGrad: (q) => kernels(q.mean.dtype).laplaceKlGrad(q, p)
  }
}

/** @category registry @since 0.2.0 */
export const laplaceDefinition: Definition<Prior> = /*#__PURE__*/ define(
  "laplace",
  Schema.Struct({ mean: Schema.Finite, scale: Schema.Finite }),
  laplace
)
