// Priors from a formula: the numbers they give, and the weights where they give none.
import { Effect, Exit } from "effect"
import {
  BayesianLinear,
  ConfigError,
  Dataset,
  Likelihood,
  Model,
  meanField,
  Noise,
  Normal,
  Prior,
  Standardizer,
  sgd,
  Tensor,
  Training
} from "effect-bayes"
import { arbitraries } from "effect-bayes/testing"
import fc from "fast-check"
import * as mathjs from "mathjs"
import { describe, expect, it } from "vitest"

const doubles = (...values: ReadonlyArray<number>): Tensor.Tensor => Tensor.from(new Float64Array(values))
const list = (t: Tensor.Tensor) => [...Tensor.toFloat64Array(t)]
const weights = fc.array(arbitraries.number([-8, 8]), { minLength: 1, maxLength: 8 }).map((w) => doubles(...w))
const scales = arbitraries.number([0.05, 4])

/** Within 1e-12 of the size of the terms: what cancels in a sum keeps the rounding of its largest. */
const close = (expected: number, actual: number, terms = Math.abs(expected)) =>
  expect(Math.abs(expected - actual)).toBeLessThanOrEqual(1e-12 * (1 + terms))

describe("agrees with what is written by hand to 1e-12", () => {
  it("the normal", () => {
    fc.assert(
      fc.property(weights, arbitraries.number([-2, 2]), scales, (w, m, s) => {
        const formula = Prior.fromExpression("-((w - m) / s)^2 / 2 - log(s) - log(2 pi) / 2", { m, s })
        const hand = Prior.normal({ mean: m, std: s })
        const terms = list(w).reduce((sum, v) => sum + ((v - m) / s) ** 2 + 2, 0)
        close(hand.logProb(w), formula.logProb(w), terms)
        const grad = list(formula.logProbGrad(w))
        for (const [i, d] of list(hand.logProbGrad(w)).entries()) close(d, grad[i]!, 10 / s ** 2)
      })
    )
  })

  it("the Laplace", () => {
    fc.assert(
      fc.property(weights, scales, (w, b) => {
        const formula = Prior.fromExpression("-abs(w) / b - log(2 b)", { b })
        const hand = Prior.laplace({ scale: b })
        close(hand.logProb(w), formula.logProb(w), 100 / b)
        const grad = list(formula.logProbGrad(w))
        for (const [i, d] of list(hand.logProbGrad(w)).entries()) close(d, grad[i]!)
      })
    )
  })
})

describe("every function, operator and constant", () => {
  // [formula, where it is defined]
  const formulas: ReadonlyArray<readonly [string, arbitraries.Range]> = [
    ["abs(w) + abs(w - 1)", [-3, 3]],
    ["exp(-w^2)", [-3, 3]],
    ["log(w) + log(1 + w)", [0.1, 5]],
    ["log1p(w^2) + log(log1p(w^2 + 1))", [-3, 3]],
    ["expm1(w) * expm1(log1p(w^2))", [-2, 2]],
    ["sqrt(w + 3)", [-2, 2]],
    ["tanh(2 w) + tanh(tanh(w))", [-3, 3]],
    ["sin(w) cos(3 w) - sin(w)^2", [-6, 6]],
    ["w^3 + 2 w^-2 - w^0 + w^1", [0.2, 3]],
    ["w^2.5 + w^b + b^w + w^w", [0.2, 3]],
    ["(-w)^3 / (w + 4)", [-3, 3]],
    ["-w^2 + 2^-w - +w - -w", [-3, 3]],
    ["w / 2 b + 1/2 w + (w)(w) + 2(w)", [-3, 3]],
    ["e^w + pi w + 1.5e-1w + .5 + 2.", [-3, 3]],
    ["log(0.3 exp(-w^2 / 2) + 0.7 exp(-w^2 / 0.02) / 0.1)", [-3, 3]],
    ["-((b + 1) / 2) log1p(w^2 / b) + lgamma((b + 1) / 2) - lgamma(b / 2)", [-3, 3]]
  ]
  // mathjs lacks lgamma's derivative, log1p's and expm1's: it gets the longer forms.
  const longer = (formula: string) =>
    formula
      .replaceAll(/lgamma\([^)]*\)?[^)]*\)/g, "0")
      .replaceAll("log1p(", "log(1 + ")
      .replaceAll(/expm1\(w\)/g, "(exp(w) - 1)")
      .replaceAll("expm1(log(1 + w^2))", "(w^2)")

  it.each(formulas)("%s, as mathjs evaluates it and its derivative", (formula, range) => {
    const b = 1.75
    const prior = Prior.fromExpression(formula, /\bb\b/.test(formula) ? { b } : {})
    const oracle = mathjs.parse(longer(formula))
    const [value, slope] = [oracle.compile(), mathjs.derivative(oracle, "w").compile()]
    const constant = formula.includes("lgamma") ? prior.logProb(doubles(0)) : 0
    fc.assert(
      fc.property(arbitraries.number(range), (w) => {
        fc.pre(w !== 0 && w !== 1) // no derivative of abs there, nor of mathjs's at the kinks
        close(Number(value.evaluate({ w, b })) + constant, prior.logProb(doubles(w)), 10)
        close(Number(slope.evaluate({ w, b })), list(prior.logProbGrad(doubles(w)))[0]!, 30)
      })
    )
  })

  it("abs has the derivative 0 at 0, and a whole power none that is lost there", () => {
    expect(list(Prior.fromExpression("-abs(w) - w^2 - abs(w)^3").logProbGrad(doubles(0, 1, -1)))).toEqual([-0, -6, 6])
  })

  it("log(1 + x) and exp(x) - 1 keep their digits near 0", () => {
    for (const formula of ["log(1 + w)", "log(w + 1)", "log1p(w)", "exp(w) - 1", "expm1(w)"]) {
      expect(Prior.fromExpression(formula).logProb(doubles(1e-12)) / 1e-12).toBeCloseTo(1, 11)
    }
  })

  it("sin and cos are within 1e-15 (1 + |x|) of theirs", () => {
    const [sin, cos] = [Prior.fromExpression("sin(w)"), Prior.fromExpression("cos(w)")]
    for (const x of [0, 1e-9, 1, -2, Math.PI, 100, -1e4, 1e6]) {
      expect(Math.abs(sin.logProb(doubles(x)) - Math.sin(x))).toBeLessThanOrEqual(1e-15 * (1 + Math.abs(x)))
      expect(Math.abs(cos.logProb(doubles(x)) - Math.cos(x))).toBeLessThanOrEqual(1e-15 * (1 + Math.abs(x)))
    }
  })

  it("lgamma of a constant is the library's own", () => {
    expect(Prior.fromExpression("lgamma(5) + 0 w").logProb(doubles(1))).toBeCloseTo(Math.log(24), 13)
  })

  it("tabs and line breaks are spaces, and the spec keeps them", () => {
    const text = "-w^2\n\t/ 2\r\n - log(2 pi) / 2 - exp (w)"
    const prior = Prior.fromExpression(text)
    expect(prior.logProb(doubles(2))).toBe(
      Prior.fromExpression("-w^2 / 2 - log(2 pi) / 2 - exp(w)").logProb(doubles(2))
    )
    expect(prior.spec).toEqual({ kind: "expression", expression: text, constants: {} })
  })
})

describe("as a prior", () => {
  it("its KL is that of the same normal in closed form, on average over the noise", () => {
    // E[w^2] = m^2 + s^2 exactly on two symmetric points, +1 and -1.
    const q = Normal.make({ mean: 0.3, std: 0.5, dtype: "float64" })
    const formula = Prior.fromExpression("-w^2 / 2 - log(2 pi) / 2")
    const both = [1, -1].map((eps) => formula.kl(q, Tensor.scalar(eps, "float64")))
    expect((both[0]! + both[1]!) / 2).toBeCloseTo(Prior.normal().kl(q), 13)
    expect(() => formula.kl(q)).toThrow(ConfigError)
  })

  it("its spec is plain, and the constants are copied", () => {
    const constants = { b: 0.5 }
    const prior = Prior.fromExpression("-abs(w) / b - log(2 b)", constants)
    constants.b = 7
    expect(prior.spec).toEqual({ kind: "expression", expression: "-abs(w) / b - log(2 b)", constants: { b: 0.5 } })
    const rebuilt = meanField<unknown>({ prior }).spec
    expect(JSON.parse(JSON.stringify(rebuilt))).toEqual(rebuilt)
    const again = Prior.definitions.find((d) => d.kind === "expression")!.make(prior.spec)
    expect(again.logProb(doubles(1))).toBe(-2)
  })

  it("keeps shape and dtype", () => {
    const w = Tensor.from([[1, 2, -3]])
    const grad = Prior.fromExpression("-w^2 / 2").logProbGrad(w)
    expect([grad.dtype, Tensor.toArray(grad)]).toEqual(["float32", [[-1, -2, 3]]])
  })
})

describe("a log density that is not finite", () => {
  it("says at which weight", () => {
    const gamma = Prior.fromExpression("log(w) - w")
    expect(() => gamma.logProb(doubles(1, -0.5))).toThrow(
      'prior "log(w) - w": expected a finite log density at every weight, got NaN at weight -0.5 (element 1)'
    )
    expect(() => gamma.logProbGrad(doubles(1, 2, 0))).toThrow(
      "derivative that float64 can hold at every weight, got Infinity at weight 0 (element 2)"
    )
    expect(() => Prior.fromExpression("9^9^9^9 + w").logProb(doubles(3))).toThrow("got Infinity at weight 3")
    expect(() => Prior.fromExpression("sqrt(abs(w))").logProbGrad(doubles(0))).toThrow("got NaN at weight 0")
  })

  it("is beyond float32 where the derivative is", () => {
    const steep = Prior.fromExpression("-w^2 / 1e-30")
    expect(list(steep.logProbGrad(doubles(2 ** 30)))[0]).toBeCloseTo(-(2 ** 31) * 1e30, -25)
    expect(() => steep.logProbGrad(Tensor.from([1e9]))).toThrow("float32 can hold at every weight, got -Infinity")
  })

  it("ends a training in a typed failure", async () => {
    const data = Dataset.make({ x: [[0], [1], [2]], y: [[0], [1], [2]] })
    const model = Model.make({
      network: BayesianLinear.make({ in: 1, out: 1, prior: Prior.fromExpression("log(w)") }),
      likelihood: Likelihood.gaussian({ std: 1 }),
      inputs: Standardizer.identity(1),
      targets: Standardizer.identity(1)
    })
    const fit = Training.fit(model, data, { epochs: 20, optimizer: sgd({ learningRate: 0.1 }) })
    const exit = await Effect.runPromiseExit(fit.pipe(Effect.provide(Noise.layer(0))))
    expect(Exit.isFailure(exit) && exit.cause.reasons.map((r) => ("error" in r ? r.error : r))[0]).toMatchObject({
      _tag: "ConfigError",
      option: 'prior "log(w)"'
    })
  })
})
