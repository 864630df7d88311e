/**
 * Rows of features with their targets, in the units they came in.
 *
 * @since 0.1.0
 */
import { assertConfig, DataError, ShapeError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import { assertShape, format } from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import { kernels } from "../kernels/index.ts"

/** x [N, features] and y [N, targets], both float64, with a name for each column. @category models @since 0.1.0 */
export interface Dataset {
  readonly x: Tensor.Tensor
  readonly y: Tensor.Tensor
  /** [N], float64, each from 0: how many times a row counts in the likelihood that is trained on. */
  readonly weights?: Tensor.Tensor
  readonly features: ReadonlyArray<string>
  readonly targets: ReadonlyArray<string>
}

/** Rows to learn from and rows to test on, which have none in common. @category models @since 0.1.0 */
export interface Split {
  readonly train: Dataset
  readonly test: Dataset
}

const names = (kind: string, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, i) => `${kind}${i}`)

/**
 * A dataset from tensors, nested arrays or mathjs matrices; columns without names are called x0, x1 ... and y0 ...
 *
 * `weights` count rows in training: one of weight 2 is there what the row twice is, one of weight 0 is not there.
 * Standardizers, predictions and evaluations know nothing of them.
 *
 * **Shapes**: x [N, features], y [N, targets], weights [N]. **Errors**: `ShapeError` if the rows differ in number,
 * `DataError` for no rows, for values that are NaN or infinite, for weights below 0 and weights that are all 0.
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
}): Dataset => {
  const x = matrix("x", options.x)
  const y = matrix("y", options.y)
  if (x.shape[0] !== y.shape[0]) {
    const actual = `${x.shape[0]} rows of x and ${y.shape[0]} of y`
    throw new ShapeError({ where: "Dataset.make", expected: "as many rows of x as of y", actual })
  }
  if (x.shape[0] === 0) throw new DataError({ source: "Dataset.make", problem: "there are no rows" })
  const features = [...(options.features ?? names("x", x.shape[1]!))]
  const targets = [...(options.targets ?? names("y", y.shape[1]!))]
  const named = features.length === x.shape[1] && targets.length === y.shape[1]
  assertConfig(
    named,
    "names of the columns",
    `${x.shape[1]} and ${y.shape[1]}`,
    `${features.length} and ${targets.length}`
  )
  if (options.weights === undefined) return { x, y, features, targets }
  return { x, y, weights: rowWeights(options.weights, x.shape[0]!), features, targets }
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
  ...(data.weights === undefined ? {} : { weights: Tensor.takeRows(data.weights, indices) })
})

/**
 * Shuffles the rows by a key and keeps a share (default a tenth, at least one row) to test on.
 *
 * **Errors**: `ConfigError` for a share outside (0, 1), `DataError` for fewer than two rows.
 *
 * @category combinators
 * @since 0.1.0
 */
export const split = (data: Dataset, options: { readonly key: Key.Key; readonly testFraction?: number }): Split => {
  const { testFraction = 0.1 } = options
  assertConfig(testFraction > 0 && testFraction < 1, "testFraction", "a number between 0 and 1", testFraction)
  const n = size(data)
  if (n < 2) throw new DataError({ source: "Dataset.split", problem: "one row cannot be split into training and test" })
  const count = Math.min(n - 1, Math.max(1, Math.round(n * testFraction)))
  const order = Key.permutation(options.key, n)
  return { train: take(data, order.subarray(count)), test: take(data, order.subarray(0, count)) }
}
