// The divergence of normals and its derivatives by the prior, against the reference engine in float64.
import { Key, Tensor } from "effect-bayes"
import { reference } from "effect-bayes/kernels"
import fc from "fast-check"
import { beforeEach, describe, expect, it } from "vitest"
import { expm1MinusX } from "../../../src/core/math.ts"
import { partials, SIZES } from "./blocks.ts"
import { ulpError } from "./float32.ts"
import * as harness from "./harness.ts"

beforeEach(harness.reset)

type Values = ReadonlyArray<number>

/** The divergence: of scalars where the prior's arrays are shorter than q's. */
const kl = (mean: Values, logStd: Values, priorMean: Values, priorLogStd: Values): number => {
  const [m, l, pm, pl] = [mean, logStd, priorMean, priorLogStd].map(harness.floats)
  const step = (prior: Values) => (prior.length === mean.length ? 1 : 0)
  const n = mean.length
  return harness.exports.normalKl(m!, l!, pm!, step(priorMean), pl!, step(priorLogStd), n, partials(n))
}

const scaled = (seed: number, n: number, by: number): Array<number> =>
  Array.from(Tensor.toFloat64Array(reference.standardNormal(Key.make(seed), { shape: [n], dtype: "float32" })), (x) =>
    Math.fround(x * by)
  )

const tensor = (values: Values, shape = [values.length]) =>
  Tensor.reshape(Tensor.from(values, { dtype: "float64" }), shape)

/** Relative to the sum of the sizes of the terms. A difference of logStd up to 4 is rounded, and e^(2 t) has 8 times its
 * relative error; 4 ulp of expm1MinusX or expm1, 6 of d^2: less than 2^-23 * 16. */
const TOLERANCE = 16 * 2 ** -23

describe.each(SIZES)("over %i elements", (n) => {
  const [mean, logStd] = [scaled(1, n, 1), scaled(2, n, 0.8)]
  const [manyMeans, manyLogStds] = [scaled(3, n, 1), scaled(4, n, 0.3)]
  const q = { mean: tensor(mean), logStd: tensor(logStd) }

  it.each([
    ["scalars", [0.25], [-0.5]],
    ["means and one scale", manyMeans, [0.125]],
    ["scales and one mean", [0.5], manyLogStds],
    ["arrays", manyMeans, manyLogStds]
  ] as const)("the divergence from a prior of %s", (_, priorMean, priorLogStd) => {
    const shaped = (values: Values) => (values.length === 1 ? tensor(values, []) : tensor(values))
    const expected = reference.normalKl(q, { mean: shaped(priorMean), logStd: shaped(priorLogStd) })
    expect(Math.abs(kl(mean, logStd, priorMean, priorLogStd) - expected)).toBeLessThanOrEqual(TOLERANCE * expected)
  })

  it("is exactly 0 at the prior", () => {
    expect(kl(mean, logStd, mean, logStd)).toBe(0)
    expect(kl(Array<number>(n).fill(0.1), Array<number>(n).fill(-3.3), [0.1], [-3.3])).toBe(0)
  })

  it("its derivatives by a prior's scalars", () => {
    const prior = { mean: tensor([0.25], []), logStd: tensor([-0.5], []) }
    const expected = reference.normalKlGradPrior(q, prior)
    const [m, l, pm, pl] = [mean, logStd, [0.25], [-0.5]].map(harness.floats)
    const byMean = harness.exports.normalKlByPriorMean(m!, l!, pm!, pl!, 0, n, partials(n))
    const byLogStd = harness.exports.normalKlByPriorLogStd(m!, l!, pm!, 0, pl!, n, partials(n))
    const scale = mean.reduce((s, x, i) => s + (x - 0.25) ** 2 * Math.E + Math.abs(Math.expm1(2 * logStd[i]! + 1)), 1)
    expect(Math.abs(byMean - Tensor.toFloat64Array(expected.mean)[0]!)).toBeLessThanOrEqual(TOLERANCE * scale)
    expect(Math.abs(byLogStd - Tensor.toFloat64Array(expected.logStd)[0]!)).toBeLessThanOrEqual(TOLERANCE * scale)
  })
})

it("its expm1MinusX is within 4 ulp, and ends as it should", () => {
  const of = (x: number) => 2 * kl([0], [x / 2], [0], [0])
  for (let i = -3000; i <= 3000; i++) {
    for (const step of [1e-5, 3e-4, 0.0133]) {
      const x = Math.fround(i * step)
      expect(ulpError(expm1MinusX(x), of(x))).toBeLessThanOrEqual(4)
    }
  }
  for (const x of [88, -1e3, -1e10]) expect(ulpError(expm1MinusX(x), of(x))).toBeLessThanOrEqual(4)
  expect(of(90)).toBe(Number.POSITIVE_INFINITY)
  expect(of(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
  expect(of(Number.NEGATIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
  expect(of(Number.NaN)).toBe(Number.NaN)
})

it("eight elements that are all below -1 take a shorter way, to the same bits", () => {
  const eights = (x: number) => 2 * kl(Array<number>(8).fill(0), Array<number>(8).fill(x / 2), [0], [0])
  for (let i = -200; i < 1000; i++) {
    harness.reset()
    const x = Math.fround(-1 - i * 0.0873)
    const alone = 2 * kl([0], [x / 2], [0], [0])
    expect(ulpError(expm1MinusX(x), alone)).toBeLessThanOrEqual(4)
    expect(eights(x)).toBe(8 * alone)
  }
  expect(kl(Array<number>(8).fill(0), [...Array<number>(7).fill(-3), Number.NaN], [0], [0])).toBe(Number.NaN)
})

it("is never negative", () => {
  const number = fc.float({ min: -40, max: 40, noNaN: true })
  fc.assert(
    fc.property(number, number, number, number, (mean, logStd, priorMean, priorLogStd) => {
      harness.reset()
      expect(kl([mean], [logStd], [priorMean], [priorLogStd])).toBeGreaterThanOrEqual(0)
      expect(kl([mean, mean], [logStd, logStd], [priorMean], [priorLogStd])).toBeGreaterThanOrEqual(0)
    })
  )
})
