// A program of its own, to be run with little memory: reads a large table of a shape, and prints what it found and kept.
import { setTimeout } from "node:timers/promises"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import { readDelimited } from "../../src/data/csv.ts"
import type { Table } from "../../src/data/Table.ts"

const repeat = function* (line: string, times: number) {
  for (let i = 0; i < times; i++) yield line
}
const names = (count: number) => `${Array.from({ length: count }, (_, c) => `c${c}`).join()}\n`

/** What stands in a row and a column of the million rows: five decimals, four whole numbers, one of seven texts. */
const cell = (row: number, c: number): number | string => {
  const n = (row * 7919 + c * 104_729) % 1_000_003
  if (c < 5) return (n - 500_000) / 1024
  return c < 9 ? n : `kind ${n % 7}`
}

/** Lines that take as much memory for each byte as one can think of, or many columns. */
const shapes: Readonly<Record<string, () => Iterable<string>>> = {
  million: function* () {
    yield names(10)
    for (let row = 0; row < 1_000_000; row++) yield `${Array.from({ length: 10 }, (_, c) => cell(row, c)).join()}\n`
  },
  numbers: () => ["a\n", ...repeat("1\n", 1_000_000)],
  "numbers and texts": () => ["a\n", ...repeat("1\nx\n", 500_000)],
  "nothing between two rows": () => [
    names(8),
    "1,1,1,1,x,x,x,x\n",
    ...repeat(",,,,,,,\n", 250_000),
    "1,1,1,1,x,x,x,x\n"
  ],
  "a thousand texts a column": function* () {
    yield names(500)
    for (let row = 0; row < 1000; row++) yield `${Array.from({ length: 500 }, () => `${row.toString(36)}z`).join()}\n`
  },
  "a hundred thousand columns": () => [names(100_000), `${"1,".repeat(99_999)}1\n`, `${"x,".repeat(99_999)}x\n`],
  "long texts": () => ["a\n", ...repeat(`${"x".repeat(100_000)}\n`, 40)]
}

const wrongCells = (table: Table): number => {
  let wrong = 0
  for (let row = 0; row < table.rows; row++) {
    for (const [c, column] of table.columns.entries()) {
      const expected = cell(row, c)
      const found = typeof expected === "number" ? column.number(row) : column.texts[column.code(row)]
      if (found !== expected) wrong++
    }
    if (table.line?.(row) !== row + 2) wrong++
  }
  return wrong
}

const shape = process.argv[2] ?? ""
let size = 0
const chunks = function* () {
  let text = ""
  for (const line of shapes[shape]!()) {
    text += line
    size += line.length
    if (text.length < 65_536) continue
    yield new TextEncoder().encode(text)
    text = ""
  }
  yield new TextEncoder().encode(text)
}

/** Bytes in use; array buffers that are let go are freed on another thread, a while after a collection. */
const memory = async () => {
  let least = Infinity
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.()
    await setTimeout(100)
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    least = Math.min(least, heapUsed + arrayBuffers)
  }
  return least
}
const read = (bytes: Iterable<Uint8Array>) =>
  Effect.runPromise(
    readDelimited({ name: shape, bytes: Stream.fromIterable(bytes) }).pipe(Effect.provide(FileSystem.layerNoop({})))
  )

await read([new TextEncoder().encode("a\n1\n")]) // what is loaded and compiled once is not what a table takes
const before = await memory()
const table = await read(chunks())
const kept = (await memory()) - before
const { rows, columns } = table
const wrong = shape === "million" ? wrongCells(table) : 0
process.stdout.write(JSON.stringify({ size, kept, rows, columns: columns.length, wrong }))
