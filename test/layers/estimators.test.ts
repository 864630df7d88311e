// What the estimators refuse, the noise they ask for, and the values that can be said by hand.

import { Effect } from "effect"
import {
  BayesianLinear,
  bayesian,
  ConfigError,
  Conv2d,
  Dataset,
  type Estimator,
  fromSpec,
  Key,
  type Layer,
  Linear,
  Model,
  meanField,
  Noise,
  type Posterior,
  predictive,
  relu,
  ShapeError,
  sequential,
  Tensor,
  Tree
} from "effect-bayes"
import { describe, expect, it } from "vitest"

const linear = Linear.make({ in: 2, out: 3, dtype: "float64" })
const posterior = meanField<Linear.Params>()
const others = ["localReparameterization", "flipout"] as const

describe("refusals", () => {
  it("an estimator that is none", () => {
    const make = () => BayesianLinear.make({ in: 2, out: 3, estimator: "reinforce" as Estimator })
    expect(make).toThrow(ConfigError)
    expect(make).toThrow(
      'estimator: expected "reparameterization", "localReparameterization", "flipout", got "reinforce"'
    )
    const spec = { ...bayesian(linear, posterior).spec, estimator: "reinforce" }
    expect(() => fromSpec(spec)).toThrow(ConfigError)
  })

  for (const estimator of others) {
    it(`${estimator} over a layer that is no linear map`, () => {
      const lift = (layer: Layer<Linear.Params, Tree.Empty>) => () => bayesian(layer, posterior, { estimator })
      const hint = 'Lift the linear maps inside it each for itself, or use "reparameterization"'
      expect(lift(sequential(linear) as never)).toThrow(
        `estimator "${estimator}", layer: expected a linear map, such as Linear or Conv2d, got "sequential". ${hint}`
      )
      expect(lift(relu as never)).toThrow('got "relu"')
      expect(lift(BayesianLinear.make({ in: 2, out: 3 }) as never)).toThrow('got "bayesian", which has noise')
    })

    it(`${estimator} under a posterior whose weights are not independent`, () => {
      const { variance: _, ...rest } = posterior
      const correlated: Posterior<BayesianLinear.Params, Linear.Params, Linear.Params> = {
        ...rest,
        spec: { kind: "low-rank" }
      }
      expect(() => bayesian(linear, correlated as typeof posterior, { estimator })).toThrow(
        `estimator "${estimator}", posterior: expected one of independent weights (Factorized), such as meanField, got "low-rank"`
      )
      // @ts-expect-error the types refuse it too
      expect(() => bayesian(linear, correlated, { estimator })).toThrow(ConfigError)
    })
  }
})

describe("noise", () => {
  it("is one number for each output, or the weights' with a pair of signs for each row", () => {
    const local = bayesian(linear, posterior, { estimator: "localReparameterization" })
    const key = Key.make(0)
    expect(Tree.shapes(local.noise(key, 5))).toEqual({ output: { shape: [5, 3], dtype: "float64" } })
    expect(Tree.shapes(local.noise(key, 5, [4, 2]))).toEqual({ output: { shape: [5, 4, 3], dtype: "float64" } })
    const flipout = bayesian(linear, posterior, { estimator: "flipout" })
    expect(Tree.shapes(flipout.noise(key, 5, [4, 2]))).toEqual({
      weights: linear.shapes,
      signIn: { shape: [5, 2], dtype: "float64" },
      signOut: { shape: [5, 3], dtype: "float64" }
    })
  })

  it("of another number of rows is refused by the names of the layer and the leaf", () => {
    const x = tensorOf([[1, 2]])
    for (const call of ["forward", "vjp"] as const) {
      const local = bayesian(linear, posterior, { estimator: "localReparameterization" })
      const q = local.init(Key.make(0))
      expect(() => local[call](q, x, local.noise(Key.make(1), 4))).toThrow(
        'local reparameterization of "linear", noise at "output": expected float64 [1, 3], got float64 [4, 3]. ' +
          "It was drawn for another number of rows, 4: draw it with noise(key, 1)"
      )
      const flipout = bayesian(linear, posterior, { estimator: "flipout" })
      const [one, four] = [flipout.noise(Key.make(1), 1), flipout.noise(Key.make(1), 4)]
      expect(() => flipout[call](q, x, four)).toThrow(
        'flipout of "linear", noise at "signIn": expected float64 [1, 2], got float64 [4, 2]. ' +
          "It was drawn for another number of rows, 4: draw it with noise(key, 1)"
      )
      expect(() => flipout[call](q, x, { ...one, signOut: four.signOut })).toThrow('noise at "signOut"')
      // Of the same rows: nothing is said of them.
      expect(() => flipout[call](q, x, Tree.cast(one, "float32"))).toThrow(ShapeError)
      expect(() => flipout[call](q, x, { ...one, signIn: one.signOut })).toThrow(
        /noise at "signIn": expected float64 \[1, 2\], got float64 \[1, 3\]$/
      )
      // An input that does not fit is the input's fault.
      expect(() => flipout[call](q, tensorOf([[1, 2, 3]]), one)).toThrow("Linear(2 -> 3), input")
    }
  })

  it("of a convolution's outputs wants the shape of the images", () => {
    const local = bayesian(Conv2d.make({ in: 2, out: 3, kernel: 2 }), meanField(), {
      estimator: "localReparameterization"
    })
    expect(local.noise(Key.make(0), 5, [2, 4, 6]).output.shape).toEqual([5, 3, 3, 5])
    expect(() => local.noise(Key.make(0), 5)).toThrow(
      "noise of local reparameterization: expected the shape of the input, without its batch axis, got none"
    )
  })

  it("has signs that are exactly +1 or -1, one as often as the other", () => {
    const { signIn } = BayesianLinear.make({ in: 100, out: 3, estimator: "flipout" }).noise(Key.make(1), 100)
    const signs = Tensor.toFloat64Array(signIn)
    expect(new Set(signs)).toEqual(new Set([-1, 1]))
    // The sum of 10,000 has a standard deviation of 100: a fair one is beyond 500 with probability 6e-7, one that is
    // +1 with probability 0.54 within it with probability 2e-3.
    expect(Math.abs(signs.reduce((sum, s) => sum + s, 0))).toBeLessThan(500)
  })

  it("of zeros asks for the input's shape like any other", () =>
    Effect.gen(function* () {
      const noise = yield* Noise.Noise
      const layer = bayesian(linear, posterior, { estimator: "localReparameterization" })
      const eps = yield* noise.draw(layer, 0, 5, { inShape: [4, 2] })
      expect(eps.output.shape).toEqual([5, 4, 3])
    }).pipe(Effect.provide(Noise.layerZero), Effect.runPromise))
})

describe("local reparameterization at a variance of 0", () => {
  const layer = BayesianLinear.make({
    in: 2,
    out: 1,
    bias: false,
    dtype: "float64",
    estimator: "localReparameterization"
  })
  const tensor = (values: Tensor.Nested) => Tensor.from(values, { dtype: "float64" })
  const q = { weight: { mean: tensor([[1, 2]]), logStd: tensor([[0, 0]]) } }
  const eps = { output: tensor([[2], [2]]) }

  it("a row of zeros gives the mean, and no part of any gradient", () => {
    const { y, pullback } = layer.vjp(
      q,
      tensor([
        [0, 0],
        [3, 4]
      ]),
      eps
    )
    // The second row: 3 + 8, a standard deviation of 5, a noise of 2.
    expect(Tensor.toArray(y)).toEqual([[0], [21]])
    const { dParams, dx } = pullback(tensor([[1], [1]]))
    expect(Tensor.toArray(dParams.weight.mean)).toEqual([[3, 4]])
    // d sqrt(v) / d logStd = x^2 std^2 / sqrt(v): 9 / 5 and 16 / 5, by the noise.
    const [[a, b]] = Tensor.toArray(dParams.weight.logStd) as [[number, number]]
    expect([a, b]).toEqual([expect.closeTo(3.6, 14), expect.closeTo(6.4, 14)])
    const [first, second] = Tensor.toArray(dx!) as [number[], number[]]
    expect(first).toEqual([1, 2])
    expect(second).toEqual([expect.closeTo(1 + (2 * 3) / 5, 14), expect.closeTo(2 + (2 * 4) / 5, 14)])
  })

  it("and where the variance is too small for its dtype", () => {
    const tiny = { weight: { mean: q.weight.mean, logStd: tensor([[-1000, -1000]]) } }
    const { y, pullback } = layer.vjp(
      tiny,
      tensor([
        [1, 1],
        [3, 4]
      ]),
      eps
    )
    expect(Tensor.toArray(y)).toEqual([[3], [11]])
    expect(Tensor.toArray(pullback(tensor([[1], [1]])).dParams.weight.logStd)).toEqual([[0, 0]])
  })
})

describe("the estimator is an option of", () => {
  it("the layer, whose spec keeps it and leaves the default out", () => {
    for (const estimator of others) {
      const { spec } = BayesianLinear.make({ in: 2, out: 3, estimator })
      expect(spec).toMatchObject({ kind: "bayesian", estimator })
      expect(fromSpec(JSON.parse(JSON.stringify(spec)) as typeof spec).spec).toEqual(spec)
    }
    expect(bayesian(linear, posterior, { estimator: "reparameterization" }).spec).not.toHaveProperty("estimator")
  })

  it("a regression model, whose predictions are made with one draw for all rows", () => {
    const data = Dataset.make({ x: [[1], [2], [4]], y: [[1], [3], [2]] })
    for (const estimator of others) {
      const { network } = Model.regression(data, { hidden: [4], estimator })
      expect(network.spec).toMatchObject({ layers: [{ estimator }, { kind: "relu" }, { estimator }] })
      const plain = Model.regression(data, { hidden: [4] }).network
      expect(predictive(network).spec).toEqual(plain.spec)
      expect(predictive(network).noise(Key.make(3), 2)).toEqual(plain.noise(Key.make(3), 2))
    }
  })
})

const tensorOf = (values: Tensor.Nested) => Tensor.from(values, { dtype: "float64" })
