// Damage done to tables of text, plain and gzipped, and what the reader has to make of them.
import { Cause, Effect, Exit } from "effect"
import fc from "fast-check"
import { expect } from "vitest"
import { DataError } from "../../src/core/errors.ts"
import type { TextOptions } from "../../src/data/csv.ts"
import type { Table } from "../../src/data/Table.ts"
import { gzip, utf8 } from "../files/memory.ts"
import { damaged } from "./damage.ts"
import { cellsOf, readText } from "./delimited.ts"

const TEXTS = [
  "a,b,y\n1,2,3\n4.5,-6e2,x\n\n8,NA,10\n",
  '\uFEFF"a","b,c",y\r\n"1",2,3\r\n4,"5\n",6\r\n',
  "größe\ty\n0.1\t1e-3\n\t+3\n日本\t🙂\n",
  "a;b\r1,5;2\r;\r",
  '  a   "b c" y \n 1 2\t3\n"" x "y z"\n'
].map(utf8)

const VALID = [...TEXTS, ...TEXTS.map(gzip), gzip(utf8(`a,b\n${"0,0\n".repeat(5000)}`))]

/** Bytes that mean something to a reader of text, of numbers, or of gzip. */
const telling = [...utf8('"",,;|\t\n\r +-.eEx0917yNA'), 0, 0x1f, 0x8b, 0xef, 0xbb, 0xbf, 0xff, 0xfe]

const options: fc.Arbitrary<TextOptions> = fc.record(
  { delimiter: fc.constantFrom(",", "tab", "space", ";", "1"), header: fc.boolean() },
  { requiredKeys: [] }
)

const assertSound = (table: Table) => {
  const { columns, lines } = cellsOf(table)
  expect(table.rows).toBeGreaterThan(0)
  expect(columns.length).toBeGreaterThan(0)
  expect(new Set(columns.map(([name]) => name)).size).toBe(columns.length)
  for (const [i, [name, cells]] of columns.entries()) {
    expect(name).not.toBe("")
    const { count, texts } = table.columns[i]!
    expect(cells).not.toContain("both a number and a text")
    expect(cells.every((cell) => typeof cell !== "number" || Number.isFinite(cell))).toBe(true)
    expect(cells.filter((cell) => typeof cell === "number").length).toBe(count.numbers)
    expect(cells.filter((cell) => typeof cell === "string").length).toBe(count.texts)
    expect(texts.every((text) => text !== "" && text === text.trim())).toBe(true)
  }
  expect(lines.every((line, row) => line! > (lines[row - 1] ?? 0))).toBe(true)
}

/** Reads every damaged content whole and in small chunks: both succeed, with the same table, or both fail. */
export const checkMutations = async (numRuns: number, seed?: number) => {
  const outcomes = { table: 0, error: 0 }
  await fc.assert(
    fc.asyncProperty(
      damaged(VALID, telling),
      options,
      fc.integer({ min: 1, max: 9 }),
      async (bytes, options, chunkSize) => {
        const [whole, cut] = [
          await Effect.runPromiseExit(readText(bytes, options)),
          await Effect.runPromiseExit(readText(bytes, options, bytes.length > 300 ? 100 * chunkSize : chunkSize))
        ]
        expect(Exit.isSuccess(cut)).toBe(Exit.isSuccess(whole))
        if (Exit.isSuccess(whole) && Exit.isSuccess(cut)) {
          outcomes.table++
          if (whole.value.rows < 1000) assertSound(whole.value)
          expect(cellsOf(cut.value)).toEqual(cellsOf(whole.value))
        }
        for (const exit of [whole, cut]) {
          if (Exit.isSuccess(exit)) continue
          outcomes.error++
          const [reason, ...others] = exit.cause.reasons
          expect(others).toEqual([])
          const error = reason !== undefined && Cause.isFailReason(reason) ? reason.error : Cause.squash(exit.cause)
          expect(error).toBeInstanceOf(DataError)
          expect((error as DataError).message).toMatch(/^t\.csv[,:] ./)
        }
      }
    ),
    { numRuns, ...(seed === undefined ? {} : { seed }) }
  )
  expect(outcomes.table).toBeGreaterThan(numRuns / 10)
  expect(outcomes.error).toBeGreaterThan(numRuns / 10)
}
