// Rows that count differently: a weight of 2 is the row twice, in the whole objective and in what training finds.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  BayesianLinear,
  Dataset,
  Key,
  Likelihood,
  Model,
  Noise,
  Normal,
  relu,
  Standardizer,
  sequential,
  sgd,
  Tensor,
  Training,
  Tree
} from "effect-bayes"

const dtype = "float64"
const network = sequential(
  BayesianLinear.make({ in: 2, out: 4, initialStd: 0.3, dtype }),
  relu,
  BayesianLinear.make({ in: 4, out: 3, dtype })
)
const standardizers = { inputs: Standardizer.identity(2), dtype } as const
const regression = Model.make({
  ...standardizers,
  network,
  likelihood: Likelihood.gaussianLearned({ targets: 3, dtype }),
  targets: Standardizer.identity(3)
})
const classification = Model.make({
  ...standardizers,
  network,
  likelihood: Likelihood.categorical(),
  targets: Standardizer.identity(1)
})

const x = Normal.standard(Key.make(1), { shape: [5, 2], dtype })
const y = Normal.standard(Key.make(2), { shape: [5, 3], dtype })
const labels = Tensor.from([[0], [2], [1], [1], [0]], { dtype })
const weights = [2, 1, 0, 3, 1]
/** The rows as often as their weights say. */
const repeated = weights.flatMap((w, row) => new Array<number>(w).fill(row))
const flat = (tree: unknown) => Tree.leaves(tree).flatMap(({ value }) => Array.from(Tensor.toFloat64Array(value)))

describe("weights of a batch", () => {
  const eps = network.noise(Key.make(3), 5)
  const check = <L>(
    model: Model.Model<Model.ParamsOf<typeof regression>["network"], typeof eps, L>,
    target: Tensor.Tensor
  ) => {
    const params = Model.init(model, Key.make(4))
    const batch = { x, y: target, weights: Tensor.from(weights, { dtype }) }
    const twice = { x: Tensor.takeRows(x, repeated), y: Tensor.takeRows(target, repeated) }
    // The objective is per row of the training set: times N it is that of all rows, and the KL counts once in either.
    const weighted = Training.negElboGrad(model, params, batch, eps, { rows: 5 })
    const stacked = Training.negElboGrad(model, params, twice, eps, { rows: 7 })
    expect(weighted.loss.klNats).toBe(stacked.loss.klNats)
    expect(5 * weighted.loss.nllMean).toBeCloseTo(7 * stacked.loss.nllMean, 11)
    expect(5 * weighted.loss.negElboMean).toBeCloseTo(7 * stacked.loss.negElboMean, 11)
    expect(Training.negElbo(model, params, batch, eps, { rows: 5 })).toEqual(weighted.loss)
    const expected = flat(stacked.grads)
    for (const [i, g] of flat(weighted.grads).entries()) expect(5 * g).toBeCloseTo(7 * expected[i]!, 11)
    const ones = { ...batch, weights: Tensor.full({ shape: [5], dtype }, 1) }
    expect(Training.negElbo(model, params, ones, eps, { rows: 5 })).toEqual(
      Training.negElbo(model, params, { x, y: target }, eps, { rows: 5 })
    )
  }

  it("of real targets: 2 is the row twice, 0 none, 1 as if there were no weights", () => check(regression, y))
  it("of classes too", () => check(classification, labels))

  it("of another number of rows are refused", () => {
    const batch = { x, y, weights: Tensor.from([1, 2], { dtype }) }
    const params = Model.init(regression, Key.make(4))
    expect(() => Training.negElbo(regression, params, batch, eps, { rows: 5 })).toThrow(
      /expected float64 \[5\], got float64 \[2\]/
    )
  })
})

describe("training on weighted rows", () => {
  const gaussian = Likelihood.gaussian({ std: 1 })
  const parts = {
    network: BayesianLinear.make({ in: 1, out: 1, dtype }),
    inputs: Standardizer.identity(1),
    targets: Standardizer.identity(1),
    dtype
  } as const

  it.effect("takes each row's own weight along, in whatever order rows come", () =>
    Effect.gen(function* () {
      const seen: Array<readonly [target: number, weight: number]> = []
      const spied: typeof gaussian = {
        ...gaussian,
        nll: (params, output, target, given) => {
          const of = Tensor.toFloat64Array(given!)
          seen.push(...Array.from(Tensor.toFloat64Array(target), (id, i) => [id, of[i]!] as const))
          return gaussian.nll(params, output, target, given)
        }
      }
      const ids = [0, 1, 2, 3, 4, 5, 6]
      const rows = ids.map((id) => [id])
      const data = Dataset.make({ x: rows, y: rows, weights: ids.map((id) => id / 8) })
      yield* Training.fit(Model.make({ ...parts, likelihood: spied }), data, { epochs: 3, batchSize: 3 })
      expect(seen.length).toBe(21)
      for (const [id, weight] of seen) expect(weight).toBe(id / 8)
      expect(seen.slice(0, 7)).not.toEqual(seen.slice(7, 14))
    }).pipe(Effect.provide(Noise.layer(1)))
  )

  it.effect("finds the weighted mean, and nothing in a row of weight 0", () =>
    Effect.gen(function* () {
      // Without noise and KL the mean of a Gaussian is the weighted mean of the targets.
      const model = Model.make({ ...parts, likelihood: gaussian })
      const data = Dataset.make({ x: [[0], [0], [0], [0]], y: [[1], [5], [-3], [2]], weights: [1, 0.5, 2, 0] })
      const options = { epochs: 400, batchSize: 4, temperature: 0, optimizer: sgd({ learningRate: 0.1 }) }
      const bias = (dataset: Dataset.Dataset) =>
        Effect.map(Training.fit(model, dataset, options), ({ params }) => Tensor.item(params.network.bias.mean))
      expect(yield* bias(data)).toBeCloseTo((1 + 2.5 - 6) / 3.5, 10)
      expect(yield* bias(Dataset.make({ x: data.x, y: data.y }))).toBeCloseTo(5 / 4, 10)
      const start = Model.init(model, (yield* Noise.Noise).key("init"))
      expect(yield* bias(Dataset.take(data, [3, 3]))).toBe(Tensor.item(start.network.bias.mean))
    }).pipe(Effect.provide(Noise.layerZero))
  )
})
