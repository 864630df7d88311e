/**
 * Tables side by side: images in one file, their labels in another.
 *
 * @since 0.3.0
 */
import { DataError } from "../core/errors.ts"
import type { Table } from "./Table.ts"

/**
 * The columns of one table and then those of another, row by row in the order that they have. What is kept of how tables
 * were read is kept of the first.
 *
 * **Errors**: `DataError` if the rows differ in number, or if both have a column of the same name.
 *
 * @example
 * ```ts
 * import { Table } from "effect-bayes"
 *
 * const images = Table.fromArray(Table.parseIdx("images", new Uint8Array([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 9, 8])))
 * const labels = Table.fromArray(Table.parseIdx("labels", new Uint8Array([0, 0, 8, 1, 0, 0, 0, 1, 7])), { prefix: "y" })
 * Table.join(images, labels).columns.map((column) => column.name) // => ["x0", "x1", "y"]
 * ```
 *
 * @category combinators
 * @since 0.3.0
 */
export const join = (self: Table, that: Table): Table => {
  const source = `${self.source} and ${that.source}`
  if (self.rows !== that.rows) {
    const problem = `${self.rows} rows and ${that.rows} cannot stand side by side`
    throw new DataError({ source, problem, hint: "Give files that describe the same rows in the same order" })
  }
  const names = new Set(self.columns.map((column) => column.name))
  const twice = that.columns.find((column) => names.has(column.name))
  if (twice === undefined) {
    const { rows, missing, places } = self
    const kept = { ...(missing === undefined ? {} : { missing }), ...(places === undefined ? {} : { places }) }
    return { source, rows, columns: [...self.columns, ...that.columns], ...kept }
  }
  const hint = "Rename it in one of them; the columns of an array are called by the option prefix"
  throw new DataError({ source, column: twice.name, problem: "both have a column of this name", hint })
}
