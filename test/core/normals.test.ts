// Standard normals from a counter: their distribution as a whole, its moments and tails, and independence.
//
// All seeds are fixed, so each test gives one answer for good; the probabilities say what it would mean by chance.
import { Key, Normal, Tensor } from "effect-bayes"
import { describe, expect, it } from "vitest"
import { normalCdf } from "../../src/core/math.ts"
import { ulpError } from "../kernels/simd/float32.ts"

const N = 400_000
const draw = (seed: number, n: number, dtype: "float32" | "float64" = "float64") =>
  Tensor.toFloat64Array(Normal.standard(Key.make(seed), { shape: [n], dtype }))
const mean = (xs: Float64Array, f: (x: number, i: number) => number) =>
  xs.reduce((s, x, i) => s + f(x, i), 0) / xs.length

/** The largest distance between the empirical and the exact distribution function (Kolmogorov and Smirnov). */
const distance = (xs: Float64Array): number => {
  const sorted = xs.slice().sort()
  return sorted.reduce((most, x, i) => {
    const p = normalCdf(x)
    return Math.max(most, Math.abs(p - i / xs.length), Math.abs(p - (i + 1) / xs.length))
  }, 0)
}

/**
 * By Dvoretzky, Kiefer, Wolfowitz and Massart, P(distance > e) <= 2 exp(-2 n e^2): with n = 400,000 draws and
 * e = 0.0045 a false alarm has probability below 2e-7, and a generator whose distribution is off by 0.009 anywhere
 * is missed with no larger one.
 */
const DKW = 0.0045

describe("the whole distribution", () => {
  for (const dtype of ["float64", "float32"] as const) {
    it(`is normal within ${DKW}, ${dtype}`, () => {
      expect(distance(draw(1, N, dtype))).toBeLessThanOrEqual(DKW)
    })
  }
  it("is normal for either half of a pair", () => {
    const xs = draw(2, 2 * N)
    for (const half of [0, 1]) expect(distance(xs.filter((_, i) => i % 2 === half))).toBeLessThanOrEqual(DKW)
  })
  it("a shift of 0.03 or a std of 1.03 would be seen", () => {
    const xs = draw(1, N)
    expect(distance(xs.map((x) => x + 0.03))).toBeGreaterThan(DKW)
    expect(distance(xs.map((x) => x * 1.03))).toBeGreaterThan(DKW)
  })
})

describe("moments within 5 standard errors (false alarm below 6e-7 each)", () => {
  // Standard errors of the means of x^k: sqrt((E x^2k - (E x^k)^2) / n), with E x^2, x^4, x^6, x^8 = 1, 3, 15, 105.
  const xs = draw(3, N)
  for (const [k, exact, variance] of [
    [1, 0, 1],
    [2, 1, 2],
    [3, 0, 15],
    [4, 3, 96]
  ] as const) {
    it(`of order ${k}`, () => {
      expect(Math.abs(mean(xs, (x) => x ** k) - exact)).toBeLessThanOrEqual(5 * Math.sqrt(variance / N))
    })
  }
})

describe("tails", () => {
  it("beyond 2, 3 and 4 are as heavy as they should be, on both sides, within 5 standard errors", () => {
    const xs = draw(4, 1_000_000)
    for (const cut of [2, 3, 4]) {
      const p = normalCdf(-cut)
      const allowed = 5 * Math.sqrt((p * (1 - p)) / xs.length)
      expect(Math.abs(mean(xs, (x) => (x > cut ? 1 : 0)) - p)).toBeLessThanOrEqual(allowed)
      expect(Math.abs(mean(xs, (x) => (x < -cut ? 1 : 0)) - p)).toBeLessThanOrEqual(allowed)
    }
  })
  it("never leave 6.8, and hold no NaN", () => {
    expect(draw(5, 1_000_000).every((x) => Math.abs(x) < 6.8)).toBe(true)
  })
})

describe("independence", () => {
  // A correlation of independent draws has standard error 1 / sqrt(n).
  const allowed = 5 / Math.sqrt(N)
  it("of neighbours, and of neighbours' squares", () => {
    const xs = draw(6, N + 8)
    for (let lag = 1; lag <= 7; lag++) {
      const head = xs.subarray(0, N)
      expect(Math.abs(mean(head, (x, i) => x * xs[i + lag]!))).toBeLessThanOrEqual(allowed)
      expect(Math.abs(mean(head, (x, i) => (x * x - 1) * (xs[i + lag]! ** 2 - 1)) / 2)).toBeLessThanOrEqual(allowed)
    }
  })
  it("of neighbouring keys: seeds, folds and splits", () => {
    const key = Key.make(0)
    const pairs = [
      [Key.make(0), Key.make(1)],
      [Key.make(-1), Key.make(1)],
      [Key.fold(key, 0), Key.fold(key, 1)],
      [key, Key.fold(key, 0)],
      Key.split(key, 2)
    ]
    for (const [a, b] of pairs) {
      const ys = Tensor.toFloat64Array(Normal.standard(b!, { shape: [N], dtype: "float64" }))
      const xs = Tensor.toFloat64Array(Normal.standard(a!, { shape: [N], dtype: "float64" }))
      expect(Math.abs(mean(xs, (x, i) => x * ys[i]!))).toBeLessThanOrEqual(allowed)
    }
  })
})

describe("element i", () => {
  const key = Key.make(9)
  it("does not depend on the shape", () => {
    const long = draw(9, 1000)
    for (const n of [0, 1, 2, 3, 7, 512]) expect(draw(9, n)).toEqual(long.slice(0, n))
    const matrix = Normal.standard(key, { shape: [5, 1, 20], dtype: "float64" })
    expect(Tensor.toFloat64Array(matrix)).toEqual(long.slice(0, 100))
  })
  it("in float32 is the float64 one, within the 5 units of the last place that its own arithmetic may err", () => {
    const exact = draw(9, 1001)
    const errors = draw(9, 1001, "float32").map((x, i) => ulpError(exact[i]!, x))
    expect(Math.max(...errors)).toBeLessThanOrEqual(5)
  })
})
