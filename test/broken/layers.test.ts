// Deliberately broken layers, mistakes found in other libraries among them: each test names the laws that catch it.
import { BayesianLinear, type Layer, Linear, meanField, Normal, relu, Tensor, Tree } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { laws } from "effect-bayes/testing"
import { describe, expect, it } from "vitest"
import { storage } from "../../src/core/storage.ts"
import { affineMoments } from "../property/affineMoments.ts"
import { brokenBy, GRADIENT, scaled } from "./brokenBy.ts"

const KL_GRADIENT = "KL gradient = central difference"
const EMPTY = "a batch of no rows gives an output of none, and no gradient"
const MOMENTS = "moments over the noise are exact ones within 5 standard errors"

type Params = BayesianLinear.Params
type Weights = Linear.Params

describe("broken layers", () => {
  const right = BayesianLinear.make({ in: 3, out: 2, dtype: "float64" })
  const caught = <P, E>(layer: Layer<P, E>) => brokenBy(laws.layer(layer, { inShape: [3], registry: false }))
  const linear = Linear.make({ in: 3, out: 2, dtype: "float64" })

  it("none: the right one breaks no law", () => {
    expect(brokenBy(laws.layer(right, { inShape: [3], moments: affineMoments }))).toEqual([])
  })

  it("KL with the wrong sign", () => {
    const layer: typeof right = { ...right, kl: (p) => -right.kl(p), klGrad: (p) => scaled(right.klGrad(p), -1) }
    expect(caught(layer)).toEqual(["KL is finite and not negative"])
  })

  it("a KL gradient off by 1.01", () => {
    expect(caught({ ...right, klGrad: (p) => scaled(right.klGrad(p), 1.01) })).toEqual([KL_GRADIENT])
  })

  const withPullback = (change: (back: { readonly dParams: Params; readonly dx?: Tensor.Tensor }) => unknown) => ({
    ...right,
    vjp: (...args: Parameters<typeof right.vjp>) => {
      const { y, pullback } = right.vjp(...args)
      return { y, pullback: (...by: Parameters<typeof pullback>) => change(pullback(...by)) as { dParams: Params } }
    }
  })

  it("gradients by the parameters off by 1.01", () => {
    expect(caught(withPullback((back) => ({ ...back, dParams: scaled(back.dParams, 1.01) })))).toEqual([GRADIENT])
  })

  it("a gradient by the input off by 1.01", () => {
    const layer = withPullback((back) => ({ ...back, ...(back.dx && { dx: scaled(back.dx, 1.01) }) }))
    expect(caught(layer)).toEqual([GRADIENT])
  })

  it("a gradient that forgets the bias", () => {
    const layer = withPullback((back) => ({
      ...back,
      dParams: { ...back.dParams, bias: Tree.zerosLike(back.dParams.bias) }
    }))
    expect(caught(layer)).toEqual([GRADIENT])
  })

  it("a relu whose derivative is 1 below 0 as well: kinks excuse nothing", () => {
    const layer: typeof relu = {
      ...relu,
      vjp: (p, x) => ({ y: relu.forward(p, x, {}), pullback: (dy) => ({ dParams: {}, dx: dy }) })
    }
    expect(caught(layer)).toContain(GRADIENT)
  })

  it("an output that is written to again, as the buffer of the next one", () => {
    const buffers = new Map<string, Tensor.Tensor>()
    const layer: typeof right = {
      ...right,
      forward: (p, x, eps) => {
        const y = right.forward(p, x, eps)
        const kept = buffers.get(y.shape.join()) ?? y
        kept[storage].set(y[storage])
        buffers.set(y.shape.join(), kept)
        return kept
      }
    }
    expect(caught(layer)).toContain("inputs are not modified")
  })

  it("an input that is written to", () => {
    const layer: typeof right = {
      ...right,
      forward: (p, x, eps) => {
        x[storage][0] = 0
        return right.forward(p, x, eps)
      }
    }
    expect(caught(layer)).toContain("inputs are not modified")
  })

  it("a forward pass that forgets its batch's last row", () => {
    const layer: typeof right = {
      ...right,
      forward: (p, x, eps) => {
        const last = x.shape[0]! - 1
        const y = right.forward(p, x, eps)
        return last === 0 ? y : Tensor.concatRows([Tensor.rows(y, 0, last), Tensor.zeros({ ...y, shape: [1, 2] })])
      }
    }
    expect(caught(layer)).toEqual([
      GRADIENT,
      "the value of vjp is that of forward",
      "a batch is its rows, stacked",
      EMPTY,
      "zero noise gives the layer at its mean"
    ])
  })

  it("one noise for each row in place of one for each weight", () => {
    interface RowNoise {
      readonly rows: Tensor.Tensor
    }
    /** The noise of one row, for all weights alike. */
    const spread = ({ rows }: RowNoise, row: number): Weights => {
      const value = Tensor.toFloat64Array(rows)[row]!
      return Tree.fromShapes<Weights>(linear.shapes, (spec) => Tensor.full(spec, value))
    }
    const eachRow = <A>(x: Tensor.Tensor, f: (x: Tensor.Tensor, row: number) => A): ReadonlyArray<A> =>
      Array.from({ length: x.shape[0]! }, (_, row) => f(Tensor.rows(x, row, row + 1), row))
    const stacked = (parts: ReadonlyArray<Tensor.Tensor>) => Tensor.concatRows(parts as [Tensor.Tensor])
    const add = (a: Params, b: Params) => Tree.zip(a, b, (s, t) => kernels("float64").axpy(1, s, t))
    const layer: Layer<Params, RowNoise> = {
      ...right,
      noise: (key, batch) => ({ rows: Normal.standard(key, { shape: [batch, 1], dtype: "float64" }) }),
      forward: (p, x, eps) => stacked(eachRow(x, (one, row) => right.forward(p, one, spread(eps, row)))),
      vjp: (p, x, eps) => ({
        y: stacked(eachRow(x, (one, row) => right.forward(p, one, spread(eps, row)))),
        pullback: (dy, want) => {
          const backs = eachRow(x, (one, row) =>
            right.vjp(p, one, spread(eps, row)).pullback(Tensor.rows(dy, row, row + 1), want)
          )
          const dParams = backs.map((back) => back.dParams).reduce(add)
          return { dParams, ...(want?.dx === false ? {} : { dx: stacked(backs.map((back) => back.dx!)) }) }
        }
      }),
      kl: (p) => right.kl(p),
      klGrad: (p) => right.klGrad(p)
    }
    expect(brokenBy(laws.layer(layer, { inShape: [3], registry: false, moments: affineMoments }))).toEqual([
      EMPTY,
      MOMENTS,
      "what it predicts with draws the same for any number of rows"
    ])
  })

  it("a pullback that computes dx though it is not wanted, and one that returns a constant", () => {
    expect(
      caught({
        ...linear,
        vjp: (p, x) => ({ ...linear.vjp(p, x, {}), pullback: (dy) => linear.vjp(p, x, {}).pullback(dy) })
      })
    ).toEqual(["want { dx: false } leaves dx out and changes no dParams"])
    const constant = withPullback(({ dParams, dx }) => ({
      dParams: Tree.map(dParams, (d) => Tensor.full(d, 1)),
      ...(dx && { dx })
    }))
    expect(caught(constant)).toEqual([GRADIENT, "the pullback is linear in dy", EMPTY])
  })

  it("parameters and noise that ignore the key", () => {
    const law = "same seed, same bytes; another seed, others"
    expect(caught({ ...right, init: () => Tree.map(right.init({ k0: 0, k1: 0 }), Tensor.zeros) })).toEqual([law])
    expect(caught({ ...right, noise: () => right.noise({ k0: 0, k1: 0 }, 1) })).toEqual([law])
  })

  it("weights and biases that are drawn under one key", () => {
    const shared: typeof right = {
      ...right,
      init: (key) => Tree.fromShapes<Params>(right.shapes, (spec) => Normal.standard(key, spec)),
      noise: (key) => Tree.fromShapes<Weights>(linear.shapes, (spec) => Normal.standard(key, spec))
    }
    expect(caught(shared)).toEqual([
      "no two numbers of its noise are correlated",
      "no two numbers of its initial parameters are correlated"
    ])
  })

  it("shapes that are not those of the output", () => {
    expect(brokenBy(laws.layer({ ...relu, outShape: () => [4] }, { inShape: [3] }))).toContain(
      "shapes and dtypes are as declared"
    )
  })

  it("a spec that does not round-trip", () => {
    const layer = { ...linear, spec: { ...linear.spec, bias: false } }
    expect(brokenBy(laws.layer(layer, { inShape: [3] }))).toEqual(["its spec, as JSON, makes the same layer"])
  })
})

describe("broken liftings: layers that are not what they claim to lift", () => {
  const layer = Linear.make({ in: 3, out: 2, dtype: "float64" })
  const posterior = meanField<Weights>()
  const right = BayesianLinear.make({ in: 3, out: 2, dtype: "float64" })
  const caught = (broken: typeof right) =>
    brokenBy(laws.layer(broken, { inShape: [3], registry: false, lifted: { layer, posterior } }))

  const KL = "kl = Monte-Carlo E[log q - log p]"
  const LIFTED = "forward = the lifted layer under sampled weights"
  const NOISE = "the output or the KL depends on every noise leaf"

  /** The layer whose noise is changed before it is used, with the gradients of that. */
  const withNoise = (change: (eps: Weights) => Weights): typeof right => ({
    ...right,
    forward: (p, x, eps) => right.forward(p, x, change(eps)),
    vjp: (p, x, eps) => right.vjp(p, x, change(eps))
  })

  it("none: the right one breaks no law", () => {
    expect(caught(right)).toEqual([])
  })

  it("a KL that is the mean over the weights, not their sum", () => {
    expect(caught({ ...right, kl: (p) => right.kl(p) / 8, klGrad: (p) => scaled(right.klGrad(p), 1 / 8) })).toEqual([
      KL
    ])
  })

  it("the KL from the prior to the posterior", () => {
    const kl = ({ mean, logStd }: Normal.Normal): number => {
      const means = Tensor.toFloat64Array(mean)
      const terms = Tensor.toFloat64Array(logStd).map((s, i) => s + (1 + means[i]! ** 2) / (2 * Math.exp(2 * s)) - 0.5)
      return terms.reduce((sum, term) => sum + term, 0)
    }
    const klGrad = ({ mean, logStd }: Normal.Normal): Normal.Normal => {
      const [means, logStds] = [Tensor.toFloat64Array(mean), Tensor.toFloat64Array(logStd)]
      return {
        mean: Tensor.from(
          means.map((m, i) => m / Math.exp(2 * logStds[i]!)),
          mean
        ),
        logStd: Tensor.from(
          logStds.map((s, i) => 1 - (1 + means[i]! ** 2) / Math.exp(2 * s)),
          logStd
        )
      }
    }
    const reversed: typeof right = {
      ...right,
      kl: ({ weight, bias }) => kl(weight) + kl(bias),
      klGrad: ({ weight, bias }) => ({ weight: klGrad(weight), bias: klGrad(bias) })
    }
    expect(caught(reversed)).toEqual([KL])
  })

  it("a KL that leaves the bias out", () => {
    const withoutBias = (p: Params): Params => ({
      ...p,
      bias: { mean: Tensor.zeros(p.bias.mean), logStd: Tensor.zeros(p.bias.logStd) }
    })
    expect(
      caught({ ...right, kl: (p) => right.kl(withoutBias(p)), klGrad: (p) => right.klGrad(withoutBias(p)) })
    ).toEqual([KL])
  })

  it("noise that all inputs of an output share", () => {
    const shared = ({ weight, bias }: Weights): Weights => {
      const values = Tensor.toFloat64Array(weight)
      return {
        weight: Tensor.from(
          values.map((_, i) => values[i - (i % 3)]!),
          weight
        ),
        bias
      }
    }
    expect(caught(withNoise(shared))).toEqual([LIFTED])
  })

  it("noise that is drawn and not used, all of it or the bias's", () => {
    expect(caught(withNoise(Tree.zerosLike))).toEqual([NOISE, LIFTED])
    expect(caught(withNoise((eps) => ({ ...eps, bias: Tree.zerosLike(eps.bias) })))).toEqual([NOISE, LIFTED])
    const unclaimed = laws.layer(withNoise(Tree.zerosLike), { inShape: [3], registry: false })
    expect(brokenBy(unclaimed)).toEqual([NOISE])
  })

  it("noise of another variance or mean than the posterior's", () => {
    const law = "its noise has the posterior's mean and variance within 5 standard errors"
    expect(caught({ ...right, noise: (key, batch) => scaled(right.noise(key, batch), 2) })).toEqual([law])
    const positive = (eps: Weights) => Tree.map(eps, (e) => Tensor.from(Tensor.toFloat64Array(e).map(Math.abs), e))
    expect(caught({ ...right, noise: (key, batch) => positive(right.noise(key, batch)) })).toEqual([law])
  })

  it("a mean that is not the posterior's", () => {
    const larger: typeof right = { ...right, forward: (p, x, eps) => right.forward(scaled(p, 1.01), x, eps) }
    expect(
      caught({ ...larger, vjp: (p, x, eps) => ({ ...right.vjp(p, x, eps), y: larger.forward(p, x, eps) }) })
    ).toEqual([GRADIENT, "eps = 0 gives the mean", LIFTED, "zero noise gives the layer at its mean"])
  })
})
