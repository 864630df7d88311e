// A frozen layer is the mean of what it froze, is not trained, and lets the gradient through; `atMean` gives it back.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  type AnyLayer,
  atMean,
  BayesianLinear,
  bayesian,
  Dataset,
  freeze,
  fromSpec,
  Key,
  Likelihood,
  Linear,
  Model,
  meanField,
  moped,
  Noise,
  Normal,
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
const x = Normal.standard(Key.make(9), { shape: [5, 3], dtype })
const first = BayesianLinear.make({ in: 3, out: 4, initialStd: 2, dtype })
const network = sequential(
  sequential(first, tanh),
  sequential(sequential(BayesianLinear.make({ in: 4, out: 4, initialStd: 2, dtype })), relu),
  BayesianLinear.make({ in: 4, out: 2, initialStd: 2, dtype })
)
const params = network.init(Key.make(1))
/** What the network gives without noise. */
const mean = (layer: AnyLayer, at: unknown) => layer.forward(at, x, Tree.zerosLike(layer.noise(Key.make(0), 5, [3])))

const dense = Linear.make({ in: 3, out: 3, dtype })

describe("freeze", () => {
  under("a frozen network", laws.layer(freeze(network, params), { inShape: [3], dtype }))
  under(
    "a frozen deterministic layer",
    laws.layer(
      freeze(Linear.make({ in: 2, out: 3, dtype }), {
        weight: Tensor.from(
          [
            [1, -2],
            [0.5, 3],
            [-0.25, 0]
          ],
          { dtype }
        ),
        bias: Tensor.from([1, 2, 3], { dtype })
      }),
      { inShape: [2], dtype }
    )
  )

  it("is the mean of the weights bit for bit, not a draw of them", () => {
    const frozen = freeze(network, params)
    expect(Tensor.equals(frozen.forward({}, x, {}), mean(network, params))).toBe(true)
    const drawn = network.forward(params, x, network.noise(Key.make(2), 5))
    expect(Tensor.equals(frozen.forward({}, x, {}), drawn)).toBe(false)
    expect([frozen.kl({}), Tree.count(frozen.init(Key.make(0))), Tree.count(frozen.noise(Key.make(0), 5))]).toEqual([
      0, 0, 0
    ])
  })

  it("is found again in a spec as JSON, inside a sequence too", () => {
    const head = BayesianLinear.make({ in: 2, out: 1, dtype })
    const whole = sequential(freeze(network, params), relu, head)
    const again = fromSpec(JSON.parse(JSON.stringify(whole.spec)) as typeof whole.spec)
    const theirs = [{}, {}, head.init(Key.make(4))]
    expect(Tensor.equals(mean(again, theirs), mean(whole, theirs))).toBe(true)
    expect(JSON.stringify(again.spec)).toBe(JSON.stringify(whole.spec))
  })

  it("frozen once or twice is the same, and a lifted trained layer freezes to what it was lifted from", () => {
    const once = freeze(network, params)
    expect(Tensor.equals(freeze(once, {}).forward({}, x, {}), once.forward({}, x, {}))).toBe(true)
    const linear = Linear.make({ in: 3, out: 2, dtype })
    const trained = linear.init(Key.make(5))
    const lifted = moped(linear, trained)
    const frozen = freeze(lifted.layer, lifted.params)
    expect(Tensor.equals(frozen.forward({}, x, {}), linear.forward(trained, x, {}))).toBe(true)
  })

  it("refuses parameters of another layer", () => {
    expect(() => freeze(Linear.make({ in: 3, out: 2 }), Linear.make({ in: 4, out: 2 }).init(Key.make(0)))).toThrow(
      'freeze, parameters at "weight": expected float32 [2, 3], got float32 [2, 4]'
    )
    const { spec } = freeze(first, first.init(Key.make(0)))
    const weights = (spec.weights as ReadonlyArray<unknown>).slice(1)
    expect(() => fromSpec({ ...spec, weights })).toThrow('freeze, parameters at "bias": expected float64 [4], got none')
  })

  it("refuses weights that are not finite, by path", () => {
    const weights = dense.init(Key.make(0))
    expect(() => freeze(dense, { ...weights, bias: Tensor.full(weights.bias, Number.NaN) })).toThrow(
      'freeze, parameters at "bias": expected finite numbers, got NaN or Infinity'
    )
  })

  it.effect("in front, it is not trained: only what comes after it is", () =>
    Effect.gen(function* () {
      const features = freeze(first, first.init(Key.make(6)))
      const model = Model.make({
        network: sequential(features, relu, BayesianLinear.make({ in: 4, out: 1, dtype })),
        likelihood: Likelihood.gaussian({ std: 0.1 }),
        inputs: Standardizer.identity(3),
        targets: Standardizer.identity(1),
        dtype
      })
      const data = Dataset.make({ x, y: [[1], [2], [3], [4], [5]] })
      const fit = yield* Training.fit(model, data, { epochs: 30 })
      const noise = yield* Noise.Noise
      const start = Model.init(model, noise.key("init"))
      expect(Tree.leaves(fit.params.network).map(({ path }) => path)).toEqual(
        ["bias.logStd", "bias.mean", "weight.logStd", "weight.mean"].map((path) => `2.${path}`)
      )
      for (const leaf of ["bias", "weight"] as const) {
        expect(Tensor.equals(fit.params.network[2][leaf].mean, start.network[2][leaf].mean)).toBe(false)
      }
      expect(Tensor.equals(features.forward({}, x, {}), mean(first, first.init(Key.make(6))))).toBe(true)
    }).pipe(Effect.provide(Noise.layer(1)))
  )
})

describe("atMean", () => {
  const whole = sequential(dense, tanh, Linear.make({ in: 3, out: 1, dtype }))
  const cases: ReadonlyArray<readonly [string, AnyLayer, unknown]> = [
    ["one Bayesian layer", first, first.init(Key.make(7))],
    ["nested sequences", network, params],
    ["a whole sequence lifted", bayesian(whole, meanField()), bayesian(whole, meanField()).init(Key.make(8))],
    ["a sequence with frozen parts", sequential(freeze(first, first.init(Key.make(7))), relu), [{}, {}]],
    ["a deterministic layer", dense, dense.init(Key.make(2))]
  ]
  it.each(cases)("of %s gives its output without noise, bit for bit, and has none", (_, layer, at) => {
    const found = atMean(layer, at)
    expect(Tensor.equals(mean(found.layer, found.params), mean(layer, at))).toBe(true)
    expect(Tree.count(found.layer.noise(Key.make(0), 5, [3]))).toBe(0)
    expect(found.layer.kl(found.params)).toBe(0)
    Tree.assertShapes("atMean", found.layer.shapes, found.params)
  })
})
