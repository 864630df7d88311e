// Dropout: its masks, its view for predictions, the network at its mean, and what it refuses.
import {
  atMean,
  bayesian,
  ConfigError,
  Dropout,
  type Empty,
  fromSpec,
  Key,
  type Layer,
  Linear,
  meanField,
  parallel,
  predictive,
  relu,
  residual,
  ShapeError,
  sequential,
  Tensor,
  Tree
} from "effect-bayes"
import { describe, expect, it } from "vitest"

const x = Tensor.from(
  Array.from({ length: 8 }, () => [1, 2, 3, 4, 5, 6]),
  { dtype: "float64" }
)
const dropout = Dropout.make({ rate: 0.25, dtype: "float64" })
const rowsOf = (t: Tensor.Tensor) => (Tensor.toArray(t) as ReadonlyArray<ReadonlyArray<number>>).map(String)

describe("the noise", () => {
  it("drops an element or scales it by 1 / (1 - rate)", () => {
    const y = Tensor.toFloat64Array(dropout.forward({}, x, dropout.noise(Key.make(0), 8, [6])))
    const factors = new Set(Array.from(y, (v, i) => (v / ((i % 6) + 1)).toFixed(12)))
    expect([...factors].sort()).toEqual([(0).toFixed(12), (4 / 3).toFixed(12)])
  })

  it("drops a share of `rate`: 10,000 elements, false alarm below 6e-7 and a rate off by 0.04 missed below 2e-3", () => {
    const eps = Tensor.toFloat64Array(dropout.noise(Key.make(1), 100, [100]).eps)
    const dropped = eps.filter((e) => e === -1).length / eps.length
    expect(Math.abs(dropped - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 10_000))
  })

  it("at rate 0, or all zeros, changes nothing", () => {
    const none = Dropout.make({ rate: 0, dtype: "float64" })
    expect(Tensor.equals(none.forward({}, x, none.noise(Key.make(0), 8, [6])), x)).toBe(true)
    expect(Tensor.equals(dropout.forward({}, x, Tree.zerosLike(dropout.noise(Key.make(0), 8, [6]))), x)).toBe(true)
  })

  it("is another for each row in training, and one for all rows to predict", () => {
    const rows = rowsOf(dropout.forward({}, x, dropout.noise(Key.make(2), 8, [6])))
    expect(new Set(rows).size).toBeGreaterThan(1)
    const view = predictive(dropout)
    const draws = [3, 4].map((seed) => rowsOf(view.forward({}, x, view.noise(Key.make(seed), 8, [6]))))
    for (const draw of draws) expect(new Set(draw).size).toBe(1)
    expect(draws[0]![0]).not.toBe(draws[1]![0])
  })
})

describe("in a network", () => {
  const linear = Linear.make({ in: 6, out: 2, dtype: "float64" })
  const network = sequential(residual(dropout), linear, parallel(relu, dropout))

  it("the noise of each dropout has the shape of its input", () => {
    const shapes = Tree.leaves(network.noise(Key.make(0), 5, [6])).map(({ path, value }) => [path, value.shape])
    expect(shapes).toEqual([
      ["0.0.eps", [5, 6]],
      ["2.1.eps", [5, 2]]
    ])
    const view = predictive(network)
    expect(Tree.leaves(view.noise(Key.make(0), 5, [6])).map(({ value }) => value.shape[0])).toEqual([1, 1])
  })

  it("one draw of the view gives equal rows equal outputs", () => {
    const view = predictive(network)
    const y = view.forward(network.init(Key.make(0)), x, view.noise(Key.make(1), 8, [6]))
    expect(new Set(rowsOf(y)).size).toBe(1)
  })

  it("at its mean it is the deterministic network: zero noise gives the same", () => {
    const params = network.init(Key.make(0))
    const { layer, params: weights } = atMean(network, params)
    expect(layer.spec).toEqual({
      kind: "sequential",
      layers: [
        { kind: "residual", layers: [{ kind: "identity" }, { kind: "identity" }] },
        linear.spec,
        { kind: "parallel", layers: [{ kind: "relu" }, { kind: "identity" }] }
      ]
    })
    const still = network.forward(params, x, Tree.zerosLike(network.noise(Key.make(1), 8, [6])))
    expect(Tensor.equals(layer.forward(weights, x, layer.noise(Key.make(0), 8)), still)).toBe(true)
    expect(Tree.count(layer.noise(Key.make(0), 8))).toBe(0)
  })
})

describe("is refused", () => {
  it("noise without the input's shape", () => {
    expect(() => dropout.noise(Key.make(0), 2)).toThrow(ShapeError)
    expect(() => sequential(relu, dropout).noise(Key.make(0), 2)).toThrow(
      "Dropout, noise: expected the shape of an input without its batch axis, as it drops elements of it, got none. " +
        "Give it as the third argument: noise(key, batch, inShape)"
    )
  })

  it("a rate outside [0, 1), from a spec too", () => {
    for (const rate of [-0.1, 1, 1.5, Number.NaN]) {
      expect(() => Dropout.make({ rate })).toThrow(ConfigError)
      expect(() => Dropout.make({ rate })).toThrow(`Dropout, rate: expected a number from 0 to below 1, got ${rate}`)
    }
    expect(() => fromSpec({ kind: "dropout", rate: 1, dtype: "float32" })).toThrow("Dropout, rate")
  })

  it("an input of another dtype or shape than the noise", () => {
    const eps = dropout.noise(Key.make(0), 8, [6])
    expect(() => dropout.forward({}, Tensor.cast(x, "float32"), eps)).toThrow("dropout, noise: expected float32 [8, 6]")
    expect(() => dropout.forward({}, Tensor.rows(x, 0, 3), eps)).toThrow("expected float64 [3, 6], got float64 [8, 6]")
  })

  it("lifting it, alone or in a sequence", () => {
    const lift = (layer: unknown) => () => bayesian(layer as Layer<Empty, Empty>, meanField())
    for (const [layer, kind] of [
      [dropout, "dropout"],
      [sequential(relu, dropout), "sequential"],
      [residual(dropout), "residual"]
    ] as const) {
      expect(lift(layer)).toThrow(ConfigError)
      expect(lift(layer)).toThrow(`bayesian, layer: expected a deterministic layer, got "${kind}", which has noise`)
      expect(lift(layer)).toThrow("or it is a dropout: use it as it is, or lift the deterministic layers inside it")
    }
  })
})
