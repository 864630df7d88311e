/**
 * Models for a table of numbers: a fully connected Bayesian network on standardized features, and the likelihood of
 * the task.
 *
 * @since 0.1.0
 */
import { assertConfig, ConfigError, DataError } from "../core/errors.ts"
import * as Tensor from "../core/Tensor.ts"
import type * as Tree from "../core/Tree.ts"
import { Columns, type Dataset, Standardizer } from "../data/index.ts"
import { Likelihood, type Priors } from "../distributions/index.ts"
import {
  type ActivationName,
  type AnyLayer,
  activations,
  BayesianLinear,
  type Estimator,
  type Layer,
  sequential
} from "../layers/index.ts"
import type { Classification, Counting, Regression } from "./Model.ts"

/** How the network is built; every field has a default. @category models @since 0.2.0 */
export interface NetworkOptions {
  /** Units of each hidden layer, default [50]. */
  readonly hidden?: ReadonlyArray<number>
  /** Between the layers, default "relu". */
  readonly activation?: ActivationName
  /** Prior of every weight and bias, default N(0, 1). */
  readonly prior?: Priors
  /** See `meanField`. */
  readonly initialStd?: number
  /** How the gradient is estimated, see `bayesian`; default "reparameterization". Predictions are made alike. */
  readonly estimator?: Estimator
}

/** Parameters of a network of a number of layers that is not known to the compiler. */
export type Loose = ReadonlyArray<unknown>

const fullyConnected = (inputs: number, outputs: number, options: NetworkOptions): Layer<Loose, Loose> => {
  const { hidden = [50], activation = "relu", prior, initialStd, estimator } = options
  const names = Object.keys(activations)
  assertConfig(names.includes(activation), "activation", `one of ${names.join(", ")}`, activation)
  const shared = {
    ...(prior === undefined ? {} : { prior }),
    ...(initialStd === undefined ? {} : { initialStd }),
    ...(estimator === undefined ? {} : { estimator })
  }
  const widths = [inputs, ...hidden, outputs]
  const layers: Array<AnyLayer> = []
  for (let i = 0; i + 1 < widths.length; i++) {
    if (i > 0) layers.push(activations[activation])
    layers.push(BayesianLinear.make({ in: widths[i]!, out: widths[i + 1]!, ...shared }))
  }
  return sequential(...layers)
}

/** How a regression network is built; every field has a default. @category models @since 0.1.0 */
export interface RegressionOptions extends NetworkOptions {
  /**
   * What the noise is like, default "gaussian". "studentT" has heavy tails (4 degrees of freedom), for targets with
   * outliers; the noise of "heteroscedastic" is a Gaussian whose std is an output of the network, for noise that differs
   * along the inputs.
   */
  readonly likelihood?: RegressionLikelihood
  /** Standard deviation of a Gaussian noise in the targets' units; learned when not given. */
  readonly noiseStd?: number
}

/** The likelihoods that `regression` knows by name. @category models @since 0.3.0 */
export type RegressionLikelihood = (typeof NOISES)[number]

const NOISES = ["gaussian", "heteroscedastic", "studentT"] as const

/** Degrees of freedom of Student's t; 4 as Lange, Little & Taylor 1989 advise. */
const TAILS = 4

/** The parameters of the likelihood of `regression`: which, its option says. @category models @since 0.3.0 */
export type LearnedLikelihood = Likelihood.LearnedNoise | Likelihood.LearnedScale | Tree.Empty

const likelihoodOf = (
  targets: Standardizer.Standardizer,
  { likelihood = "gaussian", noiseStd }: RegressionOptions
): Likelihood.Continuous<LearnedLikelihood> => {
  assertConfig(NOISES.includes(likelihood), "likelihood", `one of ${NOISES.join(", ")}`, likelihood)
  const given = noiseStd !== undefined && likelihood !== "gaussian"
  assertConfig(!given, "noiseStd", 'the likelihood "gaussian", or not to be given', `"${likelihood}"`)
  const count = targets.columns.length
  if (likelihood === "heteroscedastic") return Likelihood.heteroscedastic()
  if (likelihood === "studentT") return Likelihood.studentTLearned({ df: TAILS, targets: count })
  return noiseStd === undefined
    ? Likelihood.gaussianLearned({ targets: count })
    : Likelihood.gaussian({ std: targets.std.map((unit) => noiseStd / unit) })
}

const sourceOf = ({ origin }: Dataset.Dataset): string =>
  origin === undefined ? "the training rows" : `the training rows of ${origin.source}`

/** The standardizer of the features, but for the zeros and ones of categories. */
const inputsOf = (rows: Dataset.Dataset): Standardizer.Standardizer => {
  const { x, features, columns } = rows
  if (x.shape[0] === 1) {
    const problem = "there is one row alone, and nothing varies in it"
    throw new DataError({ source: sourceOf(rows), problem, hint: "Find more rows, or keep fewer of them to test on" })
  }
  return Standardizer.fit(x, features, Columns.indicators(columns), sourceOf(rows))
}

const assertVary = (rows: Dataset.Dataset): void => {
  const values = Tensor.toFloat64Array(rows.y)
  const width = rows.targets.length
  const constant = rows.targets.filter((_, t) => values.every((v, i) => i % width !== t || v === values[t]))
  if (constant.length === 0) return
  const problem = `the target is constant: ${constant.join(", ")}`
  throw new DataError({ source: sourceOf(rows), problem, hint: "There is nothing to predict in it" })
}

const assertNumbers = (recipe: string, { targets }: Columns.Columns): void => {
  const categorical = targets.find(({ kind }) => kind === "categorical")
  if (categorical === undefined) return
  throw new ConfigError({
    option: `Model.${recipe}, the target`,
    expected: "numbers",
    actual: `the categories of "${categorical.name}"`,
    hint: 'Use Model.classification, or read the table as "regression"'
  })
}

/**
 * A fully connected Bayesian network for real targets, standardized on the training rows, its noise learned or given.
 * Features are standardized too, but for the zeros and ones of categories.
 *
 * **Errors**: `ConfigError` for options and for a target of categories, `DataError` for data that cannot be standardized.
 *
 * @category constructors
 * @since 0.1.0
 */
export const regression = (
  data: Dataset.Split | Dataset.Dataset,
  options: RegressionOptions = {}
): Regression<Loose, Loose, LearnedLikelihood> => {
  const rows = "train" in data ? data.train : data
  const { y, targets: names, columns } = rows
  assertNumbers("regression", columns)
  const inputs = inputsOf(rows)
  assertVary(rows)
  const targets = Standardizer.fit(y, names, [], sourceOf(rows))
  const outputs = targets.columns.length * (options.likelihood === "heteroscedastic" ? 2 : 1)
  const network = fullyConnected(inputs.columns.length, outputs, options)
  const likelihood = likelihoodOf(targets, options)
  return { network, likelihood, inputs, targets, columns, dtype: "float32" }
}

/**
 * A fully connected Bayesian network for counts, which are Poisson: the network says the logarithm of each target's mean.
 * Features are standardized on the training rows, but for the zeros and ones of categories; counts stay as they are.
 *
 * **Errors**: `ConfigError` for options and for a target of categories, `DataError` for a target that is no count (the row
 * is named) and for features that cannot be standardized.
 *
 * @example
 * ```ts
 * import { Dataset, Model } from "effect-bayes"
 *
 * const data = Dataset.make({ x: [[0.1], [0.9], [2.2]], y: [[0], [3], [1]] })
 * Model.counts(data, { hidden: [8] }).likelihood.spec.kind // => "poisson"
 * ```
 *
 * @category constructors
 * @since 0.3.0
 */
export const counts = (
  data: Dataset.Split | Dataset.Dataset,
  options: NetworkOptions = {}
): Counting<Loose, Loose, Tree.Empty> => {
  const rows = "train" in data ? data.train : data
  const { y, columns } = rows
  assertNumbers("counts", columns)
  assertCounts(rows)
  const inputs = inputsOf(rows)
  const targets = Standardizer.identity(y.shape[1] ?? 0)
  const network = fullyConnected(inputs.columns.length, targets.columns.length, options)
  return { network, likelihood: Likelihood.poisson(), inputs, targets, columns, dtype: "float32" }
}

const assertCounts = ({ y, targets, origin }: Dataset.Dataset): void => {
  const values = Tensor.toFloat64Array(y)
  const bad = values.findIndex((v) => !(Number.isSafeInteger(v) && v >= 0))
  if (bad < 0) return
  const row = Math.floor(bad / targets.length)
  const line = origin?.lines?.[row]
  throw new DataError({
    source: origin?.source ?? "the training rows",
    ...(line === undefined ? {} : { line }),
    column: targets[bad % targets.length]!,
    problem: `${values[bad]}${line === undefined ? ` in row ${row} (from 0)` : ""} is no count`,
    hint: "Counts are whole numbers from 0"
  })
}

/** How a classification network is built; every field has a default. @category models @since 0.2.0 */
export interface ClassificationOptions extends NetworkOptions {
  /**
   * How many classes there are: as many as a categorical target has categories; for labels that are numbers, as the
   * largest says unless given.
   */
  readonly classes?: number
}

/**
 * A fully connected Bayesian network for classes, with a logit for each.
 *
 * **Shapes**: the targets y [N, 1] hold the class of each row, 0 ... C - 1. Features are standardized on the training
 * rows, but for the zeros and ones of categories. **Errors**: `ConfigError` for options and for several columns of
 * targets, `DataError` for a label that is no class (the row is named), for a single class, for a class without rows
 * unless `classes` is given or the target is categorical, and for features that cannot be standardized.
 *
 * @example
 * ```ts
 * import { Dataset, Model } from "effect-bayes"
 *
 * const data = Dataset.make({ x: [[0.1], [0.9], [2.2]], y: [[0], [1], [2]] })
 * Model.classification(data, { hidden: [8] }).network.outShape([1]) // => [3]
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const classification = (
  data: Dataset.Split | Dataset.Dataset,
  options: ClassificationOptions = {}
): Classification<Loose, Loose, Tree.Empty> => {
  const parts =
    "train" in data
      ? ([
          ["the training rows", data.train],
          ["the test rows", data.test]
        ] as const)
      : ([["the training rows", data]] as const)
  const rows = parts[0][1]
  const { columns } = rows
  const known = Columns.classes(columns)?.length
  const agreed = known === undefined || options.classes === undefined || options.classes === known
  assertConfig(
    agreed,
    "classes",
    `${known}, the number of the target's categories, or not to be given`,
    options.classes
  )
  const classes = known ?? options.classes
  const whole = classes === undefined || (Number.isSafeInteger(classes) && classes >= 2)
  assertConfig(whole, "classes", "a whole number from 2", classes)
  const labels = new Set(parts.flatMap(([source, part]) => labelsOf(source, part.y, classes)))
  const largest = [...labels].reduce((a, b) => Math.max(a, b), 0)
  if (classes === undefined && largest < 1) {
    const problem = "there is one class only: every label is 0"
    throw new DataError({ source: "the training rows", problem, hint: "There is nothing to predict in it" })
  }
  for (let k = 0; classes === undefined && k < largest; k++) {
    if (labels.has(k)) continue
    const problem = `the largest label is ${largest}, but no row has the label ${k}`
    const hint = "Number the classes 0, 1, 2 ..., or say how many there are by `classes`"
    throw new DataError({ source: parts.map(([source]) => source).join(" and "), problem, hint })
  }
  const inputs = inputsOf(rows)
  return {
    network: fullyConnected(inputs.columns.length, classes ?? largest + 1, options),
    likelihood: Likelihood.categorical(),
    inputs,
    targets: Standardizer.identity(1),
    columns,
    dtype: "float32"
  }
}

const labelsOf = (source: string, y: Tensor.Tensor, classes: number | undefined): ReadonlyArray<number> => {
  if (y.shape[1] !== 1) {
    const expected = "one, with the class of each row"
    throw new ConfigError({ option: "columns of targets", expected, actual: String(y.shape[1]) })
  }
  const labels = Tensor.toFloat64Array(y)
  const row = labels.findIndex((k) => !(Number.isSafeInteger(k) && k >= 0 && (classes === undefined || k < classes)))
  if (row < 0) return Array.from(labels)
  const range = classes === undefined ? "from 0" : `from 0 to ${classes - 1}`
  throw new DataError({
    source,
    problem: `the label ${labels[row]} of row ${row} (from 0) is no class`,
    hint: `Labels are whole numbers ${range}`
  })
}
