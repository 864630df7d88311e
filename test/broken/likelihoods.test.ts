// Deliberately broken likelihoods, mistakes found in other libraries among them: each test names the laws that catch it.
import { Likelihood, Tensor, type Tree } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { laws } from "effect-bayes/testing"
import { describe, expect, it } from "vitest"
import { brokenBy, GRADIENT, scaled } from "./brokenBy.ts"

const COUNTS = "a row of weight k counts like k rows"
const SUMS = "exp(-nll) sums to 1 over the targets"

describe("broken likelihoods", () => {
  const right = Likelihood.gaussian({ std: 1 })
  const caught = <L>(self: Likelihood.Likelihood<L>, outputs = 1) =>
    brokenBy(laws.likelihood(self, { outputs, registry: false }))
  type Nll = Parameters<typeof right.nll>
  const squares: Likelihood.Likelihood<Tree.Empty> = {
    spec: { kind: "mse" },
    shapes: {},
    init: () => ({}),
    // The nll of N(output, 1/2) without its logarithm of sqrt(pi).
    nll: (p, output, target, weights) => {
      const half = Likelihood.gaussian({ std: Math.sqrt(0.5) })
      return half.nll(p, output, target, weights) - half.nll(p, output, output, weights)
    },
    nllGrad: (...args) => Likelihood.gaussian({ std: Math.sqrt(0.5) }).nllGrad(...args)
  }

  it("a squared error passed off as a likelihood", () => {
    expect(caught(squares)).toEqual([SUMS])
  })

  it("labels that are clamped into the classes, or looked at by the value alone", () => {
    const REFUSED = "targets that cannot be are refused"
    const categorical = Likelihood.categorical()
    const options = { outputs: 3, targets: [{ classes: 3 }], registry: false } as const
    const clamped = (target: Tensor.Tensor) =>
      Tensor.from(
        Tensor.toFloat64Array(target).map((k) => Math.min(2, Math.max(0, Math.round(k) || 0))),
        target
      )
    const lenient: typeof categorical = {
      ...categorical,
      nll: (p, output, target, weights) => categorical.nll(p, output, clamped(target), weights),
      nllGrad: (p, output, target, weights) => categorical.nllGrad(p, output, clamped(target), weights),
      assertTargets: () => {}
    }
    for (const one of ["nll", "nllGrad", "assertTargets"] as const) {
      expect(brokenBy(laws.likelihood({ ...categorical, [one]: lenient[one] }, options))).toEqual([REFUSED])
    }
    expect(brokenBy(laws.likelihood(categorical, options))).toEqual([])
  })

  it("a mean over the rows", () => {
    const mean: typeof right = {
      ...right,
      nll: (...args) => right.nll(...args) / args[1].shape[0]!,
      nllGrad: (...args) => scaled(right.nllGrad(...args), 1 / args[1].shape[0]!)
    }
    expect(caught(mean)).toEqual(["nll is a sum over rows", COUNTS, "conditional logPdf is -nll"])
  })

  it("a spec that forgets what only the gradient or the predictions show", () => {
    const SPEC = "its spec, as JSON, makes the same likelihood"
    const stretched: typeof right = {
      ...right,
      conditional: (p, output) => right.conditional(p, kernels(output.dtype).scale(2, output))
    }
    const steep: typeof right = { ...right, nllGrad: (...args) => scaled(right.nllGrad(...args), 1.01) }
    for (const self of [stretched, steep]) {
      const [law] = laws.likelihood(self, { outputs: 1 }).filter(({ name }) => name.endsWith(SPEC))
      expect(brokenBy([law!])).toEqual([SPEC])
    }
    expect(brokenBy(laws.likelihood(right, { outputs: 1 }))).toEqual([])
  })

  it("a gradient off by 1.01", () => {
    const steep = {
      ...right,
      nllGrad: (...args: Parameters<typeof right.nllGrad>) => scaled(right.nllGrad(...args), 1.01)
    }
    expect(caught(steep)).toEqual([GRADIENT])
  })

  it("a formula whose derivative has the wrong sign, or that leaves out its constant", () => {
    const formula = (logProb: string) => Likelihood.fromExpression({ logProb, target: "y", outputs: ["mu"] })
    const normal = formula("-(y - mu)^2 / 2 - log(2 pi) / 2")
    expect(caught(normal)).toEqual([])
    expect(caught({ ...normal, nllGrad: formula("(y - mu)^2 / 2").nllGrad })).toEqual([GRADIENT])
    expect(caught(formula("-(y - mu)^2 / 2"))).toEqual([SUMS])
  })

  it("a standard deviation for the variance of what it predicts", () => {
    const std: Likelihood.Continuous<Tree.Empty> = {
      ...Likelihood.gaussian({ std: 0.5 }),
      conditional: (p, output) => {
        const found = Likelihood.gaussian({ std: 0.5 }).conditional(p, output)
        return { ...found, variance: found.variance.map(Math.sqrt) }
      }
    }
    expect(caught(std)).toEqual(["conditional mean, variance and cdf are those of its density"])
  })

  it("logits of which the largest is left out", () => {
    const categorical = Likelihood.categorical()
    const rows = (output: Tensor.Tensor, weights = Tensor.full({ ...output, shape: [output.shape[0]!] }, 1)): number =>
      kernels(output.dtype).sum(weights)
    const off = {
      ...categorical,
      nll: (...args: Nll) => categorical.nll(...args) + 0.1 * rows(args[1], args[3])
    }
    expect(brokenBy(laws.likelihood(off, { outputs: 3, targets: [{ classes: 3 }], registry: false }))).toEqual([
      SUMS,
      "probabilities are exp(-nll) of each class"
    ])
  })

  it("a Poisson loss without the logarithm of the factorial", () => {
    const poisson = Likelihood.poisson()
    const short: Likelihood.Likelihood<Tree.Empty> = {
      ...poisson,
      nll: (p, output, target, weights) => {
        const zero = Tensor.zeros(output)
        return poisson.nll(p, output, target, weights) - poisson.nll(p, zero, target, weights) // whose rest is the rate
      }
    }
    const options = { outputs: 1, targets: ["count"], registry: false } as const
    expect(brokenBy(laws.likelihood(short, options))).toEqual([SUMS, "counts' logPdf is -nll"])
  })

  it("a distribution function of counts that leaves out its last step", () => {
    const poisson = Likelihood.poisson()
    const late: typeof poisson = {
      ...poisson,
      counts: (p, output) => {
        const found = poisson.counts(p, output)
        return { ...found, cdf: (i, y) => found.cdf(i, y - 1) }
      }
    }
    const options = { outputs: 1, targets: ["count"], registry: false } as const
    expect(brokenBy(laws.likelihood(poisson, options))).toEqual([])
    expect(brokenBy(laws.likelihood(late, options))).toEqual(["counts' mean, variance and cdf are those of their sum"])
  })

  it("probabilities in the order of 1 and 0", () => {
    const bernoulli = Likelihood.bernoulli()
    const turned: Likelihood.Classes<Tree.Empty> = {
      ...bernoulli,
      probabilities: (p, output) => bernoulli.probabilities(p, kernels(output.dtype).scale(-1, output))
    }
    const options = { outputs: 1, targets: [{ classes: 2 }], registry: false } as const
    expect(brokenBy(laws.likelihood(bernoulli, options))).toEqual([])
    expect(brokenBy(laws.likelihood(turned, options))).toEqual(["probabilities are exp(-nll) of each class"])
  })

  it("a product with the gradients of its parts in the wrong order", () => {
    const product = Likelihood.product([
      { likelihood: Likelihood.poisson(), outputs: 1, targets: 1 },
      { likelihood: Likelihood.bernoulli(), outputs: 1, targets: 1 }
    ])
    const turned: typeof product = {
      ...product,
      nllGrad: (...args) => {
        const { dParams, dOutput } = product.nllGrad(...args)
        return { dParams, dOutput: Tensor.concat([Tensor.slice(dOutput, 1, 1, 2), Tensor.slice(dOutput, 1, 0, 1)], 1) }
      }
    }
    const options = { outputs: 2, targets: ["count", { classes: 2 }], registry: false } as const
    expect(brokenBy(laws.likelihood(turned, options))).toEqual([GRADIENT])
  })
})

describe("broken weights", () => {
  const right = Likelihood.gaussianLearned({ targets: 2, dtype: "float64" })
  type Nll = Parameters<typeof right.nll>
  const caught = (self: Partial<typeof right>) =>
    brokenBy(laws.likelihood({ ...right, ...self }, { outputs: 2, registry: false }))
  const REFUSED = "weights that are none are refused"

  it("none: the right one breaks no law", () => {
    expect(caught({})).toEqual([])
  })

  it("weights that nobody reads", () => {
    const nll = (...[p, output, target]: Nll) => right.nll(p, output, target)
    const nllGrad = (...[p, output, target]: Nll) => right.nllGrad(p, output, target)
    expect(caught({ nll, nllGrad })).toEqual([COUNTS, REFUSED])
    expect(caught({ nll })).toEqual([GRADIENT, COUNTS, REFUSED])
  })

  it("weights that the likelihood's own parameters do not feel", () => {
    const nllGrad = (...[p, output, target, weights]: Nll) => ({
      dOutput: right.nllGrad(p, output, target, weights).dOutput,
      dParams: right.nllGrad(p, output, target).dParams
    })
    expect(caught({ nllGrad })).toEqual([GRADIENT, COUNTS])
  })

  it("a mean, divided by the sum of the weights as in other libraries", () => {
    const times = (weights: Tensor.Tensor | undefined) =>
      weights === undefined ? 1 : 1 / Math.max(1e-300, kernels("float64").sum(weights))
    const nll = (...args: Nll) => times(args[3]) * right.nll(...args)
    const nllGrad = (...args: Nll) => scaled(right.nllGrad(...args), times(args[3]))
    expect(caught({ nll, nllGrad })).toEqual([COUNTS])
  })

  it("weights below 0 taken for 0", () => {
    const clipped = ([p, output, target, weights]: Nll): Nll => [
      p,
      output,
      target,
      weights &&
        Tensor.from(
          Tensor.toFloat64Array(weights).map((w) => Math.max(w, 0)),
          weights
        )
    ]
    expect(
      caught({ nll: (...args) => right.nll(...clipped(args)), nllGrad: (...args) => right.nllGrad(...clipped(args)) })
    ).toEqual([REFUSED])
  })
})
