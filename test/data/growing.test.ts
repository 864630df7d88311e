// Values that grow: what is kept, and how seldom they are copied.
import fc from "fast-check"
import { expect, it } from "vitest"
import { growing } from "../../src/data/growing.ts"

it("keeps what is set in the order of rows, and has none elsewhere", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(300)), (unordered) => {
      const rows = unordered.toSorted((a, b) => a - b)
      const values = growing((length) => new Int32Array(length), -1)
      for (const row of rows) values.set(row, 7 * row)
      const set = new Set(rows)
      for (let row = 0; row < 310; row++) expect(values.get(row)).toBe(set.has(row) ? 7 * row : -1)
    })
  )
})

it("is copied as often as its length doubles: 100,000 values in 14 allocations", () => {
  const lengths: Array<number> = []
  const values = growing((length) => {
    lengths.push(length)
    return new Int32Array(length)
  }, -1)
  for (let row = 5; row < 100_005; row++) values.set(row, row)
  expect(lengths).toEqual([0, 16, ...Array.from({ length: 13 }, (_, i) => 32 * 2 ** i)])
})
