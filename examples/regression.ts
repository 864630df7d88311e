// A seeded experiment: read a table, train, predict, and say how sure the predictions are.
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { Dataset, Model, Noise, Prediction, Tensor, Training } from "effect-bayes"

const program = Effect.gen(function* () {
  const data = yield* Dataset.fromCsv("examples/housing.csv", { target: "price" }) // split by the Noise's seed
  const model = Model.regression(data, { hidden: [50] })
  const fit = yield* Training.fit(model, data.train, { epochs: 200 })
  const p = yield* Prediction.predict(fit, data.test.x, { draws: 200 }) // mean, std, quantiles, aleatoric, epistemic
  const { lower, upper } = Prediction.interval(p, 0.9)
  yield* Console.log("mean ", Tensor.toArray(Tensor.rows(p.mean, 0, 3)))
  yield* Console.log("90%  ", Tensor.toArray(Tensor.rows(lower, 0, 3)), "to", Tensor.toArray(Tensor.rows(upper, 0, 3)))
  const { rmse, coverage90 } = yield* Prediction.evaluate(fit, data.test)
  yield* Console.log(`test RMSE ${rmse[0]?.toFixed(1)}; the 90% interval holds ${(100 * coverage90).toFixed(0)}%`)
})

program.pipe(Effect.provide(Layer.mergeAll(Noise.layer(42), NodeServices.layer)), NodeRuntime.runMain)
