/**
 * Gaussian likelihoods: target ~ N(output, std^2), the std given or learned.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import { exp, log, normalCdf } from "../core/math.ts"
import type { DType } from "../core/Shape.ts"
import { type Definition, define } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import type { Empty } from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import type { Conditional, Continuous } from "./Likelihood.ts"
import { assertStd } from "./std.ts"

const HALF_LOG_2PI = 0.9189385332046727

const conditional = (output: Tensor.Tensor, logStds: Tensor.Tensor): Conditional => {
  const mean = Tensor.toFloat64Array(output)
  const logStd = Tensor.toFloat64Array(logStds)
  const std = logStd.map(exp)
  const z = (i: number, y: number): number => (y - mean[i]!) / std[i % std.length]!
  return {
    mean,
    variance: mean.map((_, i) => std[i % std.length]! * std[i % std.length]!),
    logPdf: (i, y) => -0.5 * z(i, y) * z(i, y) - logStd[i % std.length]! - HALF_LOG_2PI,
    cdf: (i, y) => normalCdf(z(i, y))
  }
}

const STD = "a finite standard deviation above 0"

/**
 * Noise of a given standard deviation: one number for all targets, or one for each.
 *
 * **Shapes**: output and target [B, T]; a list has T entries and is copied. **Errors**: `ConfigError` unless each is
 * from 1e-150 to 1e150, and for an empty list.
 *
 * @example
 * ```ts
 * import { Likelihood, Tensor } from "effect-bayes"
 *
 * const likelihood = Likelihood.gaussian({ std: 0.5 })
 * likelihood.nll({}, Tensor.from([[1]]), Tensor.from([[1]])).toFixed(4) // => "0.2258"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const gaussian = (options: { readonly std: number | ReadonlyArray<number> }): Continuous<Empty> => {
  const std = typeof options.std === "number" ? options.std : [...options.std]
  const stds = typeof std === "number" ? [std] : std
  assertConfig(stds.length > 0, "std of a Gaussian likelihood", "at least one standard deviation", "an empty list")
  for (const each of stds) assertStd("std of a Gaussian likelihood", STD, each)
  const logStds = (output: Tensor.Tensor): Tensor.Tensor =>
    typeof std === "number"
      ? Tensor.full({ shape: output.shape.slice(1), dtype: output.dtype }, log(std))
      : Tensor.from(std.map(log), { dtype: output.dtype })
  return {
    spec: { kind: "gaussian", std },
    shapes: {},
    init: () => ({}),
    nll: (_, output, target) => kernels(output.dtype).gaussianNll(output, target, logStds(output)),
    nllGrad: (_, output, target) => ({
      dParams: {},
      dOutput: kernels(output.dtype).gaussianNllGrad(output, target, logStds(output)).output
    }),
    conditional: (_, output) => conditional(output, logStds(output))
  }
}

/** The parameters of a learned noise: the logarithm of each target's standard deviation [T]. */
export interface LearnedNoise {
  readonly logStd: Tensor.Tensor
}

/**
 * Noise whose standard deviation is learned with the network: one parameter for each of the targets.
 *
 * It is a point estimate, by maximum likelihood. **Shapes**: output and target [B, T]; params { logStd: [T] }.
 * **Errors**: `ConfigError` unless initialStd is from 1e-150 to 1e150.
 *
 * @category constructors
 * @since 0.1.0
 */
export const gaussianLearned = (options?: {
  readonly targets?: number
  readonly initialStd?: number
  readonly dtype?: DType
}): Continuous<LearnedNoise> => {
  const { targets = 1, initialStd = 0.5, dtype = "float32" } = options ?? {}
  assertStd("initialStd of a learned noise", STD, initialStd)
  assertConfig(Number.isSafeInteger(targets) && targets > 0, "targets", "a whole number above 0", targets)
  const shapes = { logStd: { shape: [targets], dtype } }
  return {
    spec: { kind: "gaussian-learned", targets, initialStd, dtype },
    shapes,
    init: () => ({ logStd: Tensor.full(shapes.logStd, log(initialStd)) }),
    nll: ({ logStd }, output, target) => kernels(output.dtype).gaussianNll(output, target, logStd),
    nllGrad: ({ logStd }, output, target) => {
      const grad = kernels(output.dtype).gaussianNllGrad(output, target, logStd)
      return { dParams: { logStd: grad.logStd }, dOutput: grad.output }
    },
    conditional: ({ logStd }, output) => conditional(output, logStd)
  }
}

/** @category registry @since 0.1.0 */
export const gaussianDefinition: Definition<Continuous<Empty>> = /*#__PURE__*/ define(
  "gaussian",
  Schema.Struct({ std: Schema.Union([Schema.Finite, Schema.Array(Schema.Finite)]) }),
  gaussian
)

/** @category registry @since 0.1.0 */
export const gaussianLearnedDefinition: Definition<Continuous<LearnedNoise>> = /*#__PURE__*/ define(
  "gaussian-learned",
  Schema.Struct({
    targets: Schema.Int,
    initialStd: Schema.Finite,
    dtype: Schema.Literals(["float32", "float64"])
  }),
  gaussianLearned
)
