/**
 * Predicted classes with their uncertainty: the mean of the draws' probabilities, and how they differ.
 *
 * @since 0.2.0
 */
import * as Effect from "effect/Effect"
import { DataError } from "../core/errors.ts"
import { log } from "../core/math.ts"
import type { Noise } from "../core/Noise.ts"
import { assertShape, axis } from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import type { Dataset } from "../data/index.ts"
import { Model } from "../training/index.ts"
import { assertColumns, assertFinite, assertSays, checked, type Draws, type PredictError, underDraws } from "./draws.ts"
import * as Entropy from "./entropy.ts"

/** A classification model with its parameters; what `Training.fit` gives is one. @category models @since 0.2.0 */
export interface FittedClassifier<P, E, L> {
  readonly model: Model.Classification<P, E, L>
  readonly params: Model.Params<P, L>
}

/** @category models @since 0.2.0 */
export interface ClassifyOptions {
  /** Weight draws, default 100. */
  readonly draws?: number
}

/** Each tensor is float64. @category models @since 0.2.0 */
export interface Classified {
  /** The mean of the draws' probabilities [rows, classes]. */
  readonly probabilities: Tensor.Tensor
  /** The most probable class of each row [rows], the first of several. */
  readonly label: Tensor.Tensor
  /** Entropy of the mean probabilities [rows], in nats: aleatoric + epistemic. */
  readonly total: Tensor.Tensor
  /** Mean entropy of the draws [rows], in nats: what stays uncertain when the weights are known. */
  readonly aleatoric: Tensor.Tensor
  /** Mutual information of class and weights [rows], in nats: what knowing the weights would tell. */
  readonly epistemic: Tensor.Tensor
}

/** Rows summarized between two chances to be interrupted. */
const ROWS = 20

type Row = ReturnType<typeof Entropy.ofRow>

/** Visits every row with the mean probabilities of its classes and their uncertainty. */
const scan = Effect.fnUntraced(function* <P, E, L>(
  { model, params }: FittedClassifier<P, E, L>,
  x: Tensor.Tensor,
  draws: number,
  visit: (row: Row, index: number) => void
) {
  yield* checked(() => assertSays(model.likelihood, "classify"))
  const read = (output: Tensor.Tensor) => model.likelihood.probabilities(params.likelihood, output)
  const each = Effect.fnUntraced(function* (all: Draws<Tensor.Tensor>, first: number, last: number) {
    const classes = yield* checked(() => {
      assertShape("classify, network outputs", [last - first, ...all[0].shape.slice(1)], all[0].shape)
      return axis("classify, network outputs", all[0].shape, 1)
    })
    const probabilities = all.map(Tensor.toFloat64Array)
    for (let i = 0; i < last - first; i++) {
      if (i % ROWS === 0) yield* Effect.yieldNow
      visit(Entropy.ofRow(probabilities, i * classes, classes), first + i)
    }
  })
  return yield* underDraws({ model, params }, { x, draws, read }, each)
})

/** The index of the largest number, the first of several. */
const largest = (values: Float64Array): number => values.reduce((best, v, k) => (v > values[best]! ? k : best), 0)

/**
 * Predicts the classes of x [N, features], given in the data's units.
 *
 * **Units**: entropies in nats. **Source**: the parts of the entropy as in Depeweg et al. 2018; the epistemic one is the
 * score of BALD (Houlsby et al. 2011). **Errors**: `ShapeError` for another number of features, `ConfigError` for no
 * draws and for numbers that are not finite.
 *
 * @category prediction
 * @since 0.2.0
 */
export const classify: <P, E, L>(
  fitted: FittedClassifier<P, E, L>,
  x: Tensor.Tensor,
  options?: ClassifyOptions
) => Effect.Effect<Classified, PredictError, Noise> = Effect.fnUntraced(function* (fitted, x, options) {
  const found: Array<Row> = []
  const rows = yield* scan(fitted, x, options?.draws ?? 100, (row) => found.push(row))
  const classes =
    found[0]?.mean.length ?? (yield* checked(() => Model.classCount(fitted.model, fitted.params.likelihood)))
  const column = (pick: (row: Row) => number): Tensor.Tensor => Tensor.from(Float64Array.from(found, pick))
  return yield* checked(() => {
    const probabilities = new Float64Array(rows * classes)
    for (const [i, { mean }] of found.entries()) probabilities.set(mean, i * classes)
    const all: Classified = {
      probabilities: Tensor.from(probabilities, { shape: [rows, classes] }),
      label: column(({ mean }) => largest(mean)),
      total: column(({ aleatoric, epistemic }) => aleatoric + epistemic),
      aleatoric: column(({ aleatoric }) => aleatoric),
      epistemic: column(({ epistemic }) => epistemic)
    }
    for (const [name, t] of Object.entries(all)) assertFinite(`the predicted ${name}`, t as Tensor.Tensor)
    return all
  })
})

/** How good predicted classes are on rows with known ones. @category models @since 0.2.0 */
export interface ClassEvaluation {
  readonly rows: number
  /** Share of rows whose most probable class is theirs. */
  readonly accuracy: number
  /**
   * Mean over rows of the log of the mean probability of their class, in nats; -Infinity where that is 0 in float64 for
   * some row.
   */
  readonly meanLogLikelihood: number
}

/**
 * Tests a classifier on data it was not trained on.
 *
 * **Errors**: those of `classify`, `ShapeError` for other targets than y [N, 1], `ConfigError` for data of other
 * columns than the model's, `DataError` for a label that is no class.
 *
 * @category prediction
 * @since 0.2.0
 */
export const evaluateClassifier: <P, E, L>(
  fitted: FittedClassifier<P, E, L>,
  data: Dataset.Dataset,
  options?: ClassifyOptions
) => Effect.Effect<ClassEvaluation, DataError | PredictError, Noise> = Effect.fnUntraced(
  function* (fitted, data, options) {
    const labels = yield* checked(() => {
      assertColumns(fitted.model, data)
      assertShape("evaluateClassifier, y", [axis("evaluateClassifier, x", data.x.shape, 0), 1], data.y.shape)
      return Tensor.toFloat64Array(data.y)
    })
    let right = 0
    let logLikelihood = 0
    let bad = -1
    let classes = 0
    const rows = yield* scan(fitted, data.x, options?.draws ?? 100, ({ mean }, i) => {
      const p = mean[labels[i]!]
      classes = mean.length
      if (p === undefined && bad < 0) bad = i
      if (largest(mean) === labels[i]) right++
      logLikelihood += log(p ?? 1)
    })
    if (bad >= 0) {
      const problem = `the label ${labels[bad]} of row ${bad} (from 0) is no class`
      const hint = `The model knows the classes 0 to ${classes - 1}`
      return yield* new DataError({ source: "evaluateClassifier", problem, hint })
    }
    return { rows, accuracy: right / rows, meanLogLikelihood: logLikelihood / rows }
  }
)
