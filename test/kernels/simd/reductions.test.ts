// Sums over fixed blocks in float64, against the reference engine's plain loops.
import { Key, Tensor } from "effect-bayes"
import { reference } from "effect-bayes/kernels"
import { beforeEach, describe, expect, it } from "vitest"
import { partials, SIZES } from "./blocks.ts"
import * as harness from "./harness.ts"

beforeEach(harness.reset)

const random = (seed: number, n: number) => reference.standardNormal(Key.make(seed), { shape: [n], dtype: "float32" })
const floats = (t: Tensor.Tensor) => harness.floats(Tensor.toFloat64Array(t))

describe.each(SIZES)("over %i elements", (n) => {
  const [x, y] = [random(1, n), random(2, n)]
  // n float64 additions of numbers about 1 in another order.
  const tolerance = n * n * 2 ** -52

  it("sums", () => {
    const actual = harness.exports.sum(floats(x), n, partials(n))
    expect(Math.abs(actual - reference.sum(x))).toBeLessThanOrEqual(tolerance)
  })

  it("sums products", () => {
    const actual = harness.exports.dot(floats(x), floats(y), n, partials(n))
    expect(Math.abs(actual - reference.dot(x, y))).toBeLessThanOrEqual(tolerance)
  })

  it("finds what is not finite, wherever it is", () => {
    const places = new Set([0, 1, 4095, 4096, n - 2, n - 1].filter((i) => i >= 0 && i < n))
    const xs = floats(x)
    expect(harness.exports.allFinite(xs, n, partials(n))).toBe(1)
    for (const i of places) {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const values = Tensor.toFloat64Array(x)
        values[i] = bad
        expect(harness.exports.allFinite(harness.floats(values), n, partials(n))).toBe(0)
      }
    }
  })
})

it("the largest floats are finite, and their sums are exact", () => {
  const most = 3.4028234663852886e38
  const xs = harness.floats([most, most, -most, 1])
  expect(harness.exports.allFinite(xs, 4, partials(4))).toBe(1)
  expect(harness.exports.sum(xs, 3, partials(3))).toBe(most)
  expect(harness.exports.dot(xs, xs, 2, partials(2))).toBe(2 * most * most)
})

it("the order of additions is fixed: what 2^53 swallows tells of its place", () => {
  const sum = (values: ReadonlyArray<number>) => harness.exports.sum(harness.floats(values), values.length, partials(5))
  expect(sum([2 ** 53, 0, 0, 0, 1, 0, 0, 0, -(2 ** 53)])).toBe(0)
  expect(sum([2 ** 53, 0, 1, 0, 0, 0, 0, 0, -(2 ** 53)])).toBe(0)
  expect(sum([2 ** 53, 1, 0, 0, 0, 0, 0, 0, -(2 ** 53)])).toBe(1)
})
