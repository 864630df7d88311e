// What a sequence does at its joints: gradients that end, shapes that do not fit, noise of the shape in between.
import {
  atMean,
  BayesianLinear,
  bayesian,
  deterministic,
  type Empty,
  Key,
  type Layer,
  Linear,
  meanField,
  Normal,
  predictive,
  relu,
  ShapeError,
  sequential,
  Tensor,
  tanh
} from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { describe, expect, it } from "vitest"

const linear = Linear.make({ in: 2, out: 2, dtype: "float64" })
const params = {
  weight: Tensor.from(new Float64Array([1, 2, 3, 4]), { shape: [2, 2] }),
  bias: Tensor.from(new Float64Array([0, 0]))
}
const x = Tensor.from([[1, -1]], { dtype: "float64" })
const wall: Layer<Empty, Empty> = {
  ...relu,
  spec: { kind: "wall" },
  vjp: (p, at, eps) => ({ y: relu.forward(p, at, eps), pullback: () => ({ dParams: {} }) })
}

describe("a layer that gives no dx", () => {
  it("is named where a layer below it has parameters", () => {
    const { pullback } = sequential(linear, relu, wall, relu).vjp([params, {}, {}, {}], x, [{}, {}, {}, {}])
    expect(() => pullback(x)).toThrow(ShapeError)
    expect(() => pullback(x)).toThrow(
      'sequential, pullback of layer 2 ("wall"): expected a gradient dx by its input, got none. ' +
        'Below it layer 0 ("linear") has parameters, whose gradient needs it'
    )
  })

  it("leaves layers below without parameters their empty records", () => {
    const { pullback } = sequential(relu, wall, linear).vjp([{}, {}, params], x, [{}, {}, {}])
    const { dParams, dx } = pullback(x)
    expect(dParams).toHaveLength(3)
    expect([dParams[0], dParams[1]]).toEqual([{}, {}])
    expect(Tensor.toArray(dParams[2].weight)).toEqual([
      [1, 0],
      [-1, 0]
    ])
    expect(dx).toBeUndefined()
  })
})

it("takes a list of layers whose number is not known, and refuses an empty one", () => {
  const layers = Array.from({ length: 3 }, () => linear)
  const deep = sequential(...layers)
  const all = [params, params, params]
  expect(Tensor.toArray(deep.forward(all, x, [{}, {}, {}]))).toEqual([[-17, -37]])
  expect(() => sequential(...layers.slice(3))).toThrow("sequential: expected at least one layer, got none")
})

describe("layers that do not fit", () => {
  const [three, four] = [Linear.make({ in: 4, out: 3 }), Linear.make({ in: 4, out: 2 })]

  it("are refused when composed, with both layers named, where their axes of features tell", () => {
    expect(() => sequential(three, relu, tanh, four)).toThrow(ShapeError)
    expect(() => sequential(three, relu, tanh, four)).toThrow(
      'sequential, layer 3 ("linear"): expected a last axis of 4, got one of 3 from layer 0 ("linear")'
    )
    expect(() => sequential(BayesianLinear.make({ in: 4, out: 3 }), four)).toThrow(
      'sequential, layer 1 ("linear"): expected a last axis of 4, got one of 3 from layer 0 ("bayesian")'
    )
  })

  it("are not refused where a layer between them may change the axis", () => {
    const unknown: typeof relu = { ...relu, spec: { kind: "fold" }, outShape: () => [4] }
    const { channels: _, ...folding } = unknown
    expect(sequential(three, folding, four).outShape([4])).toEqual([2])
  })

  it("are refused by outShape, with both layers and shapes named, where only the input's shape tells", () => {
    const { channels: _, ...opaque } = three
    expect(() => sequential(opaque, relu, four).outShape([4])).toThrow(
      'sequential, layer 2 ("linear"): expected a last axis of 4, got [3] from layer 1 ("relu")'
    )
    expect(() => sequential(opaque, relu).outShape([7])).toThrow(
      'sequential, layer 0 ("linear"): expected a last axis of 4, got [7] from the input'
    )
  })

  it("are refused in a pass as by outShape", () => {
    const { channels: _, ...opaque } = relu
    const network = sequential(sequential(three, opaque), four)
    const input = Tensor.zeros({ shape: [2, 4], dtype: "float32" })
    const params = network.init(Key.make(0))
    const message = 'sequential, layer 1 ("linear"): expected a last axis of 4, got [3] from layer 0 ("sequential")'
    expect(() => network.forward(params, input, [[{}, {}], {}])).toThrow(message)
    expect(() => network.vjp(params, input, [[{}, {}], {}])).toThrow(message)
    // Where shapes are not the reason, the layer's own error stands.
    const short = { ...params[0][0], bias: Tensor.zeros({ shape: [9], dtype: "float32" }) }
    expect(() => sequential(three, relu).forward([short, {}], input, [{}, {}])).toThrow(
      'Linear(4 -> 3), parameters at "bias"'
    )
  })

  it("are refused when sequences are composed, which have the channels of their ends", () => {
    const block = sequential(three, relu)
    expect(block.channels).toEqual({ axis: "last", in: 4, out: 3 })
    expect(sequential(relu, tanh).channels).toBe("same")
    const { channels: _, ...opaque } = relu
    expect(sequential(opaque, three).channels).toBeUndefined()
    expect(sequential(three, opaque).channels).toBeUndefined()
    expect(sequential(three, opaque, four).channels).toEqual({ axis: "last", in: 4, out: 2 })
    expect(() => sequential(block, sequential(relu, four))).toThrow(
      'sequential, layer 1 ("sequential"): expected a last axis of 4, got one of 3 from layer 0 ("sequential")'
    )
  })

  it("are refused inside one another", () => {
    const inner = sequential(relu, four)
    const outer = sequential({ ...three, channels: "same" } as typeof three, inner)
    expect(() => outer.outShape([4])).toThrow(
      'sequential, layer 1 ("sequential"), sequential, layer 1 ("linear"): expected a last axis of 4, got [3] from ' +
        'layer 0 ("relu"). Its input is [3] from layer 0 ("linear")'
    )
  })
})

describe("noise that depends on the input's shape", () => {
  /** A layer with an offset for each number of its output, drawn as noise. */
  const jitter: Layer<Empty, Tensor.Tensor> = {
    ...deterministic,
    spec: { kind: "jitter" },
    shapes: {},
    outShape: (inShape) => inShape,
    init: () => ({}),
    noise: (key, batch, inShape) => {
      if (inShape === undefined) throw new ShapeError({ where: "jitter", expected: "a shape", actual: "none" })
      return Normal.standard(key, { shape: [batch, ...inShape], dtype: "float64" })
    },
    forward: (_, input, eps) => kernels("float64").axpy(1, eps, input),
    vjp: (_, input, eps) => ({
      y: kernels("float64").axpy(1, eps, input),
      pullback: (dy) => ({ dParams: {}, dx: dy })
    }),
    atMean: () => ({ layer: relu, params: {} })
  }
  const shared: typeof jitter = { ...jitter, noise: (key, _, inShape) => jitter.noise(key, 1, inShape) }
  const network = sequential(linear, { ...jitter, predictive: shared })

  it("is drawn for the shape that the layers before it give", () => {
    const [, eps] = network.noise(Key.make(1), 5, [2])
    expect(eps.shape).toEqual([5, 2])
    expect(Tensor.equals(eps, jitter.noise(Key.fold(Key.make(1), 1), 5, [2]))).toBe(true)
    expect(() => network.noise(Key.make(1), 5)).toThrow(ShapeError)
  })

  it("is drawn by the view to predict with as that view's layers draw it", () => {
    const view = predictive(network)
    const [, eps] = view.noise(Key.make(1), 5, [2]) as readonly [Empty, Tensor.Tensor]
    expect(eps.shape).toEqual([1, 2])
    expect(predictive(view)).toBe(view)
    expect(predictive(linear)).toBe(linear)
  })

  it("is left out of the deterministic network", () => {
    const { layer, params: weights } = atMean(network, [params, {}])
    expect(layer.spec).toEqual({ kind: "sequential", layers: [linear.spec, relu.spec] })
    expect(weights).toEqual([params, {}])
    expect(atMean(linear, params)).toEqual({ layer: linear, params })
    expect(sequential(linear, relu).atMean).toBeUndefined()
    expect(() => bayesian(network as never, meanField())).toThrow('"sequential", which has noise')
  })
})
