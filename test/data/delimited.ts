// What the reader of text makes of a content that exists in memory only.
import { readDelimited, type TextOptions } from "../../src/data/csv.ts"
import type { Table } from "../../src/data/Table.ts"
import { chunksOf, named, noFiles, utf8 } from "../files/memory.ts"
import type { Cell } from "./tables.ts"

/** The table in a content called "t.csv", handed out in chunks. */
export const readText = (
  content: string | Uint8Array | ReadonlyArray<Uint8Array>,
  options: TextOptions = {},
  chunkSize = 65_536
) => {
  const bytes = typeof content === "string" ? utf8(content) : content
  const chunks = bytes instanceof Uint8Array ? chunksOf(bytes, chunkSize) : bytes
  return noFiles(readDelimited(named("t.csv", chunks), options))
}

const rowsOf = <A>(table: Table, f: (row: number) => A) => Array.from({ length: table.rows }, (_, row) => f(row))

/** The cells of a table by the names of its columns, and the lines of its rows. */
export const cellsOf = (table: Table) => ({
  columns: table.columns.map((column): readonly [string, ReadonlyArray<Cell>] => [
    column.name,
    rowsOf(table, (row) => {
      const [number, code] = [column.number(row), column.code(row)]
      if (code >= 0) return Number.isNaN(number) ? column.texts[code] : "both a number and a text"
      return Number.isNaN(number) ? undefined : number
    })
  ]),
  lines: rowsOf(table, (row) => table.line?.(row))
})
