/**
 * The cells of a table as the numbers that a model takes, by what its columns say.
 *
 * @since 0.3.0
 */
import { DataError } from "../core/errors.ts"
import { nearest } from "../core/nearest.ts"
import * as Tensor from "../core/Tensor.ts"
import { type Column, type Columns, width } from "./Column.ts"
import { categoryOf, lineOf, listed, placeOf, quoted, short, textsInNumbers, wholeRows } from "./cells.ts"
import { suggestion } from "./chooseColumns.ts"
import { type Dataset, make } from "./Dataset.ts"
import { MAX_TEXTS, type Table, type TableColumn } from "./Table.ts"

/** What to do with missing cells. @category models @since 0.3.0 */
export interface EncodeOptions {
  /** Leaves out the rows that lack a value in a column that is used; without it they are an error. */
  readonly dropMissing?: boolean
}

/** Features alone. @category models @since 0.3.0 */
export interface Inputs {
  /** [rows, columns of x], float64. */
  readonly x: Tensor.Tensor
  /** The rows of the table, from 0, that these are. */
  readonly rows: Uint32Array
}

/** No more values than this in one array, 2 GiB of them. */
const MAX_VALUES = 268_435_456

type Pair = readonly [Column, TableColumn]

/** A column more or less would shift those behind it, and give them the names of others. */
const assertPlaces = ({ source, places: there }: Table, { places }: Columns): void => {
  if (there === undefined || places === undefined || there === places) return
  const problem = `it has ${there} columns, but the table trained on had ${places}`
  const hint =
    "Without a header, columns are found by their places: keep all, the target's too, whose cells may be empty to predict"
  throw new DataError({ source, problem, hint })
}

const findColumns = (table: Table, columns: ReadonlyArray<Column>): ReadonlyArray<Pair> => {
  const byName = new Map(table.columns.map((column) => [column.name, column]))
  const pairs = columns.flatMap((column): ReadonlyArray<Pair> => {
    const found = byName.get(column.name)
    return found === undefined ? [] : [[column, found]]
  })
  if (pairs.length === columns.length) return pairs
  const lacking = columns.flatMap(({ name }) => (byName.has(name) ? [] : [name]))
  const names = listed(
    lacking.map((name) => `"${name}"`),
    20
  )
  const problem = lacking.length === 1 ? `the column ${names} is not there` : `the columns ${names} are not there`
  throw new DataError({ source: table.source, problem, hint: suggestion(lacking, [...byName.keys()]) })
}

const unseen = (table: Table, column: Column, row: number, category: string): DataError => {
  const known = column.kind === "numeric" ? [] : column.categories
  const at = table.line === undefined ? ` in ${placeOf(table, row)}` : ""
  const problem = `${quoted(category)}${at} is none of the categories known, which are ${listed(known.map(short), 10)}`
  const near = nearest(category, known)
  const hint = near === undefined ? "Leave the row out, or train on rows that have it" : `Did you mean ${quoted(near)}?`
  return new DataError({ source: table.source, ...lineOf(table, row), column: column.name, problem, hint })
}

/** Throws for cells that can be of no use, before missing ones are looked for. */
const check = (table: Table, [column, cells]: Pair): void => {
  if (column.kind === "numeric") {
    const hint = "The column has to hold numbers, as it did where it was chosen"
    if (cells.count.texts > 0) throw textsInNumbers(table, cells, hint)
  } else if (cells.texts.length > MAX_TEXTS) {
    const code = cells.texts.findIndex((text) => !column.categories.includes(text))
    for (let row = 0; row < table.rows; row++) {
      if (cells.code(row) === code) throw unseen(table, column, row, cells.texts[code]!)
    }
  }
}

/** Writes the cells of a column into the columns of `out` from `offset` on; a class is one number or an indicator. */
const write = (
  table: Table,
  [column, cells]: Pair,
  rows: Uint32Array,
  { values, stride, offset, oneHot }: { values: Float64Array; stride: number; offset: number; oneHot: boolean }
): void => {
  if (column.kind === "numeric") {
    for (let i = 0; i < rows.length; i++) values[i * stride + offset] = cells.number(rows[i]!)
    return
  }
  const index = new Map(column.categories.map((category, k) => [category, k]))
  for (let i = 0; i < rows.length; i++) {
    const category = categoryOf(cells, rows[i]!)!
    const k = index.get(category)
    if (k === undefined) throw unseen(table, column, rows[i]!, category)
    if (oneHot) values[i * stride + offset + k] = 1
    else values[i * stride + offset] = k
  }
}

const matrix = (table: Table, pairs: ReadonlyArray<Pair>, rows: Uint32Array, oneHot: boolean): Tensor.Tensor => {
  const widths = pairs.map(([column]) => (oneHot ? width(column) : 1))
  const stride = widths.reduce((sum, w) => sum + w, 0)
  if (rows.length * stride > MAX_VALUES) {
    const problem = `${rows.length} rows of ${stride} columns are more than ${MAX_VALUES} values`
    const hint = "Take fewer rows, or leave out columns of many categories by `exclude`"
    throw new DataError({ source: table.source, problem, hint })
  }
  const values = new Float64Array(rows.length * stride)
  let offset = 0
  for (const [i, pair] of pairs.entries()) {
    write(table, pair, rows, { values, stride, offset, oneHot })
    offset += widths[i]!
  }
  return Tensor.from(values, { shape: [rows.length, stride] })
}

const prepare = (table: Table, pairs: ReadonlyArray<Pair>, options: EncodeOptions): Uint32Array => {
  for (const pair of pairs) check(table, pair)
  return wholeRows(
    table,
    pairs.map(([, cells]) => cells),
    { dropMissing: options.dropMissing, fixed: true }
  )
}

/**
 * A table as a dataset. Columns are found by their names: others may be there, in any order. Without a header there are
 * no names, and a table needs as many columns as the one that these were chosen from.
 *
 * **Shapes**: x [rows, features and categories], y [rows, targets]. A categorical target is the index of its class.
 * **Errors**: `DataError`, with line and column: columns that are not there, missing cells without `dropMissing`, texts
 * among numbers, and categories that are not among those of the columns.
 *
 * @category conversions
 * @since 0.3.0
 */
export const encode = (columns: Columns, table: Table, options: EncodeOptions = {}): Dataset => {
  assertPlaces(table, columns)
  const pairs = findColumns(table, [...columns.features, ...columns.targets])
  const rows = prepare(table, pairs, options)
  const x = matrix(table, pairs.slice(0, columns.features.length), rows, true)
  const y = matrix(table, pairs.slice(columns.features.length), rows, false)
  const { line, source } = table
  const lines = line === undefined ? {} : { lines: rows.map((row) => line(row)) }
  return { ...make({ x, y, columns }), origin: { source, ...lines } }
}

/**
 * The features of a table alone, to predict from. Columns are found by their names, as in `encode`; targets need not be
 * there.
 *
 * @category conversions
 * @since 0.3.0
 */
export const inputs = (columns: Columns, table: Table, options: EncodeOptions = {}): Inputs => {
  assertPlaces(table, columns)
  const pairs = findColumns(table, columns.features)
  const rows = prepare(table, pairs, options)
  return { x: matrix(table, pairs, rows, true), rows }
}
