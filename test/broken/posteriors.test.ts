// Deliberately broken posteriors and distributions, mistakes found in other libraries among them: each test names the laws that catch it.
import { Linear, type MeanField, meanField, Normal, type Posterior, Prior, Shape, Tensor, Tree } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { laws } from "effect-bayes/testing"
import { describe, expect, it } from "vitest"
import { brokenBy, scaled } from "./brokenBy.ts"

const MONTE_CARLO = "KL = E_q[log q - log p] within 5 standard errors"
const SUM_TREE = "KL is a sum over the tree"
const SUM_LEAF = "KL is a sum over the elements of a leaf"
const OWN_NOISE = "each weight has noise of its own"

type Weights = Linear.Params

describe("broken posteriors", () => {
  const prior = Prior.normal({ mean: 0.5, std: 0.7 })
  const right = meanField<Weights>({ prior })
  const weights = Linear.make({ in: 3, out: 2 }).shapes
  const caught = <N>(posterior: Posterior<MeanField<Weights>, Weights, N>) =>
    brokenBy(laws.posterior(posterior, { weights, registry: false }))
  const perNormal = (f: (q: Normal.Normal) => unknown, q: unknown): MeanField<Weights> =>
    Tree.mapWith(Normal.isNormal, (leaf) => f(leaf), q) as MeanField<Weights>
  const sum = (f: (q: Normal.Normal) => number, q: unknown): number =>
    Tree.leavesWith(Normal.isNormal, q).reduce((total, leaf) => total + f(leaf.value), 0)

  it("none: the right one breaks no law", () => {
    expect(caught(right)).toEqual([])
  })

  it("a mean over the weights of a leaf", () => {
    const n = (q: Normal.Normal) => Shape.size(q.mean.shape)
    const posterior: typeof right = {
      ...right,
      kl: (q) => sum((leaf) => prior.kl(leaf) / n(leaf), q),
      klGrad: (q) => perNormal((leaf) => scaled(prior.klGrad(leaf), 1 / n(leaf)), q)
    }
    expect(caught(posterior)).toEqual([MONTE_CARLO, SUM_LEAF])
  })

  it("a mean over the tree", () => {
    const n = (q: unknown) => Tree.leavesWith(Normal.isNormal, q).length
    const posterior: typeof right = {
      ...right,
      kl: (q) => right.kl(q) / n(q),
      klGrad: (q) => scaled(right.klGrad(q), 1 / n(q))
    }
    expect(caught(posterior)).toEqual([MONTE_CARLO, SUM_TREE])
  })

  it("a KL of the weight only", () => {
    const posterior: typeof right = {
      ...right,
      kl: (q) =>
        right.kl({
          ...q,
          bias: { mean: Tensor.full(q.bias.mean, 0.5), logStd: Tensor.full(q.bias.logStd, Math.log(0.7)) }
        }),
      klGrad: (q) => ({ ...right.klGrad(q), bias: Tree.zerosLike(q.bias) })
    }
    expect(caught(posterior)).toContain(MONTE_CARLO)
  })

  it("KL(p || q) for KL(q || p)", () => {
    const scalar = Normal.make({ mean: 0.5, std: 0.7, dtype: "float64" })
    const p = (q: Normal.Normal): Normal.Normal => ({
      mean: Tensor.full(q.mean, Tensor.item(scalar.mean)),
      logStd: Tensor.full(q.logStd, Tensor.item(scalar.logStd))
    })
    const posterior: typeof right = {
      ...right,
      kl: (q) => sum((leaf) => Normal.kl({ q: p(leaf), p: leaf }), q),
      klGrad: (q) => perNormal((leaf) => Normal.klGradPrior({ q: p(leaf), p: leaf }), q)
    }
    expect(caught(posterior)).toContain(MONTE_CARLO)
  })

  it("a variance for a standard deviation in the prior", () => {
    const other = meanField<Weights>({ prior: Prior.normal({ mean: 0.5, std: 0.49 }) })
    expect(caught({ ...right, kl: other.kl, klGrad: other.klGrad })).toEqual([MONTE_CARLO])
  })

  it("noise shared along an axis", () => {
    interface Shared {
      readonly weight: Tensor.Tensor
      readonly bias: Tensor.Tensor
    }
    /** One number for each output, the same for all of its inputs. */
    const spread = (eps: Shared): Weights => {
      const values = Tensor.toFloat64Array(eps.weight)
      const rows = Array.from({ length: 2 }, (_, o) => [values[o]!, values[o]!, values[o]!])
      return { weight: Tensor.from(rows, { dtype: eps.weight.dtype }), bias: eps.bias }
    }
    const posterior: Posterior<MeanField<Weights>, Weights, Shared> = {
      ...right,
      noise: (shapes, key) => right.noise({ ...shapes, weight: { ...shapes.weight, shape: [2] } }, key),
      sample: (q, eps) => right.sample(q, spread(eps)),
      pullback: (q, eps, dW) => right.pullback(q, spread(eps), dW),
      kl: (q) => right.kl(q),
      klGrad: (q) => right.klGrad(q)
    }
    expect(caught(posterior)).toEqual([OWN_NOISE])
  })

  it("a pullback off by 1.01, and one without the noise", () => {
    const law = "pullback = central difference"
    expect(caught({ ...right, pullback: (q, eps, dW) => scaled(right.pullback(q, eps, dW), 1.01) })).toEqual([law])
    const without: typeof right = {
      ...right,
      pullback: (q, eps, dW) =>
        right.pullback(
          q,
          Tree.map(eps, (e) => Tensor.full(e, 1)),
          dW
        )
    }
    expect(caught(without)).toEqual([law])
  })

  it("a sample that is off its mean by the noise's own mean", () => {
    const shifted: typeof right = {
      ...right,
      sample: (q, eps) =>
        right.sample(
          q,
          Tree.map(eps, (e) => kernels(e.dtype).axpy(1, Tensor.full(e, 0.1), e))
        )
    }
    expect(caught(shifted)).toContain("the sample without noise is the mean")
  })

  it("a KL with a small constant against division by zero: not 0 at the prior", () => {
    const atPrior = (shapes: Tree.Shapes<Weights>) =>
      Tree.mapWith(
        Tree.isSpec,
        (spec) => ({ mean: Tensor.zeros(spec), logStd: Tensor.zeros(spec) }),
        shapes
      ) as MeanField<Weights>
    const standard = meanField<Weights>()
    const guarded = { ...standard, kl: (q: MeanField<Weights>) => standard.kl(q) + 1e-12 }
    const broken = brokenBy(laws.posterior(guarded, { weights, atPrior, registry: false }))
    expect(broken).toContain("KL = 0 exactly at the prior")
    expect(brokenBy(laws.posterior(standard, { weights, atPrior }))).toEqual([])
  })
})

describe("broken distributions", () => {
  const caught = (change: Partial<typeof Normal>) =>
    brokenBy(laws.distribution({ ...Normal, ...change }, { shapes: (v) => ({ mean: v, logStd: v }) }))

  it("a density without its constant", () => {
    const logProb: typeof Normal.logProb = (p, x) =>
      kernels(x.dtype).axpy(1, Tensor.full(x, 0.9189), Normal.logProb(p, x))
    expect(caught({ logProb })).toContain("the density integrates to 1 within 1e-9")
  })

  it("an entropy off by a constant", () => {
    expect(caught({ entropy: (q) => Normal.entropy(q) + 0.5 })).toEqual([
      "entropy = E_q[-log q] within 5 standard errors"
    ])
  })

  it("a gradient by the prior that has the sign of the one by q", () => {
    expect(caught({ klGradPrior: Normal.klGrad })).toEqual(["gradient of KL by p = central difference"])
  })
})
