/**
 * Student-t likelihoods: like a Gaussian's, with heavier tails, so that an outlier pulls less.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import { log } from "../core/math.ts"
import { define } from "../core/Spec.ts"
import { studentTCdf, studentTDensity } from "../core/studentT.ts"
import * as Tensor from "../core/Tensor.ts"
import type { Empty } from "../core/Tree.ts"
import type { Continuous, LikelihoodDefinition } from "./Likelihood.ts"
import { givenScale, type LearnedOptions, learnedScale, locationScale } from "./locationScale.ts"
import { assertStd } from "./std.ts"

const SCALE = "a finite scale above 0"

const student = (df: number) => {
  const expected = "a number above 2, where the variance is finite, up to 1e6, from where on it is a Gaussian"
  assertConfig(df > 2 && df <= 1e6, "df of a Student-t likelihood", expected, df)
  return locationScale({
    density: (logScale) => ({ kind: "student-t", logScale, df }),
    variance: df / (df - 2),
    logPdf: studentTDensity(df).logPdf,
    cdf: (z) => studentTCdf(z, df)
  })
}

/**
 * target = output + scale t, t of Student's distribution with df degrees of freedom.
 *
 * The scale is one number for all targets, or one for each; the standard deviation is scale sqrt(df / (df - 2)).
 * **Shapes**: output and target [B, T]. **Source**: Lange, Little & Taylor 1989, who find df = 4 to serve well.
 * **Errors**: `ConfigError` unless df is above 2, so that a variance exists, and at most 1e6, and each scale from 1e-150
 * to 1e150.
 *
 * @example
 * ```ts
 * import { Likelihood, Tensor } from "effect-bayes"
 *
 * const [output, outlier] = [Tensor.from([[0]]), Tensor.from([[10]])]
 * Likelihood.studentT({ df: 4, scale: 1 }).nll({}, output, outlier).toFixed(2) // => "9.13"
 * Likelihood.gaussian({ std: 1 }).nll({}, output, outlier).toFixed(2) // => "50.92"
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const studentT = (options: {
  readonly df: number
  readonly scale: number | ReadonlyArray<number>
}): Continuous<Empty> => {
  const { df } = options
  const t = student(df)
  const { scale, logScale } = givenScale("scale of a Student-t likelihood", SCALE, options.scale)
  return {
    spec: { kind: "student-t", df, scale },
    shapes: {},
    init: () => ({}),
    nll: (_, output, target, weights) => t.nll(logScale(output), output, target, weights),
    nllGrad: (_, output, target, weights) => ({
      dParams: {},
      dOutput: t.nllGrad(logScale(output), output, target, weights).output
    }),
    conditional: (_, output) => t.conditional(logScale(output), output)
  }
}

/** The parameters of a learned scale: its logarithm for each target [T]. @category models @since 0.2.0 */
export interface LearnedScale {
  readonly logScale: Tensor.Tensor
}

/**
 * Student's t whose scale is learned with the network, one for each of the targets; df stays as given.
 *
 * It is a point estimate, by maximum likelihood. **Shapes**: output and target [B, T]; params { logScale: [T] }.
 * **Errors**: `ConfigError` unless df is above 2 and at most 1e6, and initialScale (default 0.5) from 1e-150 to 1e150.
 *
 * @category constructors
 * @since 0.2.0
 */
export const studentTLearned = (
  options: LearnedOptions & { readonly df: number; readonly initialScale?: number }
): Continuous<LearnedScale> => {
  const { df, initialScale = 0.5 } = options
  const t = student(df)
  assertStd("initialScale of a Student-t likelihood", SCALE, initialScale)
  const logScale = learnedScale(options)
  return {
    spec: { kind: "student-t-learned", df, targets: logScale.shape[0], initialScale, dtype: logScale.dtype },
    shapes: { logScale },
    init: () => ({ logScale: Tensor.full(logScale, log(initialScale)) }),
    nll: (params, output, target, weights) => t.nll(params.logScale, output, target, weights),
    nllGrad: (params, output, target, weights) => {
      const grad = t.nllGrad(params.logScale, output, target, weights)
      return { dParams: { logScale: grad.logScale }, dOutput: grad.output }
    },
    conditional: (params, output) => t.conditional(params.logScale, output)
  }
}

/** @category registry @since 0.2.0 */
export const studentTDefinition: LikelihoodDefinition = /*#__PURE__*/ define(
  "student-t",
  Schema.Struct({ df: Schema.Finite, scale: Schema.Union([Schema.Finite, Schema.Array(Schema.Finite)]) }),
  studentT
)

/** @category registry @since 0.2.0 */
export const studentTLearnedDefinition: LikelihoodDefinition = /*#__PURE__*/ define(
  "student-t-learned",
  Schema.Struct({
    df: Schema.Finite,
    targets: Schema.Int,
    initialScale: Schema.Finite,
    dtype: Schema.Literals(["float32", "float64"])
  }),
  studentTLearned
)
