// Deliberately broken priors, mistakes found in other libraries among them: each test names the laws that catch it.
import { empiricalBayes, Linear, meanField, Normal, Prior, type Shape, Tensor, Tree } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { laws, type PriorOptions } from "effect-bayes/testing"
import { describe, expect, it } from "vitest"
import { brokenBy, scaled } from "./brokenBy.ts"

const DENSITY_GRADIENT = "gradient of log density = central difference"
const TAIL_GRADIENT = "gradient of log density, up to 1e4 away, = central difference"
const KL_GRADIENT = "gradient of KL, given the noise, = central difference"
const DENSITY = "the density integrates to 1 within 1e-9"
const KL = "KL = integral of q (log q - log p)"
const KL_SLOPE = "KL gradient = derivative of that integral"
const ROUNDED = "float32 is float64, rounded"
const SUMS = "sums over weights, each by itself"

const caught = (prior: Prior.Prior, options: PriorOptions = {}) =>
  brokenBy(laws.prior(prior, { registry: false, ...options }))

/** A density from its logarithm at one weight, and the derivative of that. */
const pointwise = (f: (w: number) => number, df: (w: number) => number): Prior.Density => ({
  spec: { kind: "broken" },
  logProb: (w) => Tensor.toFloat64Array(w).reduce((sum, v) => sum + f(v), 0),
  logProbGrad: (w) => Tensor.from(Tensor.toFloat64Array(w).map(df), { shape: w.shape, dtype: w.dtype })
})

describe("broken sampled priors", () => {
  const right = Prior.scaleMixture({ std1: 1, std2: 0.1 })

  it("none: the right one breaks no law", () => {
    expect(caught(right)).toEqual([])
  })

  it("a gradient of the wrong sign", () => {
    const logProbGrad = (w: Tensor.Tensor) => kernels(w.dtype).scale(-1, right.logProbGrad(w))
    const broken = caught(Prior.sampled({ ...right, logProbGrad }))
    expect(broken).toEqual([DENSITY_GRADIENT, KL_GRADIENT, TAIL_GRADIENT, KL_SLOPE])
  })

  it("a gradient that is lost, or cut, far out alone", () => {
    const clipped = (most: number) => (w: Tensor.Tensor) =>
      Tensor.from(
        Tensor.toFloat64Array(right.logProbGrad(w)).map((d) => Math.max(-most, Math.min(most, d))),
        w
      )
    expect(caught(Prior.sampled({ ...right, logProbGrad: clipped(1000) }))).toEqual([TAIL_GRADIENT])
    const kept = (w: Tensor.Tensor) =>
      Tensor.from(
        Tensor.toFloat64Array(right.logProbGrad(w)).map((d) => (Math.abs(d) > 1000 ? 0 : d)),
        w
      )
    expect(caught(Prior.sampled({ ...right, logProbGrad: kept }))).toEqual([TAIL_GRADIENT])
  })

  it("log(pdf + 1e-6): no density, though its gradient is its derivative", () => {
    const pdf = (w: number) => Math.exp(-0.5 * w * w) / Math.sqrt(2 * Math.PI)
    const density = pointwise(
      (w) => Math.log(pdf(w) + 1e-6),
      (w) => (-w * pdf(w)) / (pdf(w) + 1e-6)
    )
    expect(caught(Prior.sampled(density))).toEqual([DENSITY])
  })

  it("a density without its constant", () => {
    const density = pointwise(
      (w) => -Math.abs(w),
      (w) => -Math.sign(w)
    )
    expect(caught(Prior.sampled(density))).toEqual([DENSITY])
  })

  it("a formula whose derivative has the wrong sign, or that leaves out its constant", () => {
    const formula = Prior.fromExpression("-w^2 / 2 - log(2 pi) / 2")
    const { logProbGrad } = Prior.fromExpression("w^2 / 2 + log(2 pi) / 2")
    expect(caught(Prior.sampled({ ...formula, logProbGrad }))).toEqual([
      DENSITY_GRADIENT,
      KL_GRADIENT,
      TAIL_GRADIENT,
      KL_SLOPE
    ])
    expect(caught(Prior.fromExpression("-w^2 / 2"))).toEqual([DENSITY])
    // exp(0.1) times too large at each of the two weights.
    const large = Prior.fromExpression("-w^2 / 2 - log(2 pi) / 2 + 0.1")
    const law = laws.prior(large).find(({ name }) => name.endsWith(DENSITY))!
    expect(() => law.check()).toThrow(
      "the logarithm of its integral over a weight is 0.1 (the mean of 2 weights), not 0"
    )
  })

  it("a mean over the weights in place of the sum", () => {
    const density: Prior.Density = {
      spec: right.spec,
      logProb: (w) => right.logProb(w) / Tree.count(w),
      logProbGrad: (w) => kernels(w.dtype).scale(1 / Tree.count(w), right.logProbGrad(w))
    }
    expect(caught(Prior.sampled(density))).toEqual([DENSITY, SUMS])
    const averaged: Prior.Prior = {
      ...right,
      kl: (q, eps) => right.kl(q, eps) / Tree.count(q.mean),
      klGrad: (q, eps) => scaled(right.klGrad(q, eps), 1 / Tree.count(q.mean))
    }
    expect(caught(averaged)).toEqual([KL, KL_SLOPE, SUMS])
  })

  it("log p at the mean in place of the sample, and a KL without the entropy", () => {
    const atMean: Prior.Prior = {
      ...right,
      kl: (q, eps) => right.kl(q, eps === undefined ? eps : Tensor.zeros(eps)),
      klGrad: (q, eps) => right.klGrad(q, eps === undefined ? eps : Tensor.zeros(eps))
    }
    expect(caught(atMean)).toEqual([KL, KL_SLOPE])
    const noEntropy: Prior.Prior = {
      ...right,
      kl: (q, eps) => right.kl(q, eps) + Normal.entropy(q),
      klGrad: (q, eps) => {
        const { mean, logStd } = right.klGrad(q, eps)
        return { mean, logStd: kernels(logStd.dtype).axpy(1, Tensor.full(logStd, 1), logStd) }
      }
    }
    expect(caught(noEntropy)).toEqual([KL, KL_SLOPE])
  })

  it("a gradient that goes through the mean alone", () => {
    const klGrad: Prior.Prior["klGrad"] = (q, eps) => {
      const { mean, logStd } = right.klGrad(q, eps)
      return { mean, logStd: Tensor.full(logStd, -1) }
    }
    expect(caught({ ...right, klGrad })).toEqual([KL_GRADIENT, KL_SLOPE])
  })

  it("noise made up where none is given", () => {
    const none = (q: Normal.Normal, eps: Tensor.Tensor | undefined) => eps ?? Tensor.zeros(q.mean)
    const lenient: Prior.Prior = {
      ...right,
      kl: (q, eps) => right.kl(q, none(q, eps)),
      klGrad: (q, eps) => right.klGrad(q, none(q, eps))
    }
    expect(caught(lenient)).toEqual(["the sampled KL is finite, and refused without noise"])
  })

  it("two densities added without log-sum-exp", () => {
    const pdf = (w: number, std: number) => Math.exp(-0.5 * (w / std) ** 2) / std / Math.sqrt(2 * Math.PI)
    const sum = (w: number) => 0.5 * pdf(w, 1) + 0.5 * pdf(w, 0.1)
    const naive = pointwise(
      (w) => Math.log(sum(w)),
      (w) => (-w * (0.5 * pdf(w, 1) + (0.5 * pdf(w, 0.1)) / 0.01)) / sum(w)
    )
    expect(caught(Prior.sampled(naive))).toContain("value and gradient are finite for weights up to 1e4")
  })
})

describe("broken priors in closed form", () => {
  const right = Prior.normal({ mean: 0.5, std: 0.7 })
  const options = { centre: 0.5 }
  const atPrior = (weights: Shape.TensorSpec): Normal.Normal => {
    const { mean, logStd } = Normal.make({ mean: 0.5, std: 0.7, dtype: weights.dtype })
    return { mean: Tensor.full(weights, Tensor.item(mean)), logStd: Tensor.full(weights, Tensor.item(logStd)) }
  }

  it("none: the right one breaks no law", () => {
    expect(caught(right, options)).toEqual([])
  })

  it("KL(p || q) for KL(q || p)", () => {
    const reversed: Prior.Prior = {
      ...right,
      kl: (q) => Normal.kl({ q: atPrior(q.mean), p: q }),
      klGrad: (q) => Normal.klGradPrior({ q: atPrior(q.mean), p: q })
    }
    expect(caught(reversed, options)).toEqual(expect.arrayContaining([KL, KL_SLOPE]))
  })

  it("a variance for a standard deviation in the KL", () => {
    const other = Prior.normal({ mean: 0.5, std: 0.49 })
    const broken = { ...right, kl: other.kl, klGrad: other.klGrad }
    expect(caught(broken, options)).toEqual([KL, KL_SLOPE])
  })

  it("a float32 that is off by 1e-4", () => {
    const rounded: Prior.Prior = {
      ...right,
      logProb: (w) => (w.dtype === "float32" ? right.logProb(w) * (1 + 1e-4) : right.logProb(w))
    }
    expect(caught(rounded, options)).toEqual([ROUNDED])
  })

  it("a small constant against a KL of 0", () => {
    const guarded = { ...right, kl: (q: Normal.Normal) => right.kl(q) + 1e-12 }
    expect(caught(guarded, { ...options, atPrior })).toEqual(["KL = 0 exactly at the prior, and so is its gradient"])
  })

  it("an entropy in place of the KL: negative", () => {
    const law = "KL is finite, not negative and the same without noise"
    expect(
      caught({ ...right, kl: (q) => -Normal.entropy(q), klGrad: (q) => scaled(Normal.entropyGrad(q), -1) })
    ).toContain(law)
  })
})

describe("broken posteriors over several priors", () => {
  const weights = Linear.make({ in: 3, out: 2 }).shapes
  const prior = [
    ["bias", Prior.laplace({ scale: 0.2 })],
    ["**", Prior.scaleMixture({ std1: 1, std2: 0.1 })]
  ] as const
  const right = empiricalBayes<Linear.Params>({ prior })
  const caughtIn = (posterior: typeof right) =>
    brokenBy(laws.posterior(posterior, { weights, factorized: false, registry: false }))
  const MONTE_CARLO = "KL = E_q[log q - log p] within 5 standard errors"

  it("none: the right one breaks no law", () => {
    expect(caughtIn(right)).toEqual([])
  })

  it("a scale whose gradient is left out, or has the other sign", () => {
    for (const by of [0, -1]) {
      const klGrad: typeof right.klGrad = (q, eps) => {
        const grad = right.klGrad(q, eps)
        return { ...grad, logScale: scaled(grad.logScale, by) }
      }
      expect(caughtIn({ ...right, klGrad })).toEqual(["KL gradient = central difference"])
    }
  })

  it("a stretched density that is not divided by its scale", () => {
    const fixed = meanField<Linear.Params>({ prior })
    const logPrior: typeof right.logPrior = (q, w) => {
      const by = Tensor.toFloat64Array(q.logScale).map((l) => Math.exp(-l))
      return fixed.logPrior(q.weights, { bias: scaled(w.bias, by[0]!), weight: scaled(w.weight, by[1]!) })
    }
    expect(caughtIn({ ...right, logPrior })).toEqual([MONTE_CARLO])
  })

  it("one prior for all groups", () => {
    const single = empiricalBayes<Linear.Params>({ prior: [["bias", prior[1][1]], prior[1]] })
    expect(caughtIn({ ...right, kl: single.kl, klGrad: single.klGrad })).toEqual([MONTE_CARLO])
  })
})
