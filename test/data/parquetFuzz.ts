// Damaged Parquet files, and what their reader has to make of them.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Result } from "effect"
import { Table } from "effect-bayes"
import fc from "fast-check"
import { expect } from "vitest"
import { named, noFiles } from "../files/memory.ts"
import { allocatedBy } from "./allocation.ts"
import { altered, damaged } from "./damage.ts"

const codecs = ["none", "snappy", "gzip", "zstd", "lz4"]
const names = [
  ...codecs.flatMap((codec) => [`${codec}-v1`, `${codec}-v2`]),
  "plain",
  "delta",
  "split",
  "lengths",
  "times"
]
const filesOf = (some: ReadonlyArray<string>) =>
  some.map((name) => new Uint8Array(readFileSync(join(import.meta.dirname, "fixtures", `${name}.parquet`))))

/** Files with pages of Brotli, each of which takes the memory of its window, and those without. */
const files = { brotli: filesOf(["brotli-v1", "brotli-v2"]), others: filesOf(names) }

/** Bytes that reading may take for each byte of the file, and in any case, as `Table.read` says. */
const FACTOR = 1000
const BASE = 32 * 1024 * 1024

/** The bytes of headers and pages that counts and sizes are often made of. */
const telling = [0, 1, 2, 3, 5, 8, 12, 15, 0x15, 0x19, 0x1c, 0x2c, 0x7f, 0x80, 0xff]

const assertSound = ({ rows, columns }: Table.Table): void => {
  for (const column of columns) {
    const count = { numbers: 0, texts: 0 }
    for (let row = 0; row < rows; row++) {
      const [number, text] = [column.number(row), column.texts[column.code(row)]]
      if (Math.abs(number) === Number.POSITIVE_INFINITY) throw new Error("a number is infinite")
      if (!Number.isNaN(number)) count.numbers++
      if (text !== undefined) count.texts++
    }
    expect(column.count).toEqual(count)
  }
}

/** Reads every damaged file: a sound table, or a DataError, within the memory allowed. */
export const checkParquetMutations = async (set: keyof typeof files, numRuns: number, seed?: number) => {
  const outcomes = { table: 0, error: 0 }
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged(files[set], telling), altered(files[set], telling)), async (bytes) => {
      const source = named("t.parquet", [bytes])
      const read = Table.read(source, { format: "parquet" }).pipe(noFiles, Effect.result)
      const { taken, value: result } = await allocatedBy(() => Effect.runPromise(read))
      expect(set === "brotli" ? 0 : taken).toBeLessThan(BASE + FACTOR * bytes.length)
      if (Result.isSuccess(result)) {
        outcomes.table++
        assertSound(result.success)
      } else {
        outcomes.error++
        expect(result.failure.message).toMatch(/^t\.parquet[,:] ./)
      }
    }),
    { numRuns, ...(seed === undefined ? {} : { seed }) }
  )
  expect(outcomes.table).toBeGreaterThan(numRuns / 50)
  expect(outcomes.error).toBeGreaterThan(numRuns / 10)
}
