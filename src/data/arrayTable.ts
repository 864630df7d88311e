/**
 * Tables of arrays: the first axis is the rows.
 *
 * @since 0.3.0
 */
import { DataError } from "../core/errors.ts"
import { format } from "../core/Shape.ts"
import type { NdArray } from "./NdArray.ts"
import type { Table, TableColumn } from "./Table.ts"

/** A row of more numbers than this is no row of a table: it would cost far more memory than the file. */
const MAX_COLUMNS = 1_000_000

/**
 * A table of an array: its first axis is the rows, the others are flattened, the last the fastest, into columns of
 * numbers. They are called x0, x1, ..., and the one column of an array with one axis is called x; `prefix` is another
 * name than x.
 *
 * **Numerics**: copies no number; a column takes under 300 bytes. **Errors**: `DataError` for an array with no axis, no rows, no columns, or over a million columns.
 *
 * @category conversions
 * @since 0.3.0
 */
export const fromArray = (array: NdArray, { prefix = "x" }: { readonly prefix?: string } = {}): Table => {
  const { source, shape, at } = array
  const [rows, ...others] = shape
  const width = others.reduce((n, length) => n * length, 1)
  const refuse = (problem: string, hint: string): never => {
    throw new DataError({ source, problem: `an array ${format(shape)} ${problem}`, hint })
  }
  if (rows === undefined) return refuse("is one number, no table", "The first axis of an array is the rows of a table")
  if (rows === 0) return refuse("has no rows", "The first axis of an array is the rows of a table")
  if (width === 0) return refuse("has no columns", "All axes but the first are the columns of a table")
  if (width > MAX_COLUMNS) {
    return refuse(`has over ${MAX_COLUMNS} columns`, "The first axis is the rows: is the array the wrong way round?")
  }
  const numeric = { code: () => -1, texts: [], count: { numbers: rows, texts: 0 } } // one for all columns
  const columns = Array.from(
    { length: width },
    (_, c): TableColumn => ({
      ...numeric,
      name: others.length === 0 ? prefix : `${prefix}${c}`,
      number: (row) => at(row * width + c)
    })
  )
  return { source, rows, columns }
}
