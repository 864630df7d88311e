/**
 * Gaussian likelihoods: target ~ N(output, std^2), the std given, learned, or an output of the network.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { ShapeError } from "../core/errors.ts"
import { HALF_LOG_2PI, log, normalCdf } from "../core/math.ts"
import { format } from "../core/Shape.ts"
import { define } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import type { Empty } from "../core/Tree.ts"
import type { Continuous, LikelihoodDefinition } from "./Likelihood.ts"
import { givenScale, type LearnedOptions, learnedScale, locationScale } from "./locationScale.ts"
import { assertStd } from "./std.ts"

const normal = locationScale({
  density: (logScale) => ({ kind: "gaussian", logScale }),
  variance: 1,
  logPdf: (z) => -0.5 * z * z - HALF_LOG_2PI,
  cdf: normalCdf
})

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
  const { scale: std, logScale } = givenScale("std of a Gaussian likelihood", STD, options.std)
  return {
    spec: { kind: "gaussian", std },
    shapes: {},
    init: () => ({}),
    nll: (_, output, target, weights) => normal.nll(logScale(output), output, target, weights),
    nllGrad: (_, output, target, weights) => ({
      dParams: {},
      dOutput: normal.nllGrad(logScale(output), output, target, weights).output
    }),
    conditional: (_, output) => normal.conditional(logScale(output), output)
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
export const gaussianLearned = (
  options?: LearnedOptions & { readonly initialStd?: number }
): Continuous<LearnedNoise> => {
  const { initialStd = 0.5 } = options ?? {}
  assertStd("initialStd of a learned noise", STD, initialStd)
  const logStd = learnedScale(options ?? {})
  return {
    spec: { kind: "gaussian-learned", targets: logStd.shape[0], initialStd, dtype: logStd.dtype },
    shapes: { logStd },
    init: () => ({ logStd: Tensor.full(logStd, log(initialStd)) }),
    nll: (params, output, target, weights) => normal.nll(params.logStd, output, target, weights),
    nllGrad: (params, output, target, weights) => {
      const grad = normal.nllGrad(params.logStd, output, target, weights)
      return { dParams: { logStd: grad.logScale }, dOutput: grad.output }
    },
    conditional: (params, output) => normal.conditional(params.logStd, output)
  }
}

/** The means and the logStds of an output [B, 2T]. */
const halves = (output: Tensor.Tensor): readonly [mean: Tensor.Tensor, logStd: Tensor.Tensor] => {
  const [, columns] = output.shape
  if (columns === undefined || columns % 2 !== 0 || output.shape.length !== 2) {
    const expected = "an output [B, 2T]: T means, then T logStds"
    throw new ShapeError({ where: "heteroscedastic likelihood", expected, actual: format(output.shape) })
  }
  return [Tensor.slice(output, 1, 0, columns / 2), Tensor.slice(output, 1, columns / 2, columns)]
}

/**
 * Noise that depends on the input: the network says each target's mean and the logarithm of its standard deviation.
 *
 * **Shapes**: output [B, 2T], T means and then T logStds; target [B, T]. **Source**: Nix & Weigend 1994, with the
 * logarithm of the std for that of the variance. **Numerics**: finite in float64 for logStd at -50 and 50; the gradient
 * grows like exp(-2 logStd), which float32 can hold down to -44 for a residual of 1.
 *
 * @example
 * ```ts
 * import { Likelihood, Tensor } from "effect-bayes"
 *
 * const output = Tensor.from([[3, 0], [3, Math.log(2)]])
 * const { mean, variance } = Likelihood.heteroscedastic().conditional({}, output)
 * Array.from(mean) // => [3, 3]
 * Array.from(variance, (v) => v.toFixed(4)) // => ["1.0000", "4.0000"]
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const heteroscedastic = (): Continuous<Empty> => ({
  spec: { kind: "heteroscedastic" },
  shapes: {},
  init: () => ({}),
  nll: (_, output, target, weights) => {
    const [mean, logStd] = halves(output)
    return normal.nll(logStd, mean, target, weights)
  },
  nllGrad: (_, output, target, weights) => {
    const [mean, logStd] = halves(output)
    const grad = normal.nllGrad(logStd, mean, target, weights)
    return { dParams: {}, dOutput: Tensor.concat([grad.output, grad.logScale], 1) }
  },
  conditional: (_, output) => {
    const [mean, logStd] = halves(output)
    return normal.conditional(logStd, mean)
  }
})

/** @category registry @since 0.1.0 */
export const gaussianDefinition: LikelihoodDefinition = /*#__PURE__*/ define(
  "gaussian",
  Schema.Struct({ std: Schema.Union([Schema.Finite, Schema.Array(Schema.Finite)]) }),
  gaussian
)

/** @category registry @since 0.1.0 */
export const gaussianLearnedDefinition: LikelihoodDefinition = /*#__PURE__*/ define(
  "gaussian-learned",
  Schema.Struct({
    targets: Schema.Int,
    initialStd: Schema.Finite,
    dtype: Schema.Literals(["float32", "float64"])
  }),
  gaussianLearned
)

/** @category registry @since 0.2.0 */
export const heteroscedasticDefinition: LikelihoodDefinition = /*#__PURE__*/ define(
  "heteroscedastic",
  Schema.Struct({}),
  heteroscedastic
)
