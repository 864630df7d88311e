// Empirical Bayes: at scale 1 the fixed prior, elsewhere the prior stretched, and trained the scale that is known to be best.
import {
  bayesian,
  empiricalBayes,
  Key,
  Linear,
  type MeanField,
  meanField,
  Normal,
  Prior,
  relu,
  ShapeError,
  sequential,
  Tensor,
  Tree
} from "effect-bayes"
import { arbitraries } from "effect-bayes/testing"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

type Weights = Linear.Params
const { laplace, normal, scaleMixture, studentT } = Prior

const inDType = (dtype: "float32" | "float64") => Linear.make({ in: 3, out: 2, dtype }).shapes
const scales = (...logScale: ReadonlyArray<number>) => Tensor.from(logScale, { dtype: "float64" })
const doubles = inDType("float64")
const some = (seed: number): MeanField<Weights> =>
  fc.sample(arbitraries.params<MeanField<Weights>>(meanField<Weights>().shapes(doubles)), { seed, numRuns: 1 })[0]!

const groups = [
  ["bias", studentT({ df: 3, mean: 0.2, scale: 0.5 })],
  ["**", scaleMixture({ std1: 1, std2: 0.1 })]
] as const

describe("at log scale 0", () => {
  it("is the fixed prior to the last bit: KL, gradient, log density and all that is the posterior's own", () => {
    for (const prior of [normal({ mean: 0.3, std: 0.7 }), laplace({ scale: 0.5 }), groups]) {
      const [fixed, scaled] = [meanField<Weights>({ prior }), empiricalBayes<Weights>({ prior })]
      for (const dtype of ["float64", "float32"] as const) {
        const shapes = inDType(dtype)
        const weights = fixed.init(Linear.make({ in: 3, out: 2, dtype }).init(Key.make(4)), Key.make(0))
        const q = { weights, logScale: Tensor.zeros({ shape: ["spec" in prior ? 1 : 2], dtype }) }
        expect(Tree.equals(scaled.init(fixed.mean(weights), Key.make(0)), q)).toBe(true)
        const eps = fixed.noise(shapes, Key.make(1))
        const w = fixed.sample(weights, eps)
        expect(scaled.kl(q, eps)).toBe(fixed.kl(weights, eps))
        expect(scaled.logPrior(q, w)).toBe(fixed.logPrior(weights, w))
        expect(Tree.equals(scaled.klGrad(q, eps).weights, fixed.klGrad(weights, eps))).toBe(true)
        const without = (grad: MeanField<Weights>) => ({ weights: grad, logScale: Tensor.zeros(q.logScale) })
        const pairs: ReadonlyArray<readonly [unknown, unknown]> = [
          [scaled.sample(q, eps), w],
          [scaled.variance(q), fixed.variance(weights)],
          [scaled.deviation(q, eps), fixed.deviation(weights, eps)],
          [scaled.pullback(q, eps, w), without(fixed.pullback(weights, eps, w))],
          [scaled.momentsPullback(q, w, eps), without(fixed.momentsPullback(weights, w, eps))],
          [scaled.deviationPullback(q, eps, w, w), without(fixed.deviationPullback(weights, eps, w, w))]
        ]
        for (const [found, known] of pairs) expect(Tree.equals(found, known)).toBe(true)
      }
    }
  })
})

describe("elsewhere", () => {
  it("is the prior whose scale has been multiplied", () => {
    const weights = some(1)
    const eps = meanField<Weights>().noise(doubles, Key.make(2))
    const s = 1.7
    const q = { weights, logScale: scales(Math.log(s)) }
    const pairs = [
      [normal({ std: 0.5 }), normal({ std: 0.5 * s })],
      [normal({ mean: 0.4, std: 0.5 }), normal({ mean: 0.4 * s, std: 0.5 * s })],
      [laplace({ mean: -1, scale: 2 }), laplace({ mean: -s, scale: 2 * s })],
      [studentT({ df: 3, scale: 1 }), studentT({ df: 3, scale: s })],
      [scaleMixture({ std1: 1, std2: 0.1 }), scaleMixture({ std1: s, std2: 0.1 * s })]
    ] as const
    for (const [base, stretched] of pairs) {
      const found = empiricalBayes<Weights>({ prior: base })
      const known = meanField<Weights>({ prior: stretched })
      expect(found.kl(q, eps)).toBeCloseTo(known.kl(weights, eps), 9)
      expect(found.logPrior(q, eps)).toBeCloseTo(known.logPrior(weights, eps), 9)
      const [grad, expected] = [Tree.leaves(found.klGrad(q, eps).weights), Tree.leaves(known.klGrad(weights, eps))]
      for (const [i, { value }] of grad.entries()) {
        const numbers = Tensor.toFloat64Array(expected[i]!.value)
        Tensor.toFloat64Array(value).forEach((d, k) => {
          expect(d).toBeCloseTo(numbers[k]!, 9)
        })
      }
    }
  })

  it("each group has a scale of its own", () => {
    const posterior = empiricalBayes<Weights>({ prior: groups })
    const weights = some(3)
    const eps = posterior.noise(doubles, Key.make(2))
    const kl = (...logScale: ReadonlyArray<number>) => posterior.kl({ weights, logScale: scales(...logScale) }, eps)
    const bias = studentT({ df: 3, mean: 0.4, scale: 1 })
    const weight = scaleMixture({ std1: 0.5, std2: 0.05 })
    const known = bias.kl(weights.bias, eps.bias) + weight.kl(weights.weight, eps.weight)
    expect(kl(Math.log(2), Math.log(0.5))).toBeCloseTo(known, 10)
  })
})

describe("trained", () => {
  /** Plain gradient descent on the scales alone; the second derivative of the KL is at most a few times n. */
  const train = (
    posterior: ReturnType<typeof empiricalBayes<Weights>>,
    weights: MeanField<Weights>,
    groups: number
  ) => {
    let logScale = Tensor.zeros({ shape: [groups], dtype: "float64" })
    for (let step = 0; step < 2000; step++) {
      const d = Tensor.toFloat64Array(posterior.klGrad({ weights, logScale }).logScale)
      logScale = Tensor.from(Tensor.toFloat64Array(logScale).map((l, g) => l - 0.01 * d[g]!))
    }
    return Tensor.toFloat64Array(logScale).map(Math.exp)
  }
  const elements = (weights: unknown) =>
    Tree.leavesWith(Normal.isNormal, weights).flatMap(({ value }) => {
      const logStds = Tensor.toFloat64Array(value.logStd)
      return Array.from(Tensor.toFloat64Array(value.mean), (mean, i) => ({ mean, std: Math.exp(logStds[i]!) }))
    })
  const mean = (numbers: ReadonlyArray<number>) => numbers.reduce((sum, v) => sum + v, 0) / numbers.length

  it("finds for N(0, 1) the mean of mean^2 + std^2 as its variance, whatever the scale it starts from", () => {
    for (const std of [1, 0.6]) {
      const weights = some(5)
      const best = Math.sqrt(mean(elements(weights).map((q) => q.mean ** 2 + q.std ** 2)))
      const [s] = train(empiricalBayes<Weights>({ prior: normal({ std }) }), weights, 1)
      expect(s! * std).toBeCloseTo(best, 9)
    }
  })

  it("finds for groups of Laplace priors the mean of E|w| of each", () => {
    const weights = some(6)
    const prior = [
      ["weight", laplace({ scale: 1 })],
      ["bias", laplace({ scale: 3 })]
    ] as const
    const [a, b] = train(empiricalBayes<Weights>({ prior }), weights, 2)
    // E|w| from the KL itself at scale 1: KL = log 2 + E|w| - entropy.
    const folded = (q: Normal.Normal) =>
      (laplace({ scale: 1 }).kl(q) + Normal.entropy(q)) / Tree.count(q.mean) - Math.log(2)
    expect(a).toBeCloseTo(folded(weights.weight), 9)
    expect(b! * 3).toBeCloseTo(folded(weights.bias), 9)
  })
})

it("with a likelihood of one weight, trains posterior and scale to the maximum of the evidence", () => {
  // The data say N(w; 2, 1/4) of the weight, so its estimate has the evidence N(2; 0, s^2 + 1/4): best is s^2 = 4 - 1/4,
  // and there the posterior has precision 4 + 1/s^2 and mean 8 over that. One weight's normal posterior is exact.
  const posterior = empiricalBayes<Tensor.Tensor>()
  let params = { weights: { mean: scales(0.1), logStd: scales(-1) }, logScale: scales(0) }
  const at = (t: Tensor.Tensor) => Tensor.toFloat64Array(t)[0]!
  for (let step = 0; step < 5000; step++) {
    const kl = posterior.klGrad(params)
    const { mean, logStd } = params.weights
    const down = (t: Tensor.Tensor, d: number) => scales(at(t) - 0.02 * d)
    params = {
      weights: {
        mean: down(mean, 4 * (at(mean) - 2) + at(kl.weights.mean)),
        logStd: down(logStd, 4 * Math.exp(2 * at(logStd)) + at(kl.weights.logStd))
      },
      logScale: down(params.logScale, at(kl.logScale))
    }
  }
  const variance = 4 - 1 / 4
  expect(Math.exp(2 * at(params.logScale))).toBeCloseTo(variance, 9)
  expect(at(params.weights.mean)).toBeCloseTo(8 / (4 + 1 / variance), 9)
  expect(Math.exp(-2 * at(params.weights.logStd))).toBeCloseTo(4 + 1 / variance, 9)
})

describe("over a whole network", () => {
  const network = sequential(Linear.make({ in: 3, out: 4 }), relu, Linear.make({ in: 4, out: 2 }))
  const posterior = empiricalBayes<ReturnType<typeof network.init>>({ prior: laplace({ scale: 1 }) })
  const layer = bayesian(network, posterior)

  it("shares one scale among its layers, where layers lifted one by one have one each", () => {
    const params = layer.init(Key.make(0))
    expect(params.logScale.shape).toEqual([1])
    expect(params.logScale.dtype).toBe("float32")
    const alone = bayesian(Linear.make({ in: 3, out: 3 }), empiricalBayes<Weights>({ prior: laplace({ scale: 1 }) }))
    expect(
      sequential(alone, relu, alone)
        .init(Key.make(0))
        .map((p) => Tree.leaves(p).length)
    ).toEqual([5, 0, 5])
  })

  it("refuses scales of another number than its groups, and what meanField refuses", () => {
    const params = { ...layer.init(Key.make(0)), logScale: Tensor.from([0, 0]) }
    expect(() => layer.kl(params)).toThrow(ShapeError)
    expect(() => layer.kl(params)).toThrow("empirical Bayes, logScale: expected [1], got [2]")
    expect(() => empiricalBayes({ initialStd: 0 })).toThrow("initialStd: expected a finite number above 0, got 0")
    expect(() =>
      bayesian(Linear.make({ in: 1, out: 1 }), empiricalBayes<Weights>({ prior: [["w", normal()]] }))
    ).toThrow(
      'prior, group "w": expected a pattern that matches a path, got one that matches none. There are: bias, weight'
    )
  })
})
