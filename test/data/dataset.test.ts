// Datasets: what goes in, how rows are shared out, and what is refused.
import { ConfigError, DataError, Dataset, Key, ShapeError, Tensor } from "effect-bayes"
import fc from "fast-check"
import { matrix } from "mathjs"
import { describe, expect, it } from "vitest"

/** Row i is (i, i + 0.5) with the target -i: every row differs, and says which target is its own. */
const numbered = (n: number, start = 0) => {
  const ids = Array.from({ length: n }, (_, i) => start + i)
  return Dataset.make({ x: ids.map((i) => [i, i + 0.5]), y: ids.map((i) => [-i]) })
}

const ids = (data: Dataset.Dataset) => Tensor.toFloat64Array(data.y).map((y) => -y)

const thrown = (f: () => unknown): unknown => {
  try {
    f()
  } catch (error) {
    return error
  }
  return undefined
}

describe("make", () => {
  it("reads nested arrays, tensors of both dtypes and mathjs matrices, all as float64", () => {
    const x = [
      [0.1, 2],
      [3, 4]
    ]
    for (const source of [x, Tensor.from(x, { dtype: "float64" }), matrix(x)]) {
      const data = Dataset.make({ x: source, y: [[5], [6]] })
      expect([data.x.dtype, Tensor.toArray(data.x), Tensor.toArray(data.y)]).toEqual(["float64", x, [[5], [6]]])
    }
    const single = Dataset.make({ x: Tensor.from(x), y: [[5], [6]] })
    expect(Tensor.toArray(single.x)).toEqual([
      [Math.fround(0.1), 2],
      [3, 4]
    ])
  })

  it("names columns that have no name, and keeps names given", () => {
    const data = Dataset.make({ x: [[1, 2, 3]], y: [[4, 5]] })
    expect([data.features, data.targets]).toEqual([
      ["x0", "x1", "x2"],
      ["y0", "y1"]
    ])
    const named = Dataset.make({ x: [[1, 2]], y: [[3]], features: ["a", "b"], targets: ["c"] })
    expect([named.features, named.targets, Dataset.size(named)]).toEqual([["a", "b"], ["c"], 1])
  })

  it("keeps its numbers when the array it was made of changes", () => {
    const x = Float64Array.of(1, 2)
    const data = Dataset.make({ x: Tensor.from(x, { shape: [2, 1] }), y: [[0], [0]] })
    x[0] = 9
    expect(Tensor.toArray(data.x)).toEqual([[1], [2]])
  })

  const two = { x: [[1], [2]], y: [[3], [4]] }
  const finite = "a value that is no finite number"
  const refused: ReadonlyArray<readonly [string, () => unknown, new (...args: never) => Error, string]> = [
    [
      "another number of rows",
      () => Dataset.make({ x: [[1], [2]], y: [[3]] }),
      ShapeError,
      "Dataset.make: expected as many rows of x as of y, got 2 rows of x and 1 of y"
    ],
    ["no rows", () => Dataset.make({ x: zero(2), y: zero(1) }), DataError, "Dataset.make: there are no rows"],
    [
      "one axis",
      () => Dataset.make({ x: [[1]], y: [1] }),
      ShapeError,
      "Dataset.make, y: expected two axes, [rows, columns], got [1]"
    ],
    [
      "NaN",
      () =>
        Dataset.make({
          x: [
            [1, 2],
            [3, Number.NaN]
          ],
          y: [[1], [2]]
        }),
      DataError,
      `Dataset.make, x: ${finite} at row 1, column 1 (from 0)`
    ],
    [
      "an infinite target",
      () => Dataset.make({ x: [[1]], y: [[0, -Number.POSITIVE_INFINITY]] }),
      DataError,
      `Dataset.make, y: ${finite} at row 0, column 1 (from 0)`
    ],
    [
      "names of other columns",
      () => Dataset.make({ x: [[1, 2]], y: [[1]], features: ["a"] }),
      ConfigError,
      "names of the columns: expected 2 and 1, got 1 and 1"
    ],
    [
      "weights of other rows",
      () => Dataset.make({ ...two, weights: [1, 2, 3] }),
      ShapeError,
      "Dataset.make, weights: expected [2], got [3]"
    ],
    [
      "a negative weight",
      () => Dataset.make({ ...two, weights: [1, -0.5] }),
      DataError,
      "Dataset.make, weights: row 1 (from 0) has the weight -0.5. A weight is a finite number from 0"
    ],
    [
      "a weight that is NaN",
      () => Dataset.make({ ...two, weights: [Number.NaN, 1] }),
      DataError,
      "Dataset.make, weights: row 0 (from 0) has the weight NaN. A weight is a finite number from 0"
    ],
    [
      "weights that are all 0",
      () => Dataset.make({ ...two, weights: [0, 0] }),
      DataError,
      "Dataset.make, weights: every weight is 0. Then there is nothing to learn from"
    ]
  ]
  for (const [name, make, type, message] of refused) {
    it(`refuses ${name}`, () => {
      const error = thrown(make)
      expect(error).toBeInstanceOf(type)
      expect((error as Error).message).toBe(message)
    })
  }
})

const zero = (width: number) => Tensor.zeros({ shape: [0, width], dtype: "float64" })

describe("take", () => {
  it("gives the rows asked for, in their order, again where asked again", () => {
    const data = Dataset.take(numbered(5), [3, 0, 3])
    expect([Tensor.toArray(data.x), Tensor.toArray(data.y)]).toEqual([
      [
        [3, 3.5],
        [0, 0.5],
        [3, 3.5]
      ],
      [[-3], [-0], [-3]]
    ])
    expect(data.features).toEqual(["x0", "x1"])
    expect("weights" in data).toBe(false)
  })

  it("gives each row its weight, in a split too", () => {
    const { x, y } = numbered(5)
    const data = Dataset.make({ x, y, weights: [0, 1, 2, 3, 4] })
    expect(Tensor.toArray(Dataset.take(data, [3, 0, 3]).weights!)).toEqual([3, 0, 3])
    const { train, test } = Dataset.split(data, { key: Key.make(1), testFraction: 0.4 })
    for (const part of [train, test]) {
      expect([...Tensor.toFloat64Array(part.weights!)]).toEqual([...ids(part)])
    }
  })
})

describe("split", () => {
  const cases = fc.record({
    n: fc.integer({ min: 2, max: 300 }),
    seed: fc.maxSafeInteger(),
    testFraction: fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true })
  })

  it("loses no row, repeats none, and keeps each with its target", () => {
    fc.assert(
      fc.property(cases, ({ n, seed, testFraction }) => {
        const { train, test } = Dataset.split(numbered(n), { key: Key.make(seed), testFraction })
        expect([...ids(train), ...ids(test)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
        for (const part of [train, test]) {
          expect([...Tensor.toFloat64Array(part.x)]).toEqual([...ids(part)].flatMap((i) => [i, i + 0.5]))
        }
      })
    )
  })

  it("keeps the share asked for, but at least a row on either side", () => {
    fc.assert(
      fc.property(cases, ({ n, seed, testFraction }) => {
        const { train, test } = Dataset.split(numbered(n), { key: Key.make(seed), testFraction })
        const asked = Math.min(n - 1, Math.max(1, n * testFraction))
        expect(Math.abs(Dataset.size(test) - asked)).toBeLessThanOrEqual(0.5)
        expect(Dataset.size(train)).toBe(n - Dataset.size(test))
      })
    )
    const sizes = (n: number) => Dataset.size(Dataset.split(numbered(n), { key: Key.make(0) }).test)
    expect([2, 4, 10, 506, 1000].map(sizes)).toEqual([1, 1, 1, 51, 100])
  })

  it("depends on the key alone, not on what stands in the rows", () => {
    const order = (seed: number, start = 0) => [
      ...ids(Dataset.split(numbered(50, start), { key: Key.make(seed) }).train).map((i) => i - start)
    ]
    expect(order(1)).toEqual(order(1))
    expect(order(1, 1000)).toEqual(order(1))
    expect(order(2)).not.toEqual(order(1))
  })

  it("gives every row its turn: 4,000 splits test each of ten rows about 1,200 times", () => {
    const tested = new Array<number>(10).fill(0)
    for (const key of Key.split(Key.make(3), 4000)) {
      for (const i of ids(Dataset.split(numbered(10), { key, testFraction: 0.3 }).test)) tested[i]!++
    }
    expect(tested.reduce((a, b) => a + b)).toBe(12_000)
    // Binomial: the std is 29, so 5 of them.
    for (const count of tested) expect(Math.abs(count - 1200)).toBeLessThan(145)
  })

  it("refuses one row, and shares outside (0, 1)", () => {
    expect(() => Dataset.split(numbered(1), { key: Key.make(0) })).toThrow(
      "Dataset.split: one row cannot be split into training and test"
    )
    for (const testFraction of [0, 1, -0.1, 2, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => Dataset.split(numbered(5), { key: Key.make(0), testFraction })).toThrow(
        `testFraction: expected a number between 0 and 1, got ${testFraction}`
      )
    }
  })
})
