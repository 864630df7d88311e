// Standardizing: mean 0 and std 1 on the training rows, by those rows alone, up to the largest and closest numbers.
import { DataError, Dataset, Key, Model, Normal, ShapeError, Standardizer, Tensor } from "effect-bayes"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

const column = (values: ReadonlyArray<number>) => Tensor.from(Float64Array.from(values), { shape: [values.length, 1] })

const momentsOf = (values: ArrayLike<number>) => {
  const all = Array.from(values)
  const mean = all.reduce((sum, v) => sum + v / all.length, 0)
  return { mean, std: Math.sqrt(all.reduce((sum, v) => sum + (v - mean) ** 2 / all.length, 0)) }
}

const standardized = (values: ReadonlyArray<number>) =>
  momentsOf(
    Tensor.toFloat64Array(Standardizer.apply(Standardizer.fit(column(values), ["a"]), column(values), "float64"))
  )

describe("fitShared", () => {
  it("is one mean and std over all values, and drops no column", () => {
    const x = Tensor.from([
      [0, 1, 5],
      [0, 4, 2]
    ])
    const s = Standardizer.fitShared(x)
    const { mean, std } = momentsOf([0, 1, 5, 0, 4, 2])
    expect([s.width, s.columns, s.dropped]).toEqual([3, [0, 1, 2], []])
    for (const c of [0, 1, 2]) {
      expect(s.mean[c]).toBeCloseTo(mean, 14)
      expect(s.std[c]).toBeCloseTo(std, 14)
    }
    const all = momentsOf(Tensor.toFloat64Array(Standardizer.apply(s, x, "float64")))
    expect(all.mean).toBeCloseTo(0, 14)
    expect(all.std).toBeCloseTo(1, 14)
  })

  it("refuses values that are all the same, and what has no columns", () => {
    expect(() => Standardizer.fitShared(Tensor.from([[3, 3]]))).toThrow(
      "the training rows: no value differs from another"
    )
    expect(() => Standardizer.fitShared(Tensor.from([3, 4]))).toThrow(ShapeError)
  })
})

describe("fit", () => {
  it("is the population's mean and standard deviation", () => {
    const x = Tensor.from([1, 10, 2, 10, 3, 40].map(Number), { shape: [3, 2], dtype: "float64" })
    const { mean, std, ...rest } = Standardizer.fit(x, ["a", "b"])
    expect(mean).toEqual([2, 20])
    expect(std[0]).toBeCloseTo(Math.sqrt(2 / 3), 14)
    expect(std[1]).toBeCloseTo(Math.sqrt(200), 13)
    expect(rest).toEqual({ width: 2, columns: [0, 1], dropped: [] })
  })

  it("brings any column to mean 0 and std 1 within 1e-9", () => {
    const wide = fc.double({ min: -1e100, max: 1e100, noNaN: true })
    fc.assert(
      fc.property(fc.array(wide, { minLength: 2, maxLength: 50 }), (values) => {
        const spread = Math.max(...values) - Math.min(...values)
        fc.pre(spread > 1e-6 * Math.max(...values.map(Math.abs)) && spread > 1e-100)
        const { mean, std } = standardized(values)
        expect(Math.abs(mean)).toBeLessThan(1e-9)
        expect(Math.abs(std - 1)).toBeLessThan(1e-9)
      })
    )
  })

  it("drops constant columns and names them, wherever they stand", () => {
    const x = Tensor.from([5, 1, 0, 2, -3, 5, 2, 0, 4, -3], { shape: [2, 5], dtype: "float64" })
    const s = Standardizer.fit(x, ["a", "b", "c", "d", "e"])
    expect(s).toEqual({ width: 5, columns: [1, 3], mean: [1.5, 3], std: [0.5, 1], dropped: ["a", "c", "e"] })
    expect(Tensor.toArray(Standardizer.apply(s, x, "float64"))).toEqual([
      [-1, -1],
      [1, 1]
    ])
  })

  it("standardizes 0.1 with a spread of 1e-13 to a mean within 1e-3 of 0", () => {
    const values = Array.from({ length: 1000 }, (_, i) => 0.1 + 1e-14 * ((i * 7) % 13))
    const { mean, std } = standardized(values)
    expect(Math.abs(mean)).toBeLessThan(1e-3)
    expect(Math.abs(std - 1)).toBeLessThan(1e-3)
  })

  it("standardizes numbers up to 1e150 and down to 1e-150", () => {
    for (const unit of [1e150, 1e-150]) {
      const { mean, std } = standardized([unit, 2 * unit, 6 * unit])
      expect(Math.abs(mean)).toBeLessThan(1e-15)
      expect(Math.abs(std - 1)).toBeLessThan(1e-15)
    }
  })

  const close = "the values are too large, or too close together, to be standardized. Rescale it"
  const refused: ReadonlyArray<readonly [string, ReadonlyArray<number>, string]> = [
    ["1e308 and -1e308", [1e308, -1e308], `the training rows, column "a": ${close}`],
    ["1e-200 and 2e-200", [1e-200, 2e-200], `the training rows, column "a": ${close}`],
    ["a single constant column", [4, 4], "the training rows: no column varies: a. A constant tells nothing and "],
    ["a single row", [4], "the training rows: no column varies: a. A constant tells nothing and predicts nothing"]
  ]
  for (const [name, values, message] of refused) {
    it(`refuses ${name}`, () => {
      expect(() => Standardizer.fit(column(values), ["a"])).toThrow(DataError)
      expect(() => Standardizer.fit(column(values), ["a"])).toThrow(message)
    })
  }
})

describe("apply", () => {
  const s = Standardizer.fit(Tensor.from([1, 10, 3, 20], { shape: [2, 2], dtype: "float64" }), ["a", "b"])

  it("moves rows it has not seen by the training rows' mean and std, in the dtype asked for", () => {
    const x = Tensor.from([[2.1, 30]], { dtype: "float64" })
    expect(Tensor.toArray(Standardizer.apply(s, x, "float64"))).toEqual([[2.1 - 2, 3]])
    const single = Standardizer.apply(s, x, "float32")
    expect([single.dtype, Tensor.toArray(single)]).toEqual(["float32", [[Math.fround(2.1 - 2), 3]]])
  })

  it("leaves columns as they are under the identity", () => {
    const x = Tensor.from([[1e300, -0.1]], { dtype: "float64" })
    expect(Tensor.equals(Standardizer.apply(Standardizer.identity(2), x, "float64"), x)).toBe(true)
  })

  it("refuses another width and another number of axes", () => {
    const wrong = [Tensor.from([[1]]), Tensor.from([[1, 2, 3]]), Tensor.from([1, 2]), Tensor.from([[[1, 2]]])]
    const shapes = ["[1, 1]", "[1, 3]", "[2]", "[1, 1, 2]"]
    for (const [i, x] of wrong.entries()) {
      expect(() => Standardizer.apply(s, x, "float32")).toThrow(ShapeError)
      expect(() => Standardizer.apply(s, x, "float32")).toThrow(`standardize: expected [rows, 2], got ${shapes[i]}`)
    }
  })
})

it("a model's standardizers are those of the training rows, whatever the test rows are", () => {
  const values = (seed: number, n: number, scale: number) =>
    Tensor.toFloat64Array(Normal.standard(Key.make(seed), { shape: [n], dtype: "float64" })).map((v) => scale * v)
  const rows = (seed: number, n: number, scale: number) =>
    Dataset.make({
      x: Tensor.from(values(seed, 3 * n, scale), { shape: [n, 3] }),
      y: Tensor.from(values(seed + 1, n, scale), { shape: [n, 1] })
    })
  const train = rows(1, 40, 2)
  const models = [rows(3, 10, 2), rows(5, 10, 1e6)].map((test) => Model.regression({ train, test }))
  for (const { inputs, targets } of models) {
    expect(inputs).toEqual(Standardizer.fit(train.x, train.features))
    expect(targets).toEqual(Standardizer.fit(train.y, train.targets))
  }
})

describe("what no standardizer is, in a model or in its file", () => {
  const valid = Standardizer.identity(3)
  const refusals: ReadonlyArray<readonly [Partial<Standardizer.Standardizer>, string]> = [
    [{ columns: [] }, "columns: expected some of 3 columns, in their order, got []"],
    [{ columns: [0, 2, 2] }, "columns: expected some of 3 columns, in their order, got [0, 2, 2]"],
    [{ columns: [0, 1, 3] }, "columns: expected some of 3 columns, in their order, got [0, 1, 3]"],
    [{ columns: [-1, 0, 1] }, "columns: expected some of 3 columns, in their order, got [-1, 0, 1]"],
    [{ columns: [0, 0.5, 1] }, "columns: expected some of 3 columns, in their order, got [0, 0.5, 1]"],
    [{ width: 3.5 }, "columns: expected some of 3.5 columns, in their order, got [0, 1, 2]"],
    [{ mean: [0, 0] }, "mean: expected 3 finite numbers, got [0, 0]"],
    [{ mean: [0, Number.NaN, 0] }, "mean: expected 3 finite numbers, got [0, NaN, 0]"],
    [{ std: [1, 1] }, "std: expected 3 finite numbers above 0, got [1, 1]"],
    [{ std: [1, 0, 1] }, "std: expected 3 finite numbers above 0, got [1, 0, 1]"],
    [
      { std: new Array<number>(10).fill(1) },
      "std: expected 3 finite numbers above 0, got [1, 1, 1, 1, 1, 1, 1, 1, ... 2 more]"
    ]
  ]
  for (const [change, message] of refusals) {
    it(`${message}`, () => {
      expect(() => Standardizer.assertValid("s", { ...valid, ...change })).toThrow(`s, ${message}`)
    })
  }
  it("not the identity, nor some of the columns", () => {
    Standardizer.assertValid("s", valid)
    Standardizer.assertValid("s", { ...valid, width: 9, columns: [1, 4, 8] })
  })
})
