// Likelihoods from a formula: held against the Gaussian ones, and what they refuse.
import { ConfigError, Key, Likelihood, ShapeError, Tensor, Tree } from "effect-bayes"
import { arbitraries } from "effect-bayes/testing"
import fc from "fast-check"
import { describe, expect, expectTypeOf, it } from "vitest"

const NORMAL = "-((y - mu) / s)^2 / 2 - log(s) - log(2 pi) / 2"
const LEARNED = "-((y - mu) / exp(logStd))^2 / 2 - logStd - log(2 pi) / 2"
const matrix = (...rows: ReadonlyArray<ReadonlyArray<number>>) => Tensor.from(rows, { dtype: "float64" })
const list = (t: Tensor.Tensor) => [...Tensor.toFloat64Array(t)]
/** Within 1e-12 of a sum of terms of this size. */
const close = (expected: number, actual: number, terms = 10) =>
  expect(Math.abs(expected - actual)).toBeLessThanOrEqual(1e-12 * (terms + Math.abs(expected)))

const batches = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })).chain(([rows, targets]) => {
  const tensor = arbitraries.tensor({ shape: [rows, targets], dtype: "float64" })
  return fc.record({ output: tensor, target: tensor, std: arbitraries.number([0.1, 3]) })
})

describe("agrees to 1e-12 with", () => {
  it("the Gaussian of a given std", () => {
    fc.assert(
      fc.property(batches, ({ output, target, std }) => {
        const formula = Likelihood.fromExpression({
          logProb: NORMAL,
          target: "y",
          outputs: ["mu"],
          constants: { s: std }
        })
        const hand = Likelihood.gaussian({ std })
        close(hand.nll({}, output, target), formula.nll({}, output, target), 100 / std ** 2)
        const grad = list(formula.nllGrad({}, output, target).dOutput)
        for (const [i, d] of list(hand.nllGrad({}, output, target).dOutput).entries()) close(d, grad[i]!, 10 / std ** 2)
      })
    )
  })

  it("the Gaussian of a learned std, by its parameter too", () => {
    fc.assert(
      fc.property(batches, ({ output, target, std }) => {
        const options = {
          target: "y",
          outputs: ["mu"],
          parameters: { logStd: Math.log(std) },
          dtype: "float64"
        } as const
        const formula = Likelihood.fromExpression({ logProb: LEARNED, ...options })
        expectTypeOf(formula.init(Key.make(0))).toEqualTypeOf<{ readonly logStd: Tensor.Tensor }>()
        const params = formula.init(Key.make(0))
        const hand = Likelihood.gaussianLearned({ targets: target.shape[1]!, initialStd: std, dtype: "float64" })
        const logStd = Tensor.full({ shape: [target.shape[1]!], dtype: "float64" }, Math.log(std))
        close(hand.nll({ logStd }, output, target), formula.nll(params, output, target), 100 / std ** 2)
        const sum = list(hand.nllGrad({ logStd }, output, target).dParams.logStd).reduce((a, v) => a + v, 0)
        close(sum, Tensor.item(formula.nllGrad(params, output, target).dParams.logStd), 100 / std ** 2)
      })
    )
  })
})

describe("several outputs of several targets", () => {
  const formula = Likelihood.fromExpression({ logProb: LEARNED, target: "y", outputs: ["mu", "logStd"] })
  const row = matrix([1, 2, -1, 0.5]) // mu of both targets, then logStd of both
  const target = matrix([0, 4])
  const normal = (y: number, mu: number, logStd: number) =>
    0.5 * ((y - mu) / Math.exp(logStd)) ** 2 + logStd + 0.5 * Math.log(2 * Math.PI)

  it("stand output by output in a row", () => {
    close(normal(0, 1, -1) + normal(4, 2, 0.5), formula.nll({}, row, target))
    const dMu = [Math.exp(2), -2 * Math.exp(-1)]
    const dLogStd = [1 - Math.exp(2), 1 - 4 * Math.exp(-1)]
    for (const [i, d] of list(formula.nllGrad({}, row, target).dOutput).entries()) close([...dMu, ...dLogStd][i]!, d)
  })

  it("count each row as many times as its weight says", () => {
    const [outputs, targets] = [matrix([1, 2, -1, 0.5], [0, 1, 0, 0]), matrix([0, 4], [1, 1])]
    const weights = Tensor.from(new Float64Array([3, 0]))
    close(3 * formula.nll({}, row, target), formula.nll({}, outputs, targets, weights))
    const grad = list(formula.nllGrad({}, outputs, targets, weights).dOutput)
    for (const [i, d] of list(formula.nllGrad({}, row, target).dOutput).entries()) close(3 * d, grad[i]!, 30)
    expect(grad.slice(4).every((d) => d === 0)).toBe(true)
  })

  it("are refused with a weight that is none", () => {
    for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const weights = Tensor.from(new Float64Array([weight]))
      expect(() => formula.nll({}, row, target, weights)).toThrow("weight of row 0: expected a finite number from 0")
    }
  })

  it("of other shapes are a ShapeError", () => {
    expect(() => formula.nll({}, matrix([1, 2]), target)).toThrow(
      "likelihood, output: expected float64 [1, 4], got float64 [1, 2]"
    )
    expect(() => formula.nll({}, row, Tensor.from([[0, 4]]))).toThrow("likelihood, target: expected float64 [1, 2]")
    expect(() => formula.nll({}, row, target, matrix([1]))).toThrow("weights of the rows: expected float64 [1]")
    expect(() => formula.nll({}, row, Tensor.from([1]))).toThrow(ShapeError)
  })
})

it("parameters start where they are told, in their dtype", () => {
  const options = { logProb: "-abs(y - mu) / b - log(2 b) + 0 * a", target: "y", outputs: ["mu"] }
  const formula = Likelihood.fromExpression({ ...options, parameters: { b: 0.5, a: 2 } })
  const params = formula.init(Key.make(1))
  expect(Tree.leaves(params).map(({ path, value }) => [path, value.dtype, value.shape, Tensor.item(value)])).toEqual([
    ["a", "float32", [], 2],
    ["b", "float32", [], 0.5]
  ])
  expect(formula.spec).toEqual({
    kind: "expression",
    ...options,
    constants: {},
    parameters: { b: 0.5, a: 2 },
    dtype: "float32"
  })
})

describe("what cannot be", () => {
  const make = (logProb: string, more = {}) =>
    Likelihood.fromExpression({ logProb, target: "y", outputs: ["mu"], ...more })

  it("is refused with its place", () => {
    expect(() => make("-(y - mi)^2")).toThrow('likelihood "-(y - mi)^2", column 7: expected a name that there is')
    expect(() => make("lgamma(y) - lgamma(mu)")).toThrow(
      'likelihood "lgamma(y) - lgamma(mu)", column 13: expected a derivative by mu, got lgamma'
    )
    for (const name of ["y", "mu", "b", "c"]) {
      const used = ["y", "mu", "b", "c"].filter((other) => other !== name).join(" + ")
      expect(() => make(used, { parameters: { b: 1 }, constants: { c: 1 } })).toThrow(
        `likelihood "${used}": expected a use of ${name}, got none`
      )
    }
    expect(() => make("y", { outputs: [] })).toThrow("outputs of a likelihood: expected at least one name, got none")
    expect(() => make("y", { outputs: ["y"] })).toThrow('name "y" in likelihood: expected a name that is free')
    expect(() => make("y", { parameters: { s: Number.NaN } })).toThrow(
      "s in likelihood: expected a finite number, got NaN"
    )
    expect(() => make("y", { constants: { mu: 1 } })).toThrow(ConfigError)
  })

  it("is a log density that is not finite: the message has the values and the row", () => {
    const gamma = make("log(y) - mu y")
    expect(() => gamma.nll({}, matrix([1], [2]), matrix([3], [-1]))).toThrow(
      'likelihood "log(y) - mu y": expected a finite log density with finite derivatives, got NaN at y = -1, mu = 2 (row 1)'
    )
    const steep = make("-1e30 (y - mu)^2")
    expect(() => steep.nllGrad({}, Tensor.from([[0]]), Tensor.from([[1e10]]))).toThrow("got Infinity at y = 1")
    expect(list(steep.nllGrad({}, matrix([0]), matrix([1e10])).dOutput)[0]! / -2e40).toBeCloseTo(1, 14)
    expect(() => make("-sqrt(abs(y - mu))").nllGrad({}, matrix([1]), matrix([1]))).toThrow(
      "got NaN at y = 1, mu = 1 (row 0)"
    )
  })
})
