// The divergence of normals from a Laplace distribution and its gradient, against the reference engine in float64.
import { Key, Tensor } from "effect-bayes"
import { reference } from "effect-bayes/kernels"
import { beforeEach, describe, expect, it } from "vitest"
import { HALF_LOG_2PI, log } from "../../../src/core/math.ts"
import { partials, SIZES } from "./blocks.ts"
import * as harness from "./harness.ts"

beforeEach(harness.reset)

const normals = (seed: number, n: number, by: number): Array<number> =>
  Array.from(Tensor.toFloat64Array(reference.standardNormal(Key.make(seed), { shape: [n], dtype: "float32" })), (x) =>
    Math.fround(x * by)
  )
const tensor = (values: ReadonlyArray<number>) => Tensor.from(values, { dtype: "float64" })

const kl = (mean: ReadonlyArray<number>, logStd: ReadonlyArray<number>, p: { mean: number; scale: number }): number => {
  harness.reset()
  const n = mean.length
  const constant = log(2 * p.scale) - HALF_LOG_2PI - 0.5
  const [means, logStds] = [harness.floats(mean), harness.floats(logStd)]
  return harness.exports.laplaceKl(means, logStds, n, p.mean, p.scale, constant, partials(n))
}

/** Of the parts that an element's divergence is made of: 6 roundings and 4 ulp of the normal's tail. */
const TOLERANCE = 8 * 2 ** -23

describe.each([
  { kind: "laplace", mean: 0, scale: 1 },
  { kind: "laplace", mean: -0.75, scale: 0.125 }
] as const)("from %o", (p) => {
  it.each(SIZES)("over %i elements", (n) => {
    const [mean, logStd] = [normals(1, n, 1), normals(2, n, 1.5)]
    const q = { mean: tensor(mean), logStd: tensor(logStd) }
    const parts = mean.map((m, i) => (Math.abs(m - p.mean) + Math.exp(logStd[i]!)) / p.scale + Math.abs(logStd[i]!) + 3)
    const total = parts.reduce((a, b) => a + b, 0)
    expect(Math.abs(kl(mean, logStd, p) - reference.laplaceKl(q, p))).toBeLessThanOrEqual(TOLERANCE * total)

    const grad = reference.laplaceKlGrad(q, p)
    const operands = { a: mean, b: logStd, scalars: [p.mean, 1 / p.scale] }
    const byMean = harness.operate("opLaplaceKlMeanGrad", operands)
    for (const [i, g] of Tensor.toFloat64Array(grad.mean).entries()) {
      // 1 - 2 Phi(-a) is good to a few ulp of 1.
      expect(Math.abs(byMean[i]! - g)).toBeLessThanOrEqual(TOLERANCE / p.scale)
    }
    const byLogStd = harness.operate("opLaplaceKlLogStdGrad", operands)
    for (const [i, g] of Tensor.toFloat64Array(grad.logStd).entries()) {
      expect(Math.abs(byLogStd[i]! - g)).toBeLessThanOrEqual(TOLERANCE * (2 + Math.abs(g)))
    }
  })

  it("at the mean, far away, and of tiny and large scales", () => {
    for (const [m, l] of [
      [p.mean, 0],
      [p.mean, -30],
      [p.mean, -200],
      [1e6, -2],
      [-1e6, 3],
      [0.5, 20],
      [0.5, -80]
    ] as const) {
      const q = { mean: tensor([m]), logStd: tensor([l]) }
      const expected = reference.laplaceKl(q, p)
      expect(Math.abs(kl([m], [l], p) - expected)).toBeLessThanOrEqual(TOLERANCE * (Math.abs(expected) + 3))
      const [slope] = harness.operate("opLaplaceKlMeanGrad", { a: [m], b: [l], scalars: [p.mean, 1 / p.scale] })
      const right = Tensor.toFloat64Array(reference.laplaceKlGrad(q, p).mean)[0]!
      expect(Math.abs(slope! - right)).toBeLessThanOrEqual(TOLERANCE / p.scale)
    }
  })
})

it("does not let NaN disappear", () => {
  expect(kl([Number.NaN], [0], { mean: 0, scale: 1 })).toBe(Number.NaN)
  expect(kl([0], [Number.NaN], { mean: 0, scale: 1 })).toBe(Number.NaN)
})
