// Tables in memory, as a reader of files would make them.
import type { Table, TableColumn } from "../../src/data/Table.ts"

/** A number, a text, or nothing. */
export type Cell = number | string | undefined

const MAX_TEXTS = 1000

const columnOf = (name: string, cells: ReadonlyArray<Cell>): TableColumn => {
  const texts: Array<string> = []
  const codes = new Map<string, number>()
  for (const cell of cells) {
    if (typeof cell !== "string" || codes.has(cell) || texts.length > MAX_TEXTS) continue
    codes.set(cell, texts.length)
    texts.push(cell)
  }
  const code = (cell: Cell) => (typeof cell === "string" ? (codes.get(cell) ?? MAX_TEXTS) : -1)
  const count = (type: string) => cells.filter((cell) => typeof cell === type).length
  return {
    name,
    number: (row) => (typeof cells[row] === "number" ? cells[row] : Number.NaN),
    code: (row) => code(cells[row]),
    texts,
    count: { numbers: count("number"), texts: count("string") }
  }
}

/** Columns by name, as lines 2, 3 ... of t.csv below a header. */
export const tableOf = (columns: Readonly<Record<string, ReadonlyArray<Cell>>> | Entries): Table => {
  const entries: Entries = Symbol.iterator in columns ? columns : Object.entries(columns)
  return {
    source: "t.csv",
    rows: entries[0]?.[1].length ?? 0,
    columns: entries.map(([name, cells]) => columnOf(name, cells)),
    line: (row) => row + 2
  }
}

type Entries = ReadonlyArray<readonly [name: string, cells: ReadonlyArray<Cell>]>

/** The same without lines, as of an array. */
export const withoutLines = ({ source, rows, columns }: Table): Table => ({ source, rows, columns })

/** An array of f(0), f(1) ... */
export const many = <A>(count: number, f: (i: number) => A): ReadonlyArray<A> =>
  Array.from({ length: count }, (_, i) => f(i))
