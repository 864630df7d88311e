/**
 * The cells of a table: what one holds, which rows have one in every column, and how messages point at them.
 *
 * @since 0.3.0
 */
import { cut } from "../core/cut.ts"
import { DataError } from "../core/errors.ts"
import type { Table, TableColumn } from "./Table.ts"

/** How many places a message lists. */
const LISTED = 5

/** A text as messages show it: at most forty letters of it. */
export const short = (text: string): string => cut(text, 40)

/** The same in quotes. */
export const quoted = (text: string): string => `"${short(text)}"`

/** The first of these with commas between, and how many more there are. */
export const listed = (items: ReadonlyArray<string>, shown = LISTED, count = items.length): string => {
  const more = count - Math.min(shown, items.length)
  return `${items.slice(0, shown).join(", ")}${more > 0 ? ` and ${more} more` : ""}`
}

/** Where a row is: its line in the file, or its number where there are no lines. */
export const placeOf = (table: Table, row: number): string =>
  table.line === undefined ? `row ${row} (from 0)` : `line ${table.line(row)}`

/** The line of a row for a `DataError`, if there are lines. */
export const lineOf = (table: Table, row: number): { readonly line?: number } =>
  table.line === undefined ? {} : { line: table.line(row) }

/** A cell as a category: its text, or its number as JavaScript writes it; undefined where it is missing. */
export const categoryOf = (column: TableColumn, row: number): string | undefined => {
  const code = column.code(row)
  if (code >= 0) return column.texts[code]
  const number = column.number(row)
  return Number.isNaN(number) ? undefined : String(number)
}

const isMissing = (column: TableColumn, row: number): boolean =>
  column.code(row) < 0 && Number.isNaN(column.number(row))

const hasMissing = (table: Table, column: TableColumn): boolean =>
  column.count.numbers + column.count.texts < table.rows

/** What to do about missing cells; `fixed` if the columns are chosen already. */
export interface OnMissing {
  readonly dropMissing?: boolean | undefined
  readonly fixed: boolean
}

/**
 * The rows in which none of these columns has a missing cell.
 *
 * **Errors**: `DataError` that lists the first rows which have one, unless they are to be dropped; `DataError` if no row
 * is left, or a column has no value at all.
 */
export const wholeRows = (table: Table, columns: ReadonlyArray<TableColumn>, options: OnMissing): Uint32Array => {
  const { source, rows } = table
  if (rows === 0) throw new DataError({ source, problem: "there are no rows" })
  const without = options.fixed ? "The column is needed, as it was chosen" : "Leave the column out by `exclude`"
  const empty = columns.find(({ count }) => count.numbers + count.texts === 0)
  if (empty !== undefined) {
    throw new DataError({ source, column: empty.name, problem: "none of its cells has a value", hint: without })
  }
  const gappy = columns.filter((column) => hasMissing(table, column))
  const all = Uint32Array.from({ length: rows }, (_, row) => row)
  if (gappy.length === 0) return all
  const whole = all.filter((row) => !gappy.some((column) => isMissing(column, row)))
  if (options.dropMissing !== true) throw missing(table, gappy, whole, options)
  if (whole.length > 0) return whole
  const problem = `no row is left: each of the ${rows} lacks a value in ${listed(gappy.map((c) => c.name))}`
  const hint = options.fixed ? "These columns are needed, as they were chosen" : "Leave a column out by `exclude`"
  throw new DataError({ source, problem, hint })
}

const missing = (
  table: Table,
  gappy: ReadonlyArray<TableColumn>,
  whole: Uint32Array,
  { fixed }: OnMissing
): DataError => {
  const places: Array<string> = []
  let next = 0
  for (let row = 0; row < table.rows && places.length < LISTED; row++) {
    if (whole[next] === row) next++
    else {
      const names = gappy.filter((column) => isMissing(column, row)).map((column) => column.name)
      places.push(`${placeOf(table, row)} (${listed(names, 3)})`)
    }
  }
  const count = table.rows - whole.length
  return new DataError({
    source: table.source,
    problem: `${count} of ${table.rows} rows ${count === 1 ? "lacks a value" : "lack values"}: ${listed(places, LISTED, count)}`,
    hint: `Leave such rows out by \`dropMissing\`${fixed ? "" : ", or columns by `exclude`"}`
  })
}

const NON_FINITE = /^\s*[+-]?(inf(inity)?|nan|(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?)\s*$/i

/** The error of a column of numbers that has texts: the first of them, with their places. */
export const textsInNumbers = (table: Table, column: TableColumn, otherwise: string): DataError => {
  const found: Array<readonly [row: number, text: string]> = []
  for (let row = 0; row < table.rows && found.length < LISTED; row++) {
    const text = column.code(row) < 0 ? undefined : column.texts[column.code(row)]
    if (text !== undefined) found.push([row, text])
  }
  const [row, text] = found[0]!
  const others = found.slice(1).map(([r, t]) => `${quoted(t)} in ${placeOf(table, r)}`)
  const also = others.length === 0 ? "" : `; nor is ${listed(others, LISTED, column.count.texts - 1)}`
  const at = table.line === undefined ? ` in ${placeOf(table, row)}` : ""
  const infinite = NON_FINITE.test(text)
  return new DataError({
    source: table.source,
    ...lineOf(table, row),
    column: column.name,
    problem: `${quoted(text)}${at} is no ${infinite ? "finite " : ""}number${also}`,
    hint: infinite ? "Numbers have to be finite: mend it, or list it in `missing`" : otherwise
  })
}
