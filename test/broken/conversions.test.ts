// Mistakes of other libraries at going from a deterministic network to a Bayesian one and back, and the laws that catch them.
import { BayesianLinear, freeze, Key, type Layer, Linear, meanField, moped, Prior, Tensor, Tree } from "effect-bayes"
import { laws } from "effect-bayes/testing"
import { describe, expect, it } from "vitest"
import { brokenBy } from "./brokenBy.ts"

const dtype = "float64"
const linear = Linear.make({ in: 3, out: 2, dtype })
const trained = linear.init(Key.make(0))

describe("broken MOPED", () => {
  const prior = [
    ["bias", Prior.normal({ mean: trained.bias })],
    ["weight", Prior.normal({ mean: trained.weight })]
  ] as const
  const posterior = meanField<Linear.Params>({ prior })
  const right = moped(linear, trained).layer
  const caught = (layer: typeof right) =>
    brokenBy(
      laws.layer(layer, { inShape: [3], randomInit: false, registry: false, lifted: { layer: linear, posterior } })
    )

  it("none: the right one breaks no law", () => {
    expect(caught(right)).toEqual([])
  })

  it("a prior whose mean is the posterior's own, so that moving it costs nothing", () => {
    const spread = (q: BayesianLinear.Params): BayesianLinear.Params => ({
      weight: { mean: trained.weight, logStd: q.weight.logStd },
      bias: { mean: trained.bias, logStd: q.bias.logStd }
    })
    const aliased: typeof right = {
      ...right,
      kl: (q) => right.kl(spread(q)),
      klGrad: (q) => right.klGrad(spread(q))
    }
    expect(caught(aliased)).toEqual(["kl = Monte-Carlo E[log q - log p]"])
  })

  it("a posterior that never moves", () => {
    const stuck: typeof right = {
      ...right,
      vjp: (...args) => {
        const { y, pullback } = right.vjp(...args)
        const still = (back: ReturnType<typeof pullback>) => ({ ...back, dParams: Tree.zerosLike(back.dParams) })
        return { y, pullback: (...by) => still(pullback(...by)) }
      }
    }
    expect(caught(stuck)).toEqual(["gradient = central difference"])
  })
})

describe("a broken freeze", () => {
  it("that keeps a draw of the weights in place of their mean gives another output than zero noise", () => {
    const layer = BayesianLinear.make({ in: 3, out: 2, initialStd: 1, dtype })
    const params = layer.init(Key.make(1))
    const x = Tensor.from([[1, 2, 3]], { dtype })
    const drawn = layer.noise(Key.make(2), 1)
    const noisy: Layer<Tree.Empty, Tree.Empty> = {
      ...freeze(layer, params),
      forward: (_, input) => layer.forward(params, input, drawn)
    }
    const same = (frozen: typeof noisy) =>
      Tensor.equals(frozen.forward({}, x, {}), layer.forward(params, x, Tree.zerosLike(drawn)))
    expect(same(freeze(layer, params))).toBe(true)
    expect(same(noisy)).toBe(false)
    expect(brokenBy(laws.layer(noisy, { inShape: [3], dtype, registry: false }))).toEqual([
      "gradient = central difference",
      "the value of vjp is that of forward"
    ])
  })
})
