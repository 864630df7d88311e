/**
 * Columns brought to mean 0 and standard deviation 1 by what the training rows say, and back again.
 *
 * A column that is constant on the training rows tells nothing and cannot be scaled: it is dropped, by name.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { assertConfig, ConfigError, DataError, ShapeError } from "../core/errors.ts"
import { axis, type DType, format } from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import { kernels } from "../kernels/index.ts"

/** The schema of a standardizer, for specs of models. @category schemas @since 0.1.0 */
export const StandardizerSchema = /*#__PURE__*/ Schema.Struct({
  /** How many columns there are before any is dropped. */
  width: Schema.Int,
  /** The indices of the columns kept. */
  columns: Schema.Array(Schema.Int),
  mean: Schema.Array(Schema.Finite),
  std: Schema.Array(Schema.Finite),
  /** The names of the columns dropped. */
  dropped: Schema.Array(Schema.String)
})

/** Plain data: one mean and std for each column kept. @category models @since 0.1.0 */
export type Standardizer = typeof StandardizerSchema.Type

/**
 * Checks that a standardizer from a file is one: columns that there are, in their order, each with a mean and a standard
 * deviation above 0. **Errors**: `ConfigError`.
 *
 * @category assertions
 * @since 0.3.0
 */
export const assertValid = (what: string, { width, columns, mean, std }: Standardizer): void => {
  const ordered = columns.every((c, i) => Number.isSafeInteger(c) && c >= 0 && (i === 0 || c > columns[i - 1]!))
  const inside = Number.isSafeInteger(width) && columns.length > 0 && columns.at(-1)! < width
  assertConfig(ordered && inside, `${what}, columns`, `some of ${width} columns, in their order`, brief(columns))
  const each = mean.length === columns.length && mean.every(Number.isFinite)
  assertConfig(each, `${what}, mean`, `${columns.length} finite numbers`, brief(mean))
  const positive = std.length === columns.length && std.every((s) => Number.isFinite(s) && s > 0)
  assertConfig(positive, `${what}, std`, `${columns.length} finite numbers above 0`, brief(std))
}

const brief = (numbers: ReadonlyArray<number>): string =>
  `[${numbers.slice(0, 8).join(", ")}${numbers.length > 8 ? `, ... ${numbers.length - 8} more` : ""}]`

/** What messages call the rows. */
const TRAINING = "the training rows"

/** Leaves columns as they are. @category constructors @since 0.1.0 */
export const identity = (width: number): Standardizer => ({
  width,
  columns: Array.from({ length: width }, (_, i) => i),
  mean: new Array<number>(width).fill(0),
  std: new Array<number>(width).fill(1),
  dropped: []
})

/**
 * The means and (population) standard deviations of the columns of x [N, width].
 *
 * `indicators` says which columns are zeros and ones for a category (`Columns.indicators`): those stay as they are.
 * `source` is what messages call the rows.
 *
 * **Errors**: `DataError` if no column varies, or if one is too large for its variance to be a number.
 *
 * @example
 * ```ts
 * import { Standardizer, Tensor } from "effect-bayes"
 *
 * const s = Standardizer.fit(Tensor.from(new Float64Array([1, 7, 3, 7]), { shape: [2, 2] }), ["a", "b"])
 * s.mean // => [2]
 * s.dropped // => ["b"]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const fit = (
  x: Tensor.Tensor,
  names: ReadonlyArray<string>,
  indicators: ReadonlyArray<boolean> = [],
  source = TRAINING
): Standardizer => {
  const [rows = 0, width = 0] = x.shape
  const values = Tensor.toFloat64Array(x)
  const columns: Array<number> = []
  const mean: Array<number> = []
  const std: Array<number> = []
  for (let c = 0; c < width; c++) {
    const column = Float64Array.from({ length: rows }, (_, r) => values[r * width + c]!)
    if (column.every((v) => v === column[0])) continue
    const { mean: m, std: s } =
      indicators[c] === true ? { mean: 0, std: 1 } : momentsOf(column, names[c] ?? String(c), source)
    columns.push(c)
    mean.push(m)
    std.push(s)
  }
  const kept = new Set(columns)
  const dropped = names.filter((_, c) => !kept.has(c))
  if (columns.length > 0) return { width, columns, mean, std, dropped }
  throw constant(source, `no column varies: ${names.join(", ")}`)
}

const constant = (source: string, problem: string): DataError =>
  new DataError({ source, problem, hint: "A constant tells nothing and predicts nothing" })

const momentsOf = (
  values: Float64Array,
  column: string,
  source: string
): { readonly mean: number; readonly std: number } => {
  const n = values.length
  const rough = values.reduce((sum, v) => sum + v / n, 0)
  const mean = rough + values.reduce((sum, v) => sum + (v - rough) / n, 0) // or rounding outweighs a small spread
  const std = Math.sqrt(values.reduce((sum, v) => sum + ((v - mean) * (v - mean)) / n, 0))
  if (Number.isFinite(std) && std > 0) return { mean, std }
  const problem = "the values are too large, or too close together, to be standardized"
  throw new DataError({ source, column, problem, hint: "Rescale it" })
}

/**
 * One mean and (population) standard deviation for all columns of x [N, width], none of them dropped: for the pixels of
 * images, which mean the same wherever they stand.
 *
 * **Errors**: `DataError` if no value differs from another, or if one is too large for the variance to be a number.
 *
 * @example
 * ```ts
 * import { Standardizer, Tensor } from "effect-bayes"
 *
 * const s = Standardizer.fitShared(Tensor.from([[0, 2], [0, 2]]))
 * s.mean // => [1, 1]
 * s.std // => [1, 1]
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const fitShared = (x: Tensor.Tensor): Standardizer => {
  const width = axis("Standardizer.fitShared", x.shape, 1)
  const values = Tensor.toFloat64Array(x)
  if (values.every((v) => v === values[0])) throw constant(TRAINING, "no value differs from another")
  const { mean, std } = momentsOf(values, "all", TRAINING)
  const each = (value: number): ReadonlyArray<number> => new Array<number>(width).fill(value)
  return { ...identity(width), mean: each(mean), std: each(std) }
}

/** [B, width] in the data's units -> [B, kept] standardized, in this precision. @category combinators @since 0.1.0 */
export const apply = (self: Standardizer, x: Tensor.Tensor, dtype: DType): Tensor.Tensor => {
  const [rows = 0, width] = x.shape
  if (width !== self.width || x.shape.length !== 2) {
    throw new ShapeError({ where: "standardize", expected: `[rows, ${self.width}]`, actual: format(x.shape) })
  }
  const values = Tensor.toFloat64Array(x)
  const kept = self.columns.length
  const out = new Float64Array(rows * kept)
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < kept; k++) {
      out[r * kept + k] = (values[r * self.width + self.columns[k]!]! - self.mean[k]!) / self.std[k]!
    }
  }
  return Tensor.from(out, { shape: [rows, kept], dtype })
}

/**
 * `apply`, of rows that may be anyone's. `first` is the number of the first of them.
 *
 * **Errors**: `ConfigError` (thrown), with the place, for a value that is not finite or not once it is standardized;
 * `ShapeError` for another width.
 *
 * @category combinators
 * @since 0.3.0
 */
export const applyFinite = (
  what: string,
  self: Standardizer,
  x: Tensor.Tensor,
  dtype: DType,
  first = 0
): Tensor.Tensor => {
  const out = apply(self, x, dtype)
  if (kernels(dtype).allFinite(out)) return out
  const kept = self.columns.length
  const bad = Tensor.toFloat64Array(out).findIndex((v) => !Number.isFinite(v))
  const [row, column] = [Math.floor(bad / kept), self.columns[bad % kept]!]
  const value = Tensor.toFloat64Array(Tensor.rows(x, row, row + 1))[column]
  const expected = `numbers that are finite, and stay so in ${dtype} once standardized`
  const actual = `${value} in row ${first + row}, column ${column} (from 0)`
  throw new ConfigError({ option: what, expected, actual })
}
