// MOPED: a trained network becomes Bayesian where it stands; its prior stays there, its posterior is trained.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  atMean,
  BayesianLinear,
  Conv2d,
  Dataset,
  Dropout,
  flatten,
  freeze,
  fromSpec,
  Key,
  Likelihood,
  Linear,
  Model,
  type MopedOptions,
  meanField,
  moped,
  Noise,
  Normal,
  type ParamsOf,
  Prior,
  relu,
  Standardizer,
  sequential,
  Tensor,
  Training,
  Tree,
  tanh
} from "effect-bayes"
import { laws } from "effect-bayes/testing"
import { under } from "../property/under.ts"

const dtype = "float64"
const linear = Linear.make({ in: 2, out: 3, dtype })
const trained: Linear.Params = {
  weight: Tensor.from(
    [
      [1, -2],
      [0, 4],
      [-0.5, 1e-5]
    ],
    { dtype }
  ),
  bias: Tensor.from([0.25, 0, -8], { dtype })
}
const values = (t: Tensor.Tensor) => Array.from(Tensor.toFloat64Array(t))

const priorOf = (weights: Linear.Params, std: number) =>
  meanField<Linear.Params>({
    prior: [
      ["bias", Prior.normal({ mean: weights.bias, std })],
      ["weight", Prior.normal({ mean: weights.weight, std })]
    ]
  })
const lifted = { layer: linear, posterior: priorOf(trained, 0.5) }
under(
  "moped over Linear",
  laws.layer(moped(linear, trained, { priorStd: 0.5 }).layer, { inShape: [2], randomInit: false, lifted })
)

const deep = sequential(Linear.make({ in: 2, out: 4, dtype }), tanh, Linear.make({ in: 4, out: 1, dtype }))
const deepWeights = deep.init(Key.make(1))
under(
  "moped over a whole sequential",
  laws.layer(moped(deep as never, deepWeights).layer, { inShape: [2], randomInit: false })
)

for (const estimator of ["localReparameterization", "flipout"] as const) {
  under(
    `moped over Linear, ${estimator}`,
    laws.layer(moped(linear, trained, { estimator }).layer, { inShape: [2], randomInit: false })
  )
}

const image = [2, 5, 3]
const conv = sequential(
  Conv2d.make({ in: 2, out: 4, kernel: [3, 2], stride: [2, 1], padding: [1, 0], groups: 2, dtype }),
  relu,
  Dropout.make({ rate: 0.5, dtype }),
  flatten,
  Linear.make({ in: 4 * 3 * 2, out: 2, dtype })
)
const convWeights = conv.init(Key.make(6))

describe("a convolutional network", () => {
  const [kernels, , , , dense] = convWeights
  const first = Conv2d.make({ in: 2, out: 4, kernel: [3, 2], stride: [2, 1], padding: [1, 0], groups: 2, dtype })
  const x = Normal.standard(Key.make(7), { shape: [3, ...image], dtype })

  it("is lifted layer by layer, kernels of any shape among them, and freezes back to what it was", () => {
    const lifted = moped(first, kernels, { estimator: "flipout" })
    const head = moped(Linear.make({ in: 4 * 3 * 2, out: 2, dtype }), dense)
    expect(lifted.converted).toEqual([
      { path: "bias", shape: [4] },
      { path: "weight", shape: [4, 1, 3, 2] }
    ])
    const network = sequential(lifted.layer, relu, flatten, head.layer)
    const at = [lifted.params, {}, {}, head.params] as const
    const without = Tree.zerosLike(conv.noise(Key.make(0), 3, image))
    const expected = conv.forward(convWeights, x, without)
    for (const still of [
      freeze(network, at).forward({}, x, {}),
      freeze(conv, convWeights).forward({}, x, {}),
      atMean(network, at).layer.forward(atMean(network, at).params, x, [{}, {}, {}, {}] as never),
      network.forward(at, x, Tree.zerosLike(network.noise(Key.make(0), 3, image)))
    ]) {
      expect(Tensor.equals(still, expected)).toBe(true)
    }
  })

  under(
    "frozen features below a layer that is trained",
    laws.layer(sequential(freeze(first, kernels), tanh, flatten, BayesianLinear.make({ in: 24, out: 2, dtype })), {
      inShape: image,
      dtype
    })
  )
})

describe("moped", () => {
  it("starts at the weights, with stds in proportion to them and above 0, around a prior of their mean", () => {
    const { layer, params, converted } = moped(linear, trained, { priorStd: 0.5, delta: 0.25, leastStd: 0.01 })
    expect(Tree.equals({ weight: params.weight.mean, bias: params.bias.mean }, trained)).toBe(true)
    const stds = { weight: [0.25, 0.5, 0.01, 1, 0.125, 0.01], bias: [0.0625, 0.01, 2] }
    for (const leaf of ["weight", "bias"] as const) {
      for (const [i, l] of values(params[leaf].logStd).entries()) expect(Math.exp(l)).toBeCloseTo(stds[leaf][i]!, 14)
    }
    // KL of N(w, s^2) to N(w, 0.25): the means agree, so only the stds count.
    const kl = [...stds.weight, ...stds.bias].reduce((sum, s) => sum - Math.log(2 * s) + 2 * s ** 2 - 0.5, 0)
    expect(layer.kl(params)).toBeCloseTo(kl, 12)
    expect(converted).toEqual([
      { path: "bias", shape: [3] },
      { path: "weight", shape: [3, 2] }
    ])
    expect(Tree.equals(layer.init(Key.make(3)), params)).toBe(true)
  })

  it("says of a whole sequence what was converted, by path", () => {
    expect(moped(deep as never, deepWeights).converted).toEqual([
      { path: "0.bias", shape: [4] },
      { path: "0.weight", shape: [4, 2] },
      { path: "2.bias", shape: [1] },
      { path: "2.weight", shape: [1, 4] }
    ])
  })

  it("lifts a sequence as a whole and layer by layer to the same distribution", () => {
    const whole = moped<ParamsOf<typeof deep>>(deep as never, deepWeights)
    const parts = [
      moped(Linear.make({ in: 2, out: 4, dtype }), deepWeights[0]),
      moped(Linear.make({ in: 4, out: 1, dtype }), deepWeights[2])
    ] as const
    const each = sequential(parts[0].layer, tanh, parts[1].layer)
    const at = [parts[0].params, {}, parts[1].params] as const
    expect(Tree.equals(at, whole.params)).toBe(true)
    expect(each.kl(at)).toBeCloseTo(whole.layer.kl(whole.params), 12)
    const x = Normal.standard(Key.make(2), { shape: [4, 2], dtype })
    const eps = each.noise(Key.make(3), 4)
    expect(Tensor.equals(each.forward(at, x, eps), whole.layer.forward(whole.params, x, eps))).toBe(true)
  })

  it("refuses options, layers and weights that cannot be", () => {
    const refused: ReadonlyArray<readonly [MopedOptions, string]> = [
      [{ priorStd: 0 }, "moped, priorStd: expected a finite number above 0, got 0"],
      [{ delta: -0.1 }, "moped, delta: expected a finite number above 0, got -0.1"],
      [{ leastStd: Number.NaN }, "moped, leastStd: expected a finite number above 0, got NaN"]
    ]
    for (const [options, message] of refused) expect(() => moped(linear, trained, options)).toThrow(message)
    expect(() => moped(linear, { ...trained, bias: Tensor.from([1, 2], { dtype }) })).toThrow(
      'moped, weights at "bias": expected float64 [3], got float64 [2]'
    )
    const done = BayesianLinear.make({ in: 2, out: 3, dtype })
    expect(() => moped(done as never, done.init(Key.make(0)))).toThrow('got "bayesian", which has noise')
    const { spec } = moped(linear, trained).layer
    expect(() => fromSpec({ ...spec, weights: [] })).toThrow('moped, weights at "weight": expected float64 [3, 2]')
  })

  // bayesian-torch's prior aliases the posterior's mean, so the KL's mean term stays 0; BLiTZ's never moves at all.
  it.effect("trained from where it stands, the posterior moves and the prior does not", () =>
    Effect.gen(function* () {
      const start = moped(linear, trained, { priorStd: 0.5 })
      const model = Model.make({
        network: start.layer,
        likelihood: Likelihood.gaussian({ std: 0.1 }),
        inputs: Standardizer.identity(2),
        targets: Standardizer.identity(3),
        dtype
      })
      const x = Normal.standard(Key.make(4), { shape: [60, 2], dtype })
      const truth = { ...trained, bias: Tensor.from([3, -2, -8], { dtype }) }
      const data = Dataset.make({ x, y: linear.forward(truth, x, {}) })
      const fit = yield* Training.fit(model, data, { epochs: 1500, batchSize: 60, learningRate: 0.03 })
      const { weight, bias } = fit.params.network
      // Sixty rows of noise 0.1 outweigh a prior of std 0.5: the biases come within a tenth of the truth.
      for (const [i, b] of [3, -2, -8].entries()) expect(Math.abs(values(bias.mean)[i]! - b)).toBeLessThan(0.1)
      expect(values(start.params.bias.mean)).toEqual(values(trained.bias))
      const moved = values(bias.mean).map((m, i) => m - values(trained.bias)[i]!)
      const meanTerm = [...moved, ...values(weight.mean).map((m, i) => m - values(trained.weight)[i]!)].reduce(
        (sum, d) => sum + (2 * d) ** 2 / 2,
        0
      )
      const stdTerm = [weight, bias]
        .flatMap(({ logStd }) => values(logStd))
        .reduce((sum, l) => sum - (l + Math.log(2)) + 2 * Math.exp(2 * l) - 0.5, 0)
      expect(meanTerm).toBeGreaterThan(15)
      expect(start.layer.kl(fit.params.network)).toBeCloseTo(meanTerm + stdTerm, 9)
      const again = fromSpec(JSON.parse(JSON.stringify(model.network.spec)) as typeof model.network.spec)
      expect(again.kl(fit.params.network)).toBe(start.layer.kl(fit.params.network))
    }).pipe(Effect.provide(Noise.layer(1)))
  )
})
