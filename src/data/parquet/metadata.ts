/**
 * What a Parquet file says of itself, checked before it is believed: its columns, and where their values lie.
 *
 * @since 0.3.0
 */
import type { ColumnMetaData, FileMetaData, parquetMetadata, SchemaElement } from "hyparquet"
import { DataError } from "../../core/errors.ts"
import { type Fail, readStruct } from "./thrift.ts"

/** The largest table: this many cells, and as many for each byte of the file. */
export const ALLOWED = { cells: 1024 * 1024, perByte: 100 }

/** A column's values for a group of rows: how many rows, and the bytes from where to where. */
export interface Piece {
  readonly rows: number
  readonly start: number
  readonly end: number
  readonly meta: ColumnMetaData
}

export interface Layout {
  readonly rows: number
  readonly columns: ReadonlyArray<{ readonly element: SchemaElement; readonly pieces: ReadonlyArray<Piece> }>
}

const MAGIC = "PAR1"

const textAt = (bytes: Uint8Array, start: number): string =>
  Array.from(bytes.subarray(start, start + 4), (byte) => String.fromCharCode(byte)).join("")

/** Whether bytes begin as those of a Parquet file. */
export const isParquet = (bytes: Uint8Array): boolean => textAt(bytes, 0) === MAGIC

/** The error of a file that is no whole and sound Parquet file. */
export const damaged =
  (source: string, column?: string): Fail =>
  (problem) =>
    new DataError({
      source,
      ...(column === undefined ? {} : { column }),
      problem: `the Parquet file cannot be read: ${problem}`,
      hint: "Is it whole? Write it again"
    })

/** Bytes of a bound of a decimal column; hyparquet's time for one grows with the square of them. */
const MAX_DECIMAL = 4096

/** That a description is sound, and has nothing that would take hyparquet long. */
const assertQuick = (description: Uint8Array, fail: Fail): void => {
  let [longest, decimals] = [0, false]
  readStruct(description, 0, fail, (field, value, lists) => {
    if (lists === 1 && field === 6 && value === 5) decimals = true // a column's converted type
    if (lists > 1 && value instanceof Uint8Array) longest = Math.max(longest, value.length)
  })
  if (decimals && longest > MAX_DECIMAL) throw fail("a bound of a decimal column in it is longer than 4 KiB")
}

const parse = (source: string, bytes: Uint8Array, read: typeof parquetMetadata): FileMetaData => {
  const fail = damaged(source)
  const end = bytes.length - 8
  const tail = textAt(bytes, bytes.length - 4)
  if (tail === "PARE") {
    throw new DataError({ source, problem: "the Parquet file is encrypted", hint: "Write it without encryption" })
  }
  if (end < 4 || tail !== MAGIC) throw fail("it does not end as Parquet does")
  const length = new DataView(bytes.buffer, bytes.byteOffset + end, 4).getUint32(0, true)
  if (length > end - 4) throw fail("its description is longer than the file")
  assertQuick(bytes.subarray(end - length, end), fail)
  try {
    return read(bytes.subarray(end - length), { geoparquet: false })
  } catch {
    throw fail("its description is damaged") // hyparquet stumbles over it in words of its own
  }
}

/** The top-level columns by their order. A column that has columns of its own is refused by its name. */
const columnsOf = (source: string, [root, ...elements]: ReadonlyArray<SchemaElement>): ReadonlyArray<SchemaElement> => {
  const nested = elements.find(
    (element) => element.num_children !== undefined || element.repetition_type === "REPEATED"
  )
  if (nested !== undefined) {
    const problem = "it is nested, and the columns of a table are not"
    const hint = "Leave it out, or make columns of its parts, when the file is written"
    throw new DataError({ source, column: nested.name, problem, hint })
  }
  if (root?.num_children !== elements.length || elements.some((element) => element.type === undefined)) {
    throw damaged(source)("its description lacks columns")
  }
  const names = elements.map((element) => element.name)
  const blank = names.indexOf("")
  if (blank >= 0) {
    throw new DataError({ source, problem: `column ${blank + 1} has no name`, hint: "Give every column a name" })
  }
  if (new Set(names).size === names.length) return elements
  const twice = names.find((name, i) => names.indexOf(name) !== i)!
  throw new DataError({ source, column: twice, problem: "there are two columns of this name", hint: "Rename one" })
}

/**
 * The columns of a file and the pieces of their values, by hyparquet's reader of metadata.
 *
 * **Errors**: `DataError` for files that are cut short, damaged or encrypted, nested columns, columns without a name or
 * with the same, pieces outside the file, no rows, and more cells than a file of this size can hold.
 */
export const readLayout = (source: string, bytes: Uint8Array, read: typeof parquetMetadata): Layout => {
  const { schema, row_groups: groups, num_rows } = parse(source, bytes, read)
  const fail = damaged(source)
  const elements = columnsOf(source, schema)
  const rows = Number(num_rows)
  if (groups.some((g) => g.num_rows < 0n || g.columns.length !== elements.length)) {
    throw fail("a group of rows lacks columns")
  }
  if (groups.reduce((sum, g) => sum + Number(g.num_rows), 0) !== rows)
    throw fail("its groups have other numbers of rows")
  if (rows === 0) throw new DataError({ source, problem: "there are no rows" })
  if (elements.length === 0) throw new DataError({ source, problem: "there are no columns" })
  if (rows * elements.length > ALLOWED.cells + ALLOWED.perByte * bytes.length) {
    const problem = `${rows} rows of ${elements.length} columns in ${bytes.length} bytes are more than ${ALLOWED.perByte} cells a byte`
    throw new DataError({ source, problem, hint: "Is it damaged? If not, write it as CSV, or in parts" })
  }
  const pieceOf = (group: number, column: number): Piece => {
    const { columns, num_rows } = groups[group]!
    const { meta_data: meta, file_path: elsewhere } = columns[column]!
    const { name, type } = elements[column]!
    if (elsewhere !== undefined) throw damaged(source, name)("its values lie in another file")
    if (meta?.path_in_schema.length !== 1 || meta.path_in_schema[0] !== name || meta.type !== type) {
      throw damaged(source, name)("a group of rows describes another column")
    }
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset)
    const end = start + Number(meta.total_compressed_size)
    if (!(start >= 4 && end >= start && end <= bytes.length - 8))
      throw damaged(source, name)("its values go beyond the file")
    return { rows: Number(num_rows), start, end, meta }
  }
  const columns = elements.map((element, column) => ({
    element,
    pieces: groups.flatMap((group, g) => (group.num_rows === 0n ? [] : [pieceOf(g, column)]))
  }))
  return { rows, columns }
}
