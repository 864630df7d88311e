// Damaged IDX and NPY files, and what their readers have to make of them.
import { DataError, Table } from "effect-bayes"
import fc from "fast-check"
import { expect } from "vitest"
import { allocated } from "./allocation.ts"
import { idxFiles, npyFiles, type Written } from "./arrays.ts"
import { damaged } from "./damage.ts"

const valid = (files: fc.Arbitrary<Written>) => fc.sample(files, { numRuns: 60, seed: 1 }).map(({ bytes }) => bytes)

const formats = {
  idx: { parse: Table.parseIdx, files: valid(idxFiles), telling: [0, 1, 2, 8, 9, 11, 12, 13, 14, 127, 128, 255] },
  npy: {
    parse: Table.parseNpy,
    files: valid(npyFiles),
    telling: [...new TextEncoder().encode("{}()[],:'\" \n\\<>|=fiubOSUVMcLTrueFals0123456789-")]
  }
}

/** Bytes that reading may take for each byte of the file, and in any case: errors, the columns of tables, pages of heap. */
const FACTOR = 500
const BASE = 1024 * 1024

/** Reads every damaged file: an array of finite numbers and its table, or a DataError, within the memory allowed. */
export const checkArrayMutations = (format: keyof typeof formats, numRuns: number, seed?: number) => {
  const { parse, files, telling } = formats[format]
  const outcomes = { array: 0, error: 0 }
  const read = (bytes: Uint8Array): void => {
    const array = parse(`t.${format}`, bytes)
    const { rows, columns } = Table.fromArray(array)
    if (rows * columns.length !== array.shape.reduce((n, axis) => n * axis, 1)) throw new Error("cells are missing")
    for (const column of columns) {
      for (let row = 0; row < rows; row++) if (!Number.isFinite(column.number(row))) throw new Error(column.name)
    }
  }
  fc.assert(
    fc.property(damaged(files, telling), (bytes) => {
      const taken = allocated(() => {
        try {
          read(bytes)
          outcomes.array++
        } catch (error) {
          if (!(error instanceof DataError)) throw error
          outcomes.error++
          if (!/^t\.(idx|npy): ./.test(error.message)) throw error
        }
      })
      expect(taken).toBeLessThan(BASE + FACTOR * bytes.length)
    }),
    { numRuns, ...(seed === undefined ? {} : { seed }) }
  )
  expect(outcomes.array).toBeGreaterThan(numRuns / 50)
  expect(outcomes.error).toBeGreaterThan(numRuns / 10)
}
