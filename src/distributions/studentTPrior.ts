/**
 * Student's t as a prior: like a normal, with tails that fall as |w|^-(df + 1) and so forgive a few large weights.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import { type Definition, define } from "../core/Spec.ts"
import { kernels } from "../kernels/index.ts"
import { type Prior, sampled } from "./Prior.ts"
import { assertStd } from "./std.ts"

/** `mean` is 0 unless given; `scale` is no standard deviation, which is infinite up to df = 2. @category models @since 0.2.0 */
export interface StudentTOptions {
  /** Degrees of freedom: 1 is a Cauchy distribution, many a normal. */
  readonly df: number
  readonly mean?: number
  readonly scale: number
}

/**
 * A Student-t prior for every weight: w = mean + scale t with df degrees of freedom. The KL is sampled.
 *
 * **Errors**: `ConfigError` unless df and scale are from 1e-150 to 1e150 and mean is finite.
 *
 * @example
 * ```ts
 * import { Prior, Tensor } from "effect-bayes"
 *
 * const cauchy = Prior.studentT({ df: 1, scale: 1 }) // 1 / (pi (1 + w^2))
 * Math.exp(-cauchy.logProb(Tensor.from([1]))).toFixed(6) // => "6.283185"
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const studentT = ({ df, mean = 0, scale }: StudentTOptions): Prior => {
  assertStd("df of a Student-t prior", "a finite number above 0", df)
  assertConfig(Number.isFinite(mean), "mean of a Student-t prior", "a finite number", mean)
  assertStd("scale of a Student-t prior", "a finite number above 0", scale)
  const p = { kind: "student-t", df, mean, scale } as const
  return sampled({
    spec: p,
    logProb: (w) => kernels(w.dtype).logDensity(p, w),
    logProbGrad: (w) => kernels(w.dtype).logDensityGrad(p, w)
  })
}

/** @category registry @since 0.2.0 */
export const studentTDefinition: Definition<Prior> = /*#__PURE__*/ define(
  "student-t",
  Schema.Struct({ df: Schema.Finite, mean: Schema.Finite, scale: Schema.Finite }),
  studentT
)
