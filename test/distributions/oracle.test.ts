// mathjs as an oracle: the library's gradients against the symbolic derivatives of the textbook's formulas.
import { Likelihood, Prior, Tensor } from "effect-bayes"
import { arbitraries } from "effect-bayes/testing"
import fc from "fast-check"
import { derivative, parse } from "mathjs"
import { describe, expect, it } from "vitest"

/** The logarithm of a density as a book writes it, and the values of the names in it. */
interface Textbook {
  readonly formula: string
  readonly constants?: Readonly<Record<string, number>>
}

const oracle = ({ formula, constants = {} }: Textbook, by: ReadonlyArray<string>) => {
  const tree = parse(formula)
  const value = tree.compile()
  const slopes = by.map((name) => derivative(tree, name).compile())
  return {
    value: (at: Readonly<Record<string, number>>) => Number(value.evaluate({ ...constants, ...at })),
    slopes: (at: Readonly<Record<string, number>>) =>
      slopes.map((slope) => Number(slope.evaluate({ ...constants, ...at })))
  }
}

/** The textbook's forms cancel: their terms reach some hundreds here, and float64 keeps 1e-16 of the largest. */
const close = (what: string, expected: number, actual: number) =>
  expect(Math.abs(expected - actual), `${what}: ${actual}, not ${expected}`).toBeLessThanOrEqual(
    1e-12 * (100 + Math.abs(expected))
  )

const double = (values: ReadonlyArray<number>, shape: ReadonlyArray<number>) =>
  Tensor.from(values, { dtype: "float64", shape })

/** A likelihood of one target y with the outputs and the parameters [1] that its formula names. */
const likelihood = <L>(
  name: string,
  self: Likelihood.Likelihood<L>,
  textbook: Textbook & { readonly outputs: ReadonlyArray<string>; readonly parameter?: keyof L & string },
  targets: fc.Arbitrary<number> = arbitraries.number([-3, 3])
) =>
  it(`${name}, by ${[...textbook.outputs, ...(textbook.parameter === undefined ? [] : [textbook.parameter])].join(" and ")}`, () => {
    const { outputs, parameter } = textbook
    const names = [...outputs, ...(parameter === undefined ? [] : [parameter])]
    const { value, slopes } = oracle(textbook, names)
    const points = fc.array(arbitraries.number([-2, 2]), { minLength: names.length, maxLength: names.length })
    fc.assert(
      fc.property(points, targets, (at, y) => {
        const given: Record<string, number> = { y }
        for (const [i, each] of names.entries()) given[each] = at[i]!
        const params = (parameter === undefined ? {} : { [parameter]: double([given[parameter]!], [1]) }) as L
        const output = double(at.slice(0, outputs.length), [1, outputs.length])
        const target = double([y], [1, 1])
        close("nll", -value(given), self.nll(params, output, target))
        const { dOutput, dParams } = self.nllGrad(params, output, target)
        const found = [...Tensor.toFloat64Array(dOutput)]
        if (parameter !== undefined) found.push(Tensor.item(dParams[parameter] as Tensor.Tensor))
        for (const [i, slope] of slopes(given).entries()) close(`by ${names[i]}`, -slope, found[i]!)
      }),
      { numRuns: 200 }
    )
  })

describe("likelihoods", () => {
  const normal = "-(y - mu)^2 / (2 * s^2) - log(s * sqrt(2 * pi))"
  const learned = normal.replaceAll("s^2", "exp(logStd)^2").replace("(s *", "(exp(logStd) *")

  likelihood("gaussian", Likelihood.gaussian({ std: 0.7 }), { formula: normal, constants: { s: 0.7 }, outputs: ["mu"] })
  likelihood("gaussianLearned", Likelihood.gaussianLearned({ dtype: "float64" }), {
    formula: learned,
    outputs: ["mu"],
    parameter: "logStd"
  })
  likelihood(
    "categorical of two classes",
    Likelihood.categorical(),
    { formula: "log((1 - y) * exp(a) + y * exp(b)) - log(exp(a) + exp(b))", outputs: ["a", "b"] },
    fc.constantFrom(0, 1)
  )
  likelihood("heteroscedastic", Likelihood.heteroscedastic(), { formula: learned, outputs: ["mu", "logStd"] })

  const t = "gamma((v + 1) / 2) / (gamma(v / 2) * sqrt(v * pi))"
  const student = `log(${t} / exp(logScale) * (1 + ((y - mu) / exp(logScale))^2 / v)^(-(v + 1) / 2))`
  likelihood("studentTLearned", Likelihood.studentTLearned({ df: 3.5, dtype: "float64" }), {
    formula: student,
    constants: { v: 3.5 },
    outputs: ["mu"],
    parameter: "logScale"
  })
  likelihood("studentT", Likelihood.studentT({ df: 3.5, scale: 0.4 }), {
    formula: student,
    constants: { v: 3.5, logScale: Math.log(0.4) },
    outputs: ["mu"]
  })
  likelihood(
    "poisson",
    Likelihood.poisson(),
    { formula: "log(exp(a)^y * exp(-exp(a)) / y!)", outputs: ["a"] },
    fc.integer({ min: 0, max: 20 })
  )
  likelihood(
    "bernoulli",
    Likelihood.bernoulli({ positiveWeight: 2.5 }),
    {
      formula: "k * y * log(1 / (1 + exp(-a))) + (1 - y) * log(1 / (1 + exp(a)))",
      constants: { k: 2.5 },
      outputs: ["a"]
    },
    fc.constantFrom(0, 1)
  )
})

/** A prior of one weight w, where |w| is 0.01 or more: no derivative is compared at a kink. */
const prior = (name: string, self: Prior.Prior, textbook: Textbook) =>
  it(`${name}`, () => {
    const { value, slopes } = oracle(textbook, ["w"])
    fc.assert(
      fc.property(arbitraries.number([0.01, 4]), fc.constantFrom(1, -1), (size, sign) => {
        const w = sign * size
        close("log p", value({ w }), self.logProb(double([w], [1])))
        close("by w", slopes({ w })[0]!, Tensor.item(self.logProbGrad(double([w], [1]))))
      }),
      { numRuns: 200 }
    )
  })

describe("priors", () => {
  const density = (std: string) => `exp(-w^2 / (2 * ${std}^2)) / (${std} * sqrt(2 * pi))`
  const t = "gamma((v + 1) / 2) / (gamma(v / 2) * sqrt(v * pi) * s)"

  prior("normal", Prior.normal({ mean: 0.3, std: 0.7 }), {
    formula: "log(exp(-(w - m)^2 / (2 * s^2)) / (s * sqrt(2 * pi)))",
    constants: { m: 0.3, s: 0.7 }
  })
  prior("laplace", Prior.laplace({ mean: -0.005, scale: 0.5 }), {
    formula: "log(exp(-abs(w - m) / b) / (2 * b))",
    constants: { m: -0.005, b: 0.5 }
  })
  prior("studentT", Prior.studentT({ df: 3.5, mean: 0.1, scale: 0.4 }), {
    formula: `log(${t} * (1 + ((w - m) / s)^2 / v)^(-(v + 1) / 2))`,
    constants: { v: 3.5, m: 0.1, s: 0.4 }
  })
  prior("scaleMixture", Prior.scaleMixture({ weight: 0.25, std1: 1.5, std2: 0.1 }), {
    formula: `log(p * ${density("a")} + (1 - p) * ${density("b")})`,
    constants: { p: 0.25, a: 1.5, b: 0.1 }
  })
})
