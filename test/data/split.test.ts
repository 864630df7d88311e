// Splits of rows with classes: each class where it can be, in the share asked for; and real targets as ever.
import { Columns, DataError, Dataset, Key, Tensor } from "effect-bayes"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { tableOf, withoutLines } from "./tables.ts"

/** Rows numbered 0 ... n - 1 in x, of classes c0, c1 ... of these sizes, one after the other in turns. */
const tableOfSizes = (sizes: ReadonlyArray<number>) => {
  const left = [...sizes]
  const kind: Array<string> = []
  for (let k = 0; left.some((n) => n > 0); k = (k + 1) % left.length) if (left[k]!-- > 0) kind.push(`c${k}`)
  return tableOf({ number: kind.map((_, i) => i), kind })
}

const dataOfSizes = (sizes: ReadonlyArray<number>) => Dataset.fromTable(tableOfSizes(sizes), { target: "kind" })

const ids = (data: Dataset.Dataset) => Array.from(Tensor.toFloat64Array(data.x))

/** How many rows there are of each class. */
const counts = (data: Dataset.Dataset) => {
  const found = Columns.classes(data.columns)!.map(() => 0)
  for (const k of Tensor.toFloat64Array(data.y)) found[k]!++
  return found
}

const cases = fc.record({
  sizes: fc.array(fc.oneof(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 60 })), {
    minLength: 2,
    maxLength: 9
  }),
  seed: fc.maxSafeInteger(),
  testFraction: fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true })
})

describe("a split of rows with classes", () => {
  it("loses no row, repeats none, and keeps each with its class and its line", () => {
    fc.assert(
      fc.property(cases, ({ sizes, seed, testFraction }) => {
        const data = dataOfSizes(sizes)
        const label = Tensor.toFloat64Array(data.y)
        const { train, test } = Dataset.split(data, { key: Key.make(seed), testFraction })
        expect([...ids(train), ...ids(test)].sort((a, b) => a - b)).toEqual(ids(data))
        for (const part of [train, test]) {
          expect(Array.from(Tensor.toFloat64Array(part.y))).toEqual(ids(part).map((i) => label[i]))
          expect(Array.from(part.origin!.lines!)).toEqual(ids(part).map((i) => i + 2))
          expect(part.columns).toBe(data.columns)
        }
      })
    )
  })

  it("trains on every class, tests on every one if there are as many test rows, and keeps the share", () => {
    fc.assert(
      fc.property(cases, ({ sizes, seed, testFraction }) => {
        const data = dataOfSizes(sizes)
        const n = Dataset.size(data)
        const { train, test } = Dataset.split(data, { key: Key.make(seed), testFraction })
        const asked = Math.min(n - 1, Math.max(1, Math.round(n * testFraction)))
        expect(Dataset.size(test)).toBe(Math.min(asked, n - sizes.length))
        for (const count of counts(train)) expect(count).toBeGreaterThan(0)
        const least = asked >= sizes.length ? 1 : 0
        for (const count of counts(test)) expect(count).toBeGreaterThanOrEqual(least)
      })
    )
  })

  it("gives each class its share within one row, where none is too small for it", () => {
    fc.assert(
      fc.property(cases, ({ sizes, seed, testFraction }) => {
        const data = dataOfSizes(sizes)
        const n = Dataset.size(data)
        const { test } = Dataset.split(data, { key: Key.make(seed), testFraction })
        const exact = sizes.map((size) => (Math.round(n * testFraction) * size) / n)
        fc.pre(exact.every((share, k) => share >= 1 && Math.ceil(share) < sizes[k]!))
        counts(test).forEach((count, k) => {
          expect(Math.abs(count - exact[k]!)).toBeLessThan(1)
        })
      })
    )
  })

  it("is the whole share by value", () => {
    const shares = (sizes: ReadonlyArray<number>, testFraction: number) =>
      counts(Dataset.split(dataOfSizes(sizes), { key: Key.make(0), testFraction }).test)
    expect(shares([90, 10], 0.1)).toEqual([9, 1])
    expect(shares([96, 4], 0.1)).toEqual([9, 1])
    expect(shares([50, 50], 0.01)).toEqual([1, 0])
    expect(shares([98, 2], 0.02)).toEqual([1, 1])
    expect(shares([60, 30, 10], 0.25)).toEqual([15, 8, 2])
    expect(shares([2, 2, 2], 0.99)).toEqual([1, 1, 1])
    expect(shares([50, 2, 2], 0.9)).toEqual([47, 1, 1])
  })

  it("depends on the key alone, and takes other rows under another", () => {
    const order = (seed: number) => ids(Dataset.split(dataOfSizes([40, 30]), { key: Key.make(seed) }).test)
    expect(order(1)).toEqual(order(1))
    expect(order(2)).not.toEqual(order(1))
  })

  it("leaves no trace of the file's order: each row is tested on as often", () => {
    const seen = new Array<number>(20).fill(0)
    const data = dataOfSizes([15, 5])
    for (let seed = 0; seed < 2000; seed++) {
      for (const i of ids(Dataset.split(data, { key: Key.make(seed), testFraction: 0.2 }).test)) seen[i]!++
    }
    // Binomial(2000, 0.2): std 17.9. Six of them on 20 rows: a false alarm in 4e-8; a row never taken is 22 away.
    for (const count of seen) expect(Math.abs(count - 400)).toBeLessThan(6 * 17.9)
  })

  it("takes no notice of classes without rows", () => {
    const data = Dataset.take(dataOfSizes([4, 3, 5]), [0, 2, 3, 5, 8, 10])
    expect(counts(data)).toEqual([2, 0, 4])
    const { train, test } = Dataset.split(data, { key: Key.make(3), testFraction: 0.4 })
    expect([counts(train), counts(test)]).toEqual([
      [1, 0, 3],
      [1, 0, 1]
    ])
  })

  it("refuses a class with a single row, and says where it is", () => {
    const split = (data: Dataset.Dataset) => () => Dataset.split(data, { key: Key.make(0) })
    const hint = "which cannot be both trained and tested on. Leave it out, or find more such rows"
    const table = tableOfSizes([3, 1, 2])
    const message = `t.csv, line 3, column "kind": the class "c1" has a single row, ${hint}`
    expect(split(Dataset.fromTable(table, { target: "kind" }))).toThrow(DataError)
    expect(split(Dataset.fromTable(table, { target: "kind" }))).toThrow(expect.objectContaining({ message }))
    const bare = `t.csv, column "kind": the class "c1" has a single row (row 1 from 0), ${hint}`
    expect(split(Dataset.fromTable(withoutLines(table), { target: "kind" }))).toThrow(
      expect.objectContaining({ message: bare })
    )
  })
})

it("a split of real targets is the permutation under the key, cut in two", () => {
  const n = 50
  const data = Dataset.fromTable(
    tableOf({ number: Array.from({ length: n }, (_, i) => i), y: Array.from({ length: n }, (_, i) => i / 7) }),
    { target: "y" }
  )
  const order = Array.from(Key.permutation(Key.make(5), n))
  const { train, test } = Dataset.split(data, { key: Key.make(5), testFraction: 0.2 })
  expect([ids(test), ids(train)]).toEqual([order.slice(0, 10), order.slice(10)])
})
