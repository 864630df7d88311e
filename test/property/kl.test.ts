// The Kullback-Leibler divergence of normals: exactly 0 at the prior, asymmetric, and equal to the textbook's.

import { meanField, Normal, Prior, Tensor, Tree } from "effect-bayes"
import { arbitraries } from "effect-bayes/testing"
import fc from "fast-check"
import { derivative, evaluate, parse } from "mathjs"
import { describe, expect, it } from "vitest"

const scalar = (mean: number, logStd: number): Normal.Normal => ({
  mean: Tensor.scalar(mean, "float64"),
  logStd: Tensor.scalar(logStd, "float64")
})

describe("at the prior", () => {
  const cases = fc.record({
    mean: fc.double({ min: -1e3, max: 1e3, noNaN: true }),
    std: fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
    dtype: arbitraries.dtype,
    shape: arbitraries.shape()
  })

  it("KL is exactly 0, for every mean and std, in both dtypes", () => {
    fc.assert(
      fc.property(cases, ({ mean, std, dtype, shape }) => {
        const prior = Prior.normal({ mean, std })
        const p = Normal.make({ mean, std, dtype })
        const spec = { shape, dtype }
        const q = { mean: Tensor.full(spec, Tensor.item(p.mean)), logStd: Tensor.full(spec, Tensor.item(p.logStd)) }
        expect(prior.kl(q)).toBe(0)
        for (const { value } of Tree.leaves(prior.klGrad(q))) {
          expect(Tensor.toFloat64Array(value).every((d) => d === 0)).toBe(true)
        }
        expect(meanField({ prior }).kl({ a: q, b: [q] } as never)).toBe(0)
      }),
      { numRuns: 300 }
    )
  })

  it("KL is above 0 a single float64 step away from it", () => {
    const step = 2.220446049250313e-16
    expect(Normal.kl({ q: scalar(1 + step, 0), p: scalar(1, 0) })).toBeGreaterThan(0)
    expect(Normal.kl({ q: scalar(0, step), p: scalar(0, 0) })).toBeGreaterThan(0)
  })
})

describe("against the textbook", () => {
  // Of q by p, in logStd: log(sp / sq) + (sq^2 + (mq - mp)^2) / (2 sp^2) - 1/2.
  const formula = parse("log(exp(lp) / exp(lq)) + (exp(lq)^2 + (mq - mp)^2) / (2 * exp(lp)^2) - 1 / 2")
  const by = (variable: string) => derivative(formula, variable).compile()
  const derivatives = { mq: by("mq"), lq: by("lq"), mp: by("mp"), lp: by("lp") }
  const value = formula.compile()
  const moderate = fc.record({
    mq: arbitraries.number([-5, 5]),
    lq: arbitraries.number([-3, 3]),
    mp: arbitraries.number([-5, 5]),
    lp: arbitraries.number([-3, 3])
  })
  // The formula cancels: its terms reach e^12 / 2, and float64 keeps 1e-16 of the largest.
  const close = (expected: unknown, actual: number, terms: number) =>
    expect(Math.abs(Number(expected) - actual)).toBeLessThanOrEqual(1e-13 * (1 + terms))

  it("value and all four derivatives within 1e-13 of the largest term", () => {
    fc.assert(
      fc.property(moderate, ({ mq, lq, mp, lp }) => {
        const given = { mq, lq, mp, lp }
        const pair = { q: scalar(mq, lq), p: scalar(mp, lp) }
        const terms = (Math.exp(2 * lq) + (mq - mp) ** 2) * Math.exp(-2 * lp)
        close(value.evaluate(given), Normal.kl(pair), terms)
        const gradQ = Normal.klGrad(pair)
        const gradP = Normal.klGradPrior(pair)
        close(derivatives.mq.evaluate(given), Tensor.item(gradQ.mean), terms + Math.exp(-2 * lp) * 10)
        close(derivatives.lq.evaluate(given), Tensor.item(gradQ.logStd), terms)
        close(derivatives.mp.evaluate(given), Tensor.item(gradP.mean), terms + Math.exp(-2 * lp) * 10)
        close(derivatives.lp.evaluate(given), Tensor.item(gradP.logStd), 2 * terms)
      }),
      { numRuns: 300 }
    )
  })

  it("keeps the digits that the textbook's form loses near the prior", () => {
    // t = log(sq / sp): KL = t^2 + 2 t^3 / 3 + ..., of which the textbook's form has an error of 1e-16 absolutely.
    for (const t of [1e-3, 1e-6, 1e-9, 1e-12, -1e-6]) {
      const kl = Normal.kl({ q: scalar(0, t), p: scalar(0, 0) })
      const series = t ** 2 * (1 + (2 / 3) * t + t ** 2 / 3)
      expect(Math.abs(kl / series - 1)).toBeLessThanOrEqual(1e-9)
    }
  })
})

describe("of q by p", () => {
  it("is not that of p by q, unless the two are as wide", () => {
    // 0.5 (1/4 - 1) + log 2 = 0.318..., the other way 0.5 (4 - 1) - log 2 = 0.806...
    const [q, p] = [scalar(0, Math.log(0.5)), scalar(0, 0)]
    expect(Normal.kl({ q, p })).toBeCloseTo(0.3181471805599453, 14)
    expect(Normal.kl({ q: p, p: q })).toBeCloseTo(0.8068528194400547, 14)
    fc.assert(
      fc.property(arbitraries.number([-2, 2]), arbitraries.number([0.01, 2]), (mean, t) => {
        const [a, b] = [scalar(mean, t), scalar(0, 0)]
        expect(Normal.kl({ q: a, p: b })).not.toBe(Normal.kl({ q: b, p: a }))
      })
    )
  })

  it("is finite and not negative for random shapes and a logStd from -30 to 10 on either side", () => {
    const cases = fc.tuple(arbitraries.shape({ minRank: 1 }), arbitraries.dtype).chain(([shape, dtype]) => {
      const spec = { shape, dtype }
      const normal = arbitraries.params<Normal.Normal>(
        { mean: spec, logStd: spec },
        { range: (path) => (path === "logStd" ? [-30, 10] : [-10, 10]), edges: true }
      )
      return fc.record({ q: normal, p: normal })
    })
    fc.assert(
      fc.property(cases, (pair) => {
        const kl = Normal.kl(pair)
        expect(Number.isFinite(kl) && kl >= 0).toBe(true)
      }),
      { numRuns: 300 }
    )
  })

  it("adds the gradients by a scalar that serves many elements", () => {
    const q = { mean: Tensor.from(new Float64Array([1, 2, 3])), logStd: Tensor.from(new Float64Array([-1, 0, 1])) }
    const p = scalar(0.5, 0.25)
    const full = { mean: Tensor.full(q.mean, 0.5), logStd: Tensor.full(q.mean, 0.25) }
    const [shared, each] = [Normal.klGradPrior({ q, p }), Normal.klGradPrior({ q, p: full })]
    const sum = (t: Tensor.Tensor) => Tensor.toFloat64Array(t).reduce((total, v) => total + v, 0)
    expect(shared.mean.shape).toEqual([])
    expect(Tensor.item(shared.mean)).toBeCloseTo(sum(each.mean), 12)
    expect(Tensor.item(shared.logStd)).toBeCloseTo(sum(each.logStd), 12)
  })
})

it("Tensor.from reads matrices of mathjs", () => {
  const matrix = evaluate("[1, 2, 3; 4, 5, 6] * 2") as { toArray(): unknown }
  expect(Tensor.toArray(Tensor.from(matrix))).toEqual([
    [2, 4, 6],
    [8, 10, 12]
  ])
  expect(Tensor.from(matrix, { dtype: "float64" }).dtype).toBe("float64")
})
