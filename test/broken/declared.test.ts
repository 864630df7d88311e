// Layers that say of themselves what is not so, and the laws that catch them.
import { type AnyLayer, BayesianLinear, Dropout, Linear, relu, sequential, Tensor, Tree } from "effect-bayes"
import { laws } from "effect-bayes/testing"
import { describe, expect, it } from "vitest"
import { brokenBy } from "./brokenBy.ts"

const dtype = "float64"
const caught = (layer: AnyLayer, inShape: ReadonlyArray<number> = [3]) =>
  brokenBy(laws.layer(layer, { inShape, dtype, registry: false }))

const CHANNELS = "its channels are those of its input and output"
const LINEAR = "it is linear in its parameters and, but for the bias, in its input"
const VIEW = "what it predicts with draws the same for any number of rows"
const MEAN = "zero noise gives the layer at its mean"

const linear = Linear.make({ in: 3, out: 2, dtype })
const network = sequential(BayesianLinear.make({ in: 3, out: 2, dtype, estimator: "flipout" }), relu)
const dropout = Dropout.make({ rate: 0.5, dtype })

describe("a layer that lies about itself", () => {
  it("none: the right ones break no law", () => {
    for (const layer of [linear, network, dropout]) expect(caught(layer)).toEqual([])
  })

  it("channels that are not its own: sequential would refuse what fits", () => {
    expect(caught({ ...linear, channels: "same" } as typeof linear)).toContain(CHANNELS)
    expect(caught({ ...linear, channels: { axis: "last", in: 2, out: 3 } } as typeof linear)).toContain(CHANNELS)
    expect(caught({ ...linear, channels: { axis: "first", in: 3, out: 2 } } as typeof linear, [4, 3])).toEqual([
      CHANNELS
    ])
  })

  it("linear, but it is not: local reparameterization and flipout would be wrong", () => {
    expect(caught({ ...relu, linear: true } as typeof relu)).toEqual([LINEAR])
    const shifted: typeof linear = { ...linear, forward: (p, x) => relu.forward({}, linear.forward(p, x, {}), {}) }
    expect(caught(shifted)).toContain(LINEAR)
  })

  it("a view for predictions that draws for each row, or none at all: predictions would depend on their batch", () => {
    const rows = { ...dropout, predictive: { ...dropout } }
    expect(caught(rows as typeof dropout)).toEqual([VIEW])
    for (const layer of [dropout, network] as ReadonlyArray<AnyLayer>) {
      const { predictive: _, ...without } = layer
      expect(caught(without)).toEqual([VIEW])
    }
  })

  it("another mean, or none: it would be frozen to other weights, or keep its noise", () => {
    const elsewhere: typeof network = {
      ...network,
      atMean: (params) => network.atMean!(Tree.map(params, (leaf) => Tensor.zeros(leaf)))
    }
    expect(caught(elsewhere)).toEqual([MEAN])
    const { atMean: _, ...without } = network
    expect(caught(without)).toEqual([MEAN])
  })
})
