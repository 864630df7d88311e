// What the laws of likelihoods leave open: where a learned noise starts, and what is refused.
import { ConfigError, Key, Likelihood, ShapeError, Tensor } from "effect-bayes"
import { describe, expect, it } from "vitest"

const zero = Tensor.from([[0, 0]], { dtype: "float64" })

describe("a learned noise", () => {
  it("starts at the std it is given, 1/2 unless said otherwise, for every target", () => {
    for (const [options, std] of [[{}, 0.5] as const, [{ initialStd: 3 }, 3] as const]) {
      const self = Likelihood.gaussianLearned({ targets: 2, dtype: "float64", ...options })
      const params = self.init(Key.make(0))
      expect(params.logStd.shape).toEqual([2])
      for (const logStd of Tensor.toFloat64Array(params.logStd)) expect(logStd).toBeCloseTo(Math.log(std), 14)
      for (const variance of self.conditional(params, zero).variance) expect(variance).toBeCloseTo(std ** 2, 12)
    }
  })

  it("gives what a given noise of the same std gives", () => {
    const [learned, given] = [Likelihood.gaussianLearned({ dtype: "float64" }), Likelihood.gaussian({ std: 0.5 })]
    const [output, target] = [
      Tensor.from([[1], [2]], { dtype: "float64" }),
      Tensor.from([[0], [5]], { dtype: "float64" })
    ]
    expect(learned.nll(learned.init(Key.make(0)), output, target)).toBe(given.nll({}, output, target))
  })
})

it("a negative nll is right where the noise is narrow: a density may exceed 1", () => {
  const one = Tensor.from([[1]], { dtype: "float64" })
  expect(Likelihood.gaussian({ std: 0.01 }).nll({}, one, one)).toBeCloseTo(
    Math.log(0.01) + 0.5 * Math.log(2 * Math.PI),
    12
  )
})

it("a list of stds is copied: what the caller does to theirs later is not seen", () => {
  const std = [1, 2]
  const self = Likelihood.gaussian({ std })
  const before = self.nll({}, zero, zero)
  std[0] = -1
  std.push(3)
  expect(self.nll({}, zero, zero)).toBe(before)
  expect(before).toBeCloseTo(Math.log(2) + Math.log(2 * Math.PI), 14)
  expect(self.spec).toEqual({ kind: "gaussian", std: [1, 2] })
})

describe("what cannot be", () => {
  it("is refused by name", () => {
    expect(() => Likelihood.gaussian({ std: 0 })).toThrow(
      "std of a Gaussian likelihood: expected a finite standard deviation above 0, got 0"
    )
    expect(() => Likelihood.gaussian({ std: [1, Number.NaN] })).toThrow(ConfigError)
    expect(() => Likelihood.gaussian({ std: [] })).toThrow(
      "std of a Gaussian likelihood: expected at least one number, got an empty list"
    )
    for (const std of [1e-151, 1e151]) {
      const range = `expected a number from 1e-150 to 1e+150, got ${std}`
      expect(() => Likelihood.gaussian({ std: [1, std] })).toThrow(`std of a Gaussian likelihood: ${range}`)
      expect(() => Likelihood.gaussianLearned({ initialStd: std })).toThrow(`initialStd of a learned noise: ${range}`)
    }
    expect(() => Likelihood.gaussianLearned({ initialStd: -1 })).toThrow(/initialStd/)
    expect(() => Likelihood.gaussianLearned({ targets: 0 })).toThrow("targets: expected a whole number above 0, got 0")
  })

  it("a target of another shape, or another number of stds, is a ShapeError", () => {
    const column = Tensor.from([[0]], { dtype: "float64" })
    expect(() => Likelihood.gaussian({ std: [1, 1] }).nll({}, zero, column)).toThrow(ShapeError)
    expect(() => Likelihood.gaussian({ std: [1] }).nll({}, zero, zero)).toThrow(
      "gaussian likelihood, logScale: expected float64 [2], got float64 [1]"
    )
  })
})
