/**
 * Rows of cells, as they stream by, made a table.
 *
 * @since 0.3.0
 */
import type * as Csv from "effect/encoding/Csv"
import { DataError } from "../core/errors.ts"
import { type Delimiter, inWords } from "./delimiter.ts"
import { type GrowingColumn, growing, growingColumn } from "./growing.ts"
import { readHeader, WITHOUT_HEADER } from "./header.ts"
import { parseNumber } from "./number.ts"
import type { Table } from "./Table.ts"

/** No row is longer than this many characters: a quote never closed would take the whole file for one. */
export const MAX_ROW = 4 * 1024 * 1024

const MISSING = ["NA", "N/A", "NaN", "null"]

/** @category models @since 0.3.0 */
export interface RowReader {
  /** Takes the rows that come next; throws `DataError`. */
  read(rows: ReadonlyArray<ReadonlyArray<string>>): void
  /** What is wrong with the quotes, or the length, of the row that would come next. */
  explain(error: Csv.CsvError): DataError
  /** The table, when there are no more rows; throws `DataError` if there are none at all. */
  table(): Table
}

const breaks = (cell: string): number => cell.match(/\r\n|\r|\n/g)?.length ?? 0
const cellsOf = (count: number): string => `${count} ${count === 1 ? "cell" : "cells"}`

/** @category constructors @since 0.3.0 */
export const rowReader = (
  source: string,
  options: {
    readonly delimiter: Delimiter
    readonly header?: boolean
    readonly missing?: ReadonlyArray<string> | undefined
  }
): RowReader => {
  const { header: isHeader = true, missing: listed = MISSING } = options
  const texts = listed.map((cell) => cell.trim())
  const [missing, missingNumbers] = [new Set(["", ...texts]), new Set(texts.map(parseNumber))]
  const lines = growing((length) => new Uint32Array(length), 0)
  let columns: ReadonlyArray<GrowingColumn> | undefined
  let [rows, line] = [0, 1]

  const readNumber = (column: GrowingColumn, value: number): void => {
    if (!missingNumbers.has(value)) column.addNumber(rows, value)
  }

  const readCell = (column: GrowingColumn, cell: string): void => {
    const plain = parseNumber(cell)
    if (!Number.isNaN(plain)) {
      readNumber(column, plain)
      return
    }
    line += breaks(cell)
    const text = cell.trim()
    if (missing.has(text)) return
    const value = parseNumber(text)
    if (Number.isNaN(value)) column.addText(rows, text)
    else readNumber(column, value)
  }

  const readRow = (cells: ReadonlyArray<string>): void => {
    const start = line
    if (cells.length === 1 && cells[0]!.trim() === "") {
      line += 1 + breaks(cells[0]!)
      return
    }
    if (columns === undefined) {
      columns = readHeader(cells, { source, line, isHeader }).map(growingColumn)
      if (isHeader) {
        line += cells.reduce((sum, cell) => sum + breaks(cell), 1)
        return
      }
    }
    if (cells.length !== columns.length) {
      const first = isHeader ? "the header" : "the first row"
      const problem = `${cellsOf(cells.length)}, but ${first} has ${columns.length}`
      const split = `split at ${inWords(options.delimiter)}; \`delimiter\` names another`
      throw new DataError({ source, line, problem, hint: `Every row needs as many, ${split}` })
    }
    for (let c = 0; c < cells.length; c++) readCell(columns[c]!, cells[c]!)
    lines.set(rows, start)
    rows++
    line++
  }

  return {
    read: (chunk) => chunk.forEach(readRow),
    explain: ({ kind, line: start, column, message }) => {
      const name = columns?.[(column ?? 0) - 1]?.name
      const problem = kind === "Syntax" ? message : `the row is longer than ${MAX_ROW} characters`
      const where = { source, line: start, ...(name === undefined ? {} : { column: name }) }
      return new DataError({ ...where, problem, hint: "Is a quote missing, one too many, or a blank before one?" })
    },
    table: () => {
      if (columns === undefined) {
        throw new DataError({
          source,
          problem: "the file is empty",
          hint: "It needs a line of names and rows below it"
        })
      }
      if (rows === 0)
        throw new DataError({
          source,
          problem: "there are no rows below the header",
          hint: `Is its one line a header? If not, ${WITHOUT_HEADER}`
        })
      const about = { line: lines.get, splitAt: inWords(options.delimiter) }
      const places = isHeader ? {} : { places: columns.length }
      const given = options.missing === undefined ? {} : { missing: options.missing }
      return { source, rows, columns, ...about, ...places, ...given }
    }
  }
}
