/**
 * Predictions with their uncertainty: the network run under many draws of its weights.
 *
 * A draw serves every row, so a row's prediction does not depend on the rows it is predicted with. `Noise` says where
 * draws come from: with `Noise.layerZero` they all are the posterior's mean.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { assertConfig, ConfigError } from "../core/errors.ts"
import { log } from "../core/math.ts"
import type { Noise } from "../core/Noise.ts"
import { assertShape, axis } from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import { type Dataset, Standardizer } from "../data/index.ts"
import type { Likelihood } from "../distributions/index.ts"
import type { Model } from "../training/index.ts"
import { assertColumns, assertFinite, assertSays, checked, type PredictError, underDraws } from "./draws.ts"
import * as Mixture from "./mixture.ts"

/** A model of real targets or of counts with its parameters; what `Training.fit` gives is one. @category models @since 0.1.0 */
export interface Fitted<P, E, L> {
  readonly model: Model.Regression<P, E, L> | Model.Counting<P, E, L>
  readonly params: Model.Params<P, L>
}

/** @category models @since 0.1.0 */
export interface PredictOptions {
  /** Weight draws, default 100. */
  readonly draws?: number
  /** Levels of the quantiles, default 0.05, 0.25, 0.5, 0.75, 0.95. */
  readonly quantiles?: ReadonlyArray<number>
}

/** Each tensor is [rows, targets], float64, in the targets' units (variances in their squares). @category models @since 0.1.0 */
export interface Prediction {
  readonly mean: Tensor.Tensor
  /** Square root of aleatoric + epistemic. */
  readonly std: Tensor.Tensor
  /** Variance of the noise, averaged over draws. */
  readonly aleatoric: Tensor.Tensor
  /** Variance of the draws' means. */
  readonly epistemic: Tensor.Tensor
  /** Quantiles of the predictive mixture, noise included; of counts the smallest one at or below which so much lies. */
  readonly quantiles: ReadonlyArray<{ readonly level: number; readonly value: Tensor.Tensor }>
}

const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95]

/** Numbers times draws summarized between two chances to be interrupted: about 20 ms, as one of each costs about 20 us. */
const SUMMARIES = 1000

const isCounting = <L>(
  likelihood: Likelihood.Continuous<L> | Likelihood.Counts<L>
): likelihood is Likelihood.Counts<L> => "counts" in likelihood

/** Visits every number (row by row, target by target) of the mixtures of x. */
const scan = Effect.fnUntraced(function* <P, E, L>(
  fitted: Fitted<P, E, L>,
  x: Tensor.Tensor,
  draws: number,
  visit: (mixture: Mixture.Mixture, local: number, index: number) => void
) {
  const { likelihood, targets } = fitted.model
  const T = targets.columns.length
  const read = (output: Tensor.Tensor) =>
    isCounting(likelihood)
      ? likelihood.counts(fitted.params.likelihood, output)
      : likelihood.conditional(fitted.params.likelihood, output)
  const each = Effect.fnUntraced(function* (mixture: Mixture.Mixture, first: number, last: number) {
    const count = (last - first) * T
    yield* checked(() =>
      assertConfig(
        mixture[0].mean.length === count,
        "network outputs",
        `${T} a row`,
        `${mixture[0].mean.length} for ${last - first} rows`
      )
    )
    // The distribution function of a count is a sum that grows with it.
    const numbers = isCounting(likelihood) ? 1 : Math.max(1, Math.floor(SUMMARIES / mixture.length))
    for (let i = 0; i < count; i++) {
      if (i % numbers === 0) yield* Effect.yieldNow
      visit(mixture, i, first * T + i)
    }
  })
  yield* checked(() => assertSays(likelihood, "predict"))
  return yield* underDraws(fitted, { x, draws, read }, each)
})

/**
 * Predicts the targets of x [N, features], given in the data's units.
 *
 * **Errors**: `ShapeError` for another number of features, `ConfigError` for no draws or a level outside (0, 1).
 *
 * @category prediction
 * @since 0.1.0
 */
export const predict: <P, E, L>(
  fitted: Fitted<P, E, L>,
  x: Tensor.Tensor,
  options?: PredictOptions
) => Effect.Effect<Prediction, PredictError, Noise> = Effect.fnUntraced(function* (fitted, x, options) {
  const { draws = 100, quantiles: levels = LEVELS } = options ?? {}
  for (const level of levels) {
    yield* checked(() => assertConfig(level > 0 && level < 1, "level of a quantile", "a number between 0 and 1", level))
  }
  const { mean: shift, std: unit } = fitted.model.targets
  const T = unit.length
  const column = (): Float64Array => new Float64Array((x.shape[0] ?? 0) * T)
  const out = { mean: column(), std: column(), aleatoric: column(), epistemic: column() }
  const quantile = isCounting(fitted.model.likelihood) ? Mixture.countQuantile : Mixture.quantile
  const quantiles = levels.map((level) => ({ level, values: column() }))
  const rows = yield* scan(fitted, x, draws, (mixture, local, i) => {
    const [u, m] = [unit[i % T]!, shift[i % T]!]
    const { mean, aleatoric, epistemic } = Mixture.moments(mixture, local)
    out.mean[i] = m + u * mean
    out.std[i] = u * Math.sqrt(aleatoric + epistemic)
    out.aleatoric[i] = u * u * aleatoric
    out.epistemic[i] = u * u * epistemic
    for (const { level, values } of quantiles) values[i] = m + u * quantile(mixture, local, level)
  })
  const tensor = (name: string, values: Float64Array): Effect.Effect<Tensor.Tensor, PredictError> =>
    checked(() => {
      const t = Tensor.from(values, { shape: [rows, T] })
      assertFinite(`the predicted ${name}`, t)
      return t
    })
  return {
    mean: yield* tensor("mean", out.mean),
    std: yield* tensor("std", out.std),
    aleatoric: yield* tensor("aleatoric variance", out.aleatoric),
    epistemic: yield* tensor("epistemic variance", out.epistemic),
    quantiles: yield* Effect.forEach(quantiles, ({ level, values }) =>
      Effect.map(tensor(`quantile of level ${level}`, values), (value) => ({ level, value }))
    )
  }
})

/**
 * The central interval that holds this share of the predictive probability, from a prediction with its two quantiles.
 *
 * **Errors**: `ConfigError` (thrown) if they were not asked for, or for a mass outside (0, 1).
 *
 * @category prediction
 * @since 0.1.0
 */
export const interval = (
  prediction: Prediction,
  mass: number
): { readonly lower: Tensor.Tensor; readonly upper: Tensor.Tensor } => {
  assertConfig(mass > 0 && mass < 1, "mass of an interval", "a number between 0 and 1", mass)
  const levels = [(1 - mass) / 2, (1 + mass) / 2] as const
  const find = (level: number): Tensor.Tensor => {
    const found = prediction.quantiles.find((q) => Math.abs(q.level - level) < 1e-9)
    if (found !== undefined) return found.value
    const wanted = levels.map((each) => Number(each.toPrecision(12))).join(", ")
    throw new ConfigError({
      option: `quantiles for an interval of ${mass}`,
      expected: `levels ${wanted}`,
      actual: `levels ${prediction.quantiles.map((q) => q.level).join(", ")}`,
      hint: `Ask for them: predict(fit, x, { quantiles: [${wanted}] })`
    })
  }
  return { lower: find(levels[0]), upper: find(levels[1]) }
}

/** How good predictions are on rows with known targets. @category models @since 0.1.0 */
export interface Evaluation {
  readonly rows: number
  /** Root mean squared error of the predictive mean, for each target, in its units. */
  readonly rmse: ReadonlyArray<number>
  /** Mean over rows of the log density of the mixture at the targets, in nats, for densities in their units; of counts the log probability. */
  readonly meanLogLikelihood: number
  /** Share of targets inside the central 90% interval, its ends included: of counts, which come in steps, it holds more. */
  readonly coverage90: number
  /** Root of the mean aleatoric variance, for each target, in its units. */
  readonly noiseStd: ReadonlyArray<number>
}

const realIsCovered = (mixture: Mixture.Mixture, i: number, y: number): boolean => {
  const p = Mixture.cdf(mixture, i, y)
  return p >= 0.05 && p <= 0.95
}

/** Between the smallest counts at or below which 5% and 95% lie. */
const countIsCovered = (mixture: Mixture.Mixture, i: number, y: number): boolean =>
  Mixture.cdf(mixture, i, y) >= 0.05 && Mixture.cdf(mixture, i, y - 1) < 0.95

/**
 * Tests a model on data it was not trained on.
 *
 * **Source**: RMSE and test log-likelihood as in Hernandez-Lobato & Adams 2015, section 5. **Errors**: those of
 * `predict`, `ShapeError` for another number of targets, and `ConfigError` for data of other columns than the model's.
 *
 * @category prediction
 * @since 0.1.0
 */
export const evaluate: <P, E, L>(
  fitted: Fitted<P, E, L>,
  data: Dataset.Dataset,
  options?: Pick<PredictOptions, "draws">
) => Effect.Effect<Evaluation, PredictError, Noise> = Effect.fnUntraced(function* (fitted, data, options) {
  const { targets, likelihood } = fitted.model
  const y = yield* checked(() => {
    assertColumns(fitted.model, data)
    const t = Standardizer.apply(targets, data.y, "float64")
    assertShape("evaluate, y", [axis("evaluate, x", data.x.shape, 0), targets.columns.length], t.shape)
    likelihood.assertTargets?.(fitted.model.network.outShape([fitted.model.inputs.columns.length]), t)
    return Tensor.toFloat64Array(t)
  })
  const T = targets.columns.length
  const squares = new Float64Array(T)
  const noise = new Float64Array(T)
  let logLikelihood = 0
  let covered = 0
  const isCovered = isCounting(likelihood) ? countIsCovered : realIsCovered
  const rows = yield* scan(fitted, data.x, options?.draws ?? 100, (mixture, local, i) => {
    const { mean, aleatoric } = Mixture.moments(mixture, local)
    squares[i % T]! += (y[i]! - mean) * (y[i]! - mean)
    noise[i % T]! += aleatoric
    if (isCovered(mixture, local, y[i]!)) covered++
    if (i % T === 0) logLikelihood += Mixture.logDensity(mixture, local, y.subarray(i, i + T))
  })
  const evaluation = {
    rows,
    rmse: targets.std.map((unit, t) => unit * Math.sqrt(squares[t]! / rows)),
    meanLogLikelihood: logLikelihood / rows - targets.std.reduce((sum, unit) => sum + log(unit), 0),
    coverage90: covered / y.length,
    noiseStd: targets.std.map((unit, t) => unit * Math.sqrt(noise[t]! / rows))
  }
  const figures = [...evaluation.rmse, ...evaluation.noiseStd, evaluation.meanLogLikelihood]
  yield* checked(() =>
    assertConfig(
      figures.every(Number.isFinite),
      "the evaluation",
      "finite figures",
      `${figures.join(", ")}; are the targets in the units trained on?`
    )
  )
  return evaluation
})
