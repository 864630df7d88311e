/**
 * Columns brought to mean 0 and standard deviation 1 by what the training rows say, and back again.
 *
 * A column that is constant on the training rows tells nothing and cannot be scaled: it is dropped, by name.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { DataError, ShapeError } from "../core/errors.ts"
import { type DType, format } from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"

/** The schema of a standardizer, for saved models. @category schemas @since 0.1.0 */
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
export const fit = (x: Tensor.Tensor, names: ReadonlyArray<string>): Standardizer => {
  const [rows = 0, width = 0] = x.shape
  const values = Tensor.toFloat64Array(x)
  const columns: Array<number> = []
  const mean: Array<number> = []
  const std: Array<number> = []
  for (let c = 0; c < width; c++) {
    const column = Float64Array.from({ length: rows }, (_, r) => values[r * width + c]!)
    if (column.every((v) => v === column[0])) continue
    const rough = column.reduce((sum, v) => sum + v / rows, 0)
    const m = rough + column.reduce((sum, v) => sum + (v - rough) / rows, 0) // or rounding outweighs a small spread
    const s = Math.sqrt(column.reduce((sum, v) => sum + ((v - m) * (v - m)) / rows, 0))
    if (!(Number.isFinite(s) && s > 0)) {
      const problem = "the values are too large, or too close together, to be standardized"
      throw new DataError({ source: "the training rows", column: names[c] ?? String(c), problem, hint: "Rescale it" })
    }
    columns.push(c)
    mean.push(m)
    std.push(s)
  }
  const dropped = names.filter((_, c) => !columns.includes(c))
  if (columns.length > 0) return { width, columns, mean, std, dropped }
  const problem = `no column varies: ${names.join(", ")}`
  throw new DataError({ source: "the training rows", problem, hint: "A constant tells nothing and predicts nothing" })
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
