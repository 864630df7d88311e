// Predictions of networks that were trained with noise for each row: a weight draw serves all rows even so.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  BayesianLinear,
  type Estimator,
  Key,
  type Layer,
  Likelihood,
  Model,
  Noise,
  Normal,
  Prediction,
  relu,
  Standardizer,
  sequential,
  Tensor,
  Tree
} from "effect-bayes"

const x = Normal.standard(Key.make(1), { shape: [1040, 2], dtype: "float64" })
const outputs = 2

const network = (estimator: Estimator) =>
  sequential(
    BayesianLinear.make({ in: 2, out: 6, initialStd: 0.5, estimator }),
    relu,
    sequential(BayesianLinear.make({ in: 6, out: outputs, initialStd: 0.5, estimator }))
  ) as Layer<unknown, unknown>

const standardizers = { inputs: Standardizer.identity(2), targets: Standardizer.identity(outputs) }

describe.each(["localReparameterization", "flipout"] as const)("%s", (estimator) => {
  const regression = Model.make({
    network: network(estimator),
    likelihood: Likelihood.gaussian({ std: 0.1 }),
    ...standardizers
  })
  const params = Model.init(regression, Key.make(2))
  const likelihood = Likelihood.categorical()
  const classifier = { model: Model.make({ ...regression, likelihood }), params }

  it.effect("predicts a row alike wherever it stands: alone, in a block, in another block", () =>
    Effect.gen(function* () {
      const options = { draws: 3, quantiles: [0.5] }
      const whole = yield* Prediction.predict({ model: regression, params }, x, options)
      const classes = yield* Prediction.classify(classifier, x, options)
      for (const row of [0, 1, 998, 1000, 1039]) {
        const one = Tensor.rows(x, row, row + 1)
        const alone = yield* Prediction.predict({ model: regression, params }, one, options)
        for (const field of ["mean", "std", "epistemic"] as const) {
          expect(Tensor.equals(alone[field], Tensor.rows(whole[field], row, row + 1))).toBe(true)
        }
        const { probabilities, epistemic } = yield* Prediction.classify(classifier, one, options)
        expect(Tensor.equals(probabilities, Tensor.rows(classes.probabilities, row, row + 1))).toBe(true)
        expect(Tensor.equals(epistemic, Tensor.rows(classes.epistemic, row, row + 1))).toBe(true)
      }
    }).pipe(Effect.provide(Noise.layer(3)))
  )

  it.effect(
    "predicts what the plain estimator does from the same parameters and seed, and without noise the mean",
    () =>
      Effect.gen(function* () {
        const plain = { model: { ...regression, network: network("reparameterization") }, params }
        const few = Tensor.rows(x, 0, 20)
        for (const noise of [Noise.layer(4), Noise.layerZero]) {
          const predict = (fitted: typeof plain) =>
            Prediction.predict(fitted, few, { draws: 5 }).pipe(Effect.provide(noise))
          const [a, b] = [yield* predict({ model: regression, params }), yield* predict(plain)]
          expect(Tree.equals([a.mean, a.std], [b.mean, b.std])).toBe(true)
        }
      })
  )
})
