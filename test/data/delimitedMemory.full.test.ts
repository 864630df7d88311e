// What reading a large table takes: a child with a bounded heap reads it, and says what is kept.
import { execFileSync } from "node:child_process"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"

const Report = Schema.Struct({
  size: Schema.Finite,
  kept: Schema.Finite,
  rows: Schema.Int,
  columns: Schema.Int,
  wrong: Schema.Int
})

const read = (shape: string, heap: number) => {
  const flags = ["--expose-gc", `--max-old-space-size=${heap}`]
  const printed = execFileSync(process.execPath, [...flags, "test/data/delimitedKept.ts", shape], { encoding: "utf8" })
  return Schema.decodeSync(Schema.fromJsonString(Report))(printed)
}

it("a million rows, in a heap too small to hold their text: every value", () => {
  const { size, kept, ...found } = read("million", 48)
  expect(found).toEqual({ rows: 1_000_000, columns: 10, wrong: 0 })
  expect(size).toBeGreaterThan(100_000_000) // bytes of text, of which the heap could hold half
  expect(kept).toBeLessThan(90_000_000) // 9 columns of 8 bytes, one of 4, lines of 4, each with a twentieth of room
})

describe("at most 40 bytes kept for each byte of text, and 4 kB for each column", () => {
  const shapes: ReadonlyArray<readonly [string, number, number]> = [
    ["numbers", 1_000_000, 1],
    ["numbers and texts", 1_000_000, 1],
    ["nothing between two rows", 250_002, 8],
    ["a thousand texts a column", 1000, 500],
    ["a hundred thousand columns", 2, 100_000],
    ["long texts", 40, 1]
  ]
  for (const [shape, rows, columns] of shapes) {
    it(`${shape}`, () => {
      const found = read(shape, 512)
      expect(found).toMatchObject({ rows, columns })
      expect(found.kept).toBeLessThan(40 * found.size + 4096 * columns)
    })
  }
})
