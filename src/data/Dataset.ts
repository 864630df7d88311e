/**
 * Rows of features with their targets, in the units they came in.
 *
 * @since 0.1.0
 */
import { assertConfig, DataError, ShapeError } from "../core/errors.ts"
import { assertShape, format } from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import { kernels } from "../kernels/index.ts"
import * as Column from "./Column.ts"

/**
 * x [N, features] and y [N, targets], both float64, with a name for each column of either.
 *
 * @category models
 * @since 0.1.0
 */
export interface Dataset {
  readonly x: Tensor.Tensor
  readonly y: Tensor.Tensor
  /** [N], float64, each from 0: how many times a row counts in the likelihood that is trained on. */
  readonly weights?: Tensor.Tensor
  readonly features: ReadonlyArray<string>
  readonly targets: ReadonlyArray<string>
  /** What x and y are made of: numbers, and categories by their names. */
  readonly columns: Column.Columns
  /** The table that the rows were read from, and the line of each, if there are lines. */
  readonly origin?: { readonly source: string; readonly lines?: Uint32Array }
}

const names = (kind: string, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, i) => `${kind}${i}`)

/**
 * A dataset from tensors, nested arrays or mathjs matrices; columns without names are called x0, x1 ... and y0 ...
 *
 * `columns` says what the columns are where some are categories; their names are its names then.
 *
 * `weights` count rows in training: one of weight 2 is there what the row twice is, one of weight 0 is not there.
 * Standardizers, predictions and evaluations know nothing of them.
 *
 * **Shapes**: x [N, features], y [N, targets], weights [N]. **Errors**: `ShapeError` if the rows differ in number,
 * `DataError` for no rows, for values that are NaN or infinite, for a class that its column does not have, for weights
 * below 0 and weights that are all 0. `ConfigError` for another number of names than of columns, and for names
 * and categories that are there twice.
 *
 * @example
 * ```ts
 * import { Dataset } from "effect-bayes"
 *
 * const data = Dataset.make({ x: [[1, 2], [3, 4]], y: [[0], [1]] })
 * data.features // => ["x0", "x1"]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: {
  readonly x: Tensor.Source | Tensor.Tensor
  readonly y: Tensor.Source | Tensor.Tensor
  readonly weights?: Tensor.Source | Tensor.Tensor
  readonly features?: ReadonlyArray<string>
  readonly targets?: ReadonlyArray<string>
  readonly columns?: Column.Columns
}): Dataset => {
  const x = matrix("x", options.x)
  const y = matrix("y", options.y)
  if (x.shape[0] !== y.shape[0]) {
    const actual = `${x.shape[0]} rows of x and ${y.shape[0]} of y`
    throw new ShapeError({ where: "Dataset.make", expected: "as many rows of x as of y", actual })
  }
  if (x.shape[0] === 0) throw new DataError({ source: "Dataset.make", problem: "there are no rows" })
  const columns =
    options.columns ??
    Column.numeric(options.features ?? names("x", x.shape[1]!), options.targets ?? names("y", y.shape[1]!))
  const either = options.columns === undefined || (options.features ?? options.targets) === undefined
  assertConfig(either, "Dataset.make", "either `columns` or names of features and targets", "both")
  const [features, targets] = [Column.featureNames(columns), Column.targetNames(columns)]
  const named = features.length === x.shape[1] && targets.length === y.shape[1]
  assertConfig(
    named,
    "names of the columns",
    `${x.shape[1]} and ${y.shape[1]}`,
    `${features.length} and ${targets.length}`
  )
  Column.assertDistinct("the data's columns", columns)
  checkClasses(columns, y)
  const data = { x, y, features, targets, columns }
  return options.weights === undefined ? data : { ...data, weights: rowWeights(options.weights, x.shape[0]!) }
}

const checkClasses = (columns: Column.Columns, y: Tensor.Tensor): void => {
  if (columns.targets.every(({ kind }) => kind === "numeric")) return
  const values = Tensor.toFloat64Array(y)
  const count = columns.targets.length
  const bad = values.findIndex((v, i) => {
    const target = columns.targets[i % count]!
    return target.kind === "categorical" && !(Number.isInteger(v) && v >= 0 && v < target.categories.length)
  })
  if (bad < 0) return
  const problem = `row ${Math.floor(bad / count)} (from 0) has the class ${values[bad]}`
  const hint = "A class is its index among the column's categories"
  throw new DataError({ source: "Dataset.make, y", column: columns.targets[bad % count]!.name, problem, hint })
}

const float64 = (source: Tensor.Source | Tensor.Tensor): Tensor.Tensor =>
  Tensor.isTensor(source) ? Tensor.cast(source, "float64") : Tensor.from(source, { dtype: "float64" })

const rowWeights = (given: Tensor.Source | Tensor.Tensor, rows: number): Tensor.Tensor => {
  const source = "Dataset.make, weights"
  const t = float64(given)
  assertShape(source, [rows], t.shape)
  const weights = Tensor.toFloat64Array(t)
  const bad = weights.findIndex((w) => !(Number.isFinite(w) && w >= 0))
  if (bad >= 0) {
    const hint = "A weight is a finite number from 0"
    throw new DataError({ source, problem: `row ${bad} (from 0) has the weight ${weights[bad]}`, hint })
  }
  if (weights.some((w) => w > 0)) return t
  throw new DataError({ source, problem: "every weight is 0", hint: "Then there is nothing to learn from" })
}

const matrix = (name: string, source: Tensor.Source | Tensor.Tensor): Tensor.Tensor => {
  const t = float64(source)
  if (t.shape.length !== 2) {
    throw new ShapeError({
      where: `Dataset.make, ${name}`,
      expected: "two axes, [rows, columns]",
      actual: format(t.shape)
    })
  }
  if (kernels("float64").allFinite(t)) return t
  const bad = Tensor.toFloat64Array(t).findIndex((v) => !Number.isFinite(v))
  const place = `row ${Math.floor(bad / t.shape[1]!)}, column ${bad % t.shape[1]!} (from 0)`
  throw new DataError({ source: `Dataset.make, ${name}`, problem: `a value that is no finite number at ${place}` })
}

/** The number of rows. @category getters @since 0.1.0 */
export const size = (data: Dataset): number => data.x.shape[0]!

/** The rows with these indices. @category combinators @since 0.1.0 */
export const take = (data: Dataset, indices: ArrayLike<number>): Dataset => ({
  ...data,
  x: Tensor.takeRows(data.x, indices),
  y: Tensor.takeRows(data.y, indices),
  ...(data.weights === undefined ? {} : { weights: Tensor.takeRows(data.weights, indices) }),
  ...(data.origin?.lines === undefined ? {} : { origin: { ...data.origin, lines: pick(data.origin.lines, indices) } })
})

const pick = (lines: Uint32Array, indices: ArrayLike<number>): Uint32Array =>
  Uint32Array.from(indices, (row) => lines[row]!)
