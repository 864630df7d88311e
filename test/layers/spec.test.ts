// Specs: what a saved model is rebuilt from, for our layers and for a layer, posterior and prior of a user's own.
import * as Schema from "effect/Schema"
import {
  BayesianLinear,
  bayesian,
  builtin,
  ConfigError,
  deterministic,
  type Empty,
  elu,
  fromSpec,
  Key,
  type Layer,
  type LayerDefinition,
  Linear,
  leakyRelu,
  meanField,
  Normal,
  Prior,
  type Registry,
  relu,
  ShapeError,
  Spec,
  sequential,
  Tensor,
  Tree
} from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { laws } from "effect-bayes/testing"
import { describe, expect, it } from "vitest"
import { under } from "../property/under.ts"

interface Gain {
  readonly gain: Tensor.Tensor
}

/** A user's layer: y = gain x, elementwise, with one gain for each input. */
const gainLayer = (options: { readonly size: number }): Layer<Gain, Empty> => {
  const spec = { shape: [options.size], dtype: "float64" } as const
  const times = (gain: Tensor.Tensor, x: Tensor.Tensor) => {
    const gains = Tensor.toFloat64Array(gain)
    return Tensor.from(
      Tensor.toFloat64Array(x).map((v, i) => v * gains[i % options.size]!),
      { shape: x.shape }
    )
  }
  return {
    ...deterministic,
    spec: { kind: "my-gain", size: options.size },
    shapes: { gain: spec },
    outShape: (inShape) => inShape,
    init: (key) => ({ gain: Normal.standard(key, spec) }),
    forward: ({ gain }, x) => times(gain, x),
    vjp: ({ gain }, x) => ({
      y: times(gain, x),
      pullback: (dy, want) => {
        const sums = new Float64Array(options.size)
        const xs = Tensor.toFloat64Array(x)
        for (const [i, d] of Tensor.toFloat64Array(dy).entries()) sums[i % options.size]! += d * xs[i]!
        return { dParams: { gain: Tensor.from(sums) }, ...(want?.dx === false ? {} : { dx: times(gain, dy) }) }
      }
    })
  }
}

const definition: LayerDefinition = Spec.define("my-gain", Schema.Struct({ size: Schema.Int }), gainLayer)

/** A user's prior: another name for N(0, 2^2). */
const wide: Prior.Prior = { ...Prior.normal({ std: 2 }), spec: { kind: "my-wide" } }

const registry: Registry = {
  ...builtin,
  layers: [...builtin.layers, definition],
  priors: [...builtin.priors, Spec.define("my-wide", Schema.Struct({}), () => wide)]
}

describe("a user's own layer and prior", () => {
  under("the layer", laws.layer(gainLayer({ size: 3 }), { inShape: [3], registry }))
  under("lifted", laws.layer(bayesian(gainLayer({ size: 2 }), meanField({ prior: wide })), { inShape: [2], registry }))
  const network = sequential(Linear.make({ in: 2, out: 3, dtype: "float64" }), gainLayer({ size: 3 }), relu)
  under("in a sequence", laws.layer(network, { inShape: [2], registry }))

  it("is refused where it is not registered, and the message says how to", () => {
    expect(() => fromSpec(gainLayer({ size: 3 }).spec)).toThrow(
      /^the kind of a layer: expected one of linear, .*, got my-gain\. A kind of your own is registered by adding its definition to the list$/
    )
    expect(() => fromSpec(network.spec)).toThrow(/my-gain/)
  })
})

describe("a spec from outside", () => {
  it("with a tensor whose numbers do not fit its shape is an error too", () => {
    const make = (values: unknown) => {
      const mean = { dtype: "float64", shape: [2], values }
      return Spec.rebuild("prior", Prior.definitions, { kind: "normal", mean, std: 1 }, undefined)
    }
    const two = Tensor.from([1, 2], { dtype: "float64" })
    expect(make([1, 2]).logProb(two)).toBe(Prior.normal().logProb(Tensor.zeros(two)))
    for (const values of [[1], [[1], [2, 3]], [1, null]]) {
      expect(() => make(values)).toThrow(ConfigError)
      expect(() => make(values)).toThrow('the spec of a "normal": expected the fields of its schema')
    }
  })

  it("is shown shortly, tensors by their shapes", () => {
    const rebuilt = (fields: object) => () =>
      Spec.rebuild("prior", Prior.definitions, { kind: "normal", ...fields }, undefined)
    expect(rebuilt({ mean: Tensor.zeros({ shape: [1000], dtype: "float32" }), std: "x" })).toThrow(
      'the spec of a "normal": expected the fields of its schema, got {"kind":"normal","mean":"float32 [1000]","std":"x"}. '
    )
    const long = "x".repeat(10_000)
    let message = ""
    try {
      rebuilt({ mean: 0, std: long })()
    } catch (error) {
      message = (error as ConfigError).message
    }
    expect(message).toContain(`got {"kind":"normal","mean":0,"std":"${"x".repeat(467)}...`)
    expect(message.length).toBeLessThan(1200)
    const kind = "k".repeat(10_000)
    expect(() => fromSpec({ kind })).toThrow(`got ${"k".repeat(500)}.... A kind`)
  })

  it("with a missing or wrong field is an error that shows it", () => {
    expect(() => fromSpec({ kind: "linear", in: 3, bias: true, dtype: "float32" })).toThrow(/"linear".*out/s)
    expect(() => fromSpec({ kind: "linear", in: 3, out: 1.5, bias: true, dtype: "float32" })).toThrow(ConfigError)
    expect(() => fromSpec({ kind: "linear", in: 3, out: 2, bias: true, dtype: "float16" })).toThrow(ConfigError)
    expect(() => fromSpec({ kind: "sequential", layers: [] })).toThrow(ConfigError)
    expect(() => fromSpec({ kind: "bayesian", layer: relu.spec, posterior: { kind: "laplace" } })).toThrow(
      /posterior: expected one of mean-field, empirical-bayes, got laplace/
    )
  })
})

describe("options that cannot be", () => {
  it("are refused by name", () => {
    expect(() => Linear.make({ in: 0, out: 1 })).toThrow("Linear, in: expected a whole number above 0, got 0")
    expect(() => BayesianLinear.make({ in: 1, out: 1.5 })).toThrow(/Linear, out/)
    expect(() => BayesianLinear.make({ in: 1, out: 1, initialStd: 0 })).toThrow(/initialStd/)
    expect(() => Prior.normal({ std: -1 })).toThrow("std of a normal: expected a finite number above 0, got -1")
    expect(() => Prior.normal({ mean: Number.NaN })).toThrow(ConfigError)
    expect(() => leakyRelu({ slope: -1 })).toThrow("slope of leakyRelu: expected a finite number, 0 or above, got -1")
    expect(() => elu({ alpha: 0 })).toThrow("alpha of elu: expected a finite number above 0, got 0")
    expect(() => fromSpec({ kind: "elu", alpha: Number.NaN })).toThrow(ConfigError)
    expect(() => Linear.make({ in: 3, out: 2 }).outShape([4])).toThrow(ShapeError)
    expect(() => sequential(Linear.make({ in: 3, out: 2 }), Linear.make({ in: 3, out: 2 })).outShape([3])).toThrow(
      'sequential, layer 1 ("linear"): expected a last axis of 3, got one of 2 from layer 0 ("linear")'
    )
  })
})

describe("what users of other libraries stumbled over", () => {
  const layer = BayesianLinear.make({ in: 4, out: 3 })
  const params = layer.init(Key.make(0))
  const x = Normal.standard(Key.make(1), { shape: [5, 4], dtype: "float32" })

  it("zero noise gives the output at the mean", () => {
    const mean = Linear.make({ in: 4, out: 3 }).forward({ weight: params.weight.mean, bias: params.bias.mean }, x, {})
    expect(Tensor.equals(layer.forward(params, x, Tree.zerosLike(layer.noise(Key.make(2), 5))), mean)).toBe(true)
  })

  it("KL is there before the first forward pass, and no forward pass changes it", () => {
    const before = layer.kl(params)
    layer.forward(params, x, layer.noise(Key.make(3), 5))
    expect(before).toBeGreaterThan(0)
    expect(layer.kl(params)).toBe(before)
  })

  it("lifting a trained layer starts from its weights, and its prior stays where it was", () => {
    const trained = Linear.make({ in: 4, out: 3 }).init(Key.make(4))
    const posterior = meanField<Linear.Params>()
    const q = posterior.init(trained, Key.make(5))
    expect(Tree.equals(posterior.mean(q), trained)).toBe(true)
    const moved = Tree.map(q, (leaf) => kernels(leaf.dtype).axpy(1, Tensor.full(leaf, 1), leaf))
    expect(posterior.kl(moved)).not.toBe(posterior.kl(q))
    expect(posterior.logPrior(q, trained)).toBe(meanField<Linear.Params>().logPrior(q, trained))
  })

  it("initial standard deviations fall with the square root of the fan-in, a bias's does not", () => {
    const first = (t: Tensor.Tensor) => Math.exp(Tensor.toFloat64Array(t)[0]!)
    for (const inputs of [1, 4, 100]) {
      const { weight, bias } = BayesianLinear.make({ in: inputs, out: 2, initialStd: 0.1, dtype: "float64" }).init(
        Key.make(0)
      )
      expect(first(weight.logStd)).toBeCloseTo(0.1 / Math.sqrt(inputs), 12)
      expect(first(bias.logStd)).toBeCloseTo(0.1, 12)
    }
  })

  it("rows of zeros have finite gradients", () => {
    const zero = Tensor.zeros({ shape: [2, 4], dtype: "float32" })
    const { y, pullback } = layer.vjp(params, zero, layer.noise(Key.make(6), 2))
    const { dParams, dx } = pullback(Tensor.full(y, 1))
    for (const { value } of Tree.leaves({ dParams, dx: dx! })) expect(kernels(value.dtype).allFinite(value)).toBe(true)
  })
})
