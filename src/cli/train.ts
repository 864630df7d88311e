/** `effect-bayes train FILE --target COLUMN`: trains on a CSV file and tests on rows it did not see. */
import { Console, Effect, Option, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { attempt, ConfigError, DataError, Dataset, Model, Prediction, ShapeError, Training } from "../index.ts"
import * as flags from "./flags.ts"
import * as network from "./network.ts"
import { show } from "./progress.ts"
import { printEvaluation } from "./report.ts"

const config = {
  file: flags.pathArgument("data", "a CSV file: a header line, numbers below it"),
  target: Flag.String("target").pipe(
    Flag.withDescription("the column to predict; several with commas between"),
    Flag.withMetavar("COLUMN")
  ),
  test: Flag.String("test").pipe(
    Flag.withDescription("a CSV file to test on, in place of a share of FILE"),
    Flag.withMetavar("FILE"),
    Flag.optional
  ),
  testFraction: Flag.Finite("test-fraction").pipe(
    Flag.withDescription("share of the rows that is kept to test on"),
    Flag.withDefault(0.1)
  ),
  ...network.flags,
  epochs: Flag.Finite("epochs").pipe(
    Flag.withDescription("passes over the data (default what 20,000 steps need)"),
    Flag.optional
  ),
  batch: Flag.Finite("batch").pipe(Flag.withDescription("rows a step"), Flag.withDefault(32)),
  learningRate: Flag.Finite("learning-rate").pipe(
    Flag.withDescription("first rate of Adam; it falls to 0 along a cosine"),
    Flag.withDefault(0.01)
  ),
  draws: flags.draws,
  seed: flags.seed,
  json: flags.json
}

/** Rows to train and to test on: two files, or one that is split by the seed. */
const readData = Effect.fn("readData")(function* (
  options: { readonly file: string; readonly target: string; readonly test: Option.Option<string> } & {
    readonly testFraction: number
  }
) {
  const columns = { target: options.target.split(",").map((name) => name.trim()) }
  if (Option.isNone(options.test)) {
    return yield* Dataset.fromCsv(options.file, { ...columns, testFraction: options.testFraction })
  }
  const train = yield* Dataset.readCsv(options.file, columns)
  const test = yield* Dataset.readCsv(options.test.value, columns)
  if (JSON.stringify(train.features) === JSON.stringify(test.features)) return { train, test }
  const problem = `its features are ${test.features.join(", ")}; those trained on are ${train.features.join(", ")}`
  return yield* new DataError({
    source: options.test.value,
    problem,
    hint: "Both files need the same columns in the same order"
  })
})

export const train = Command.make("train", config, (options) =>
  Effect.gen(function* () {
    const data = yield* readData(options)
    const { train, test } = data
    const model = yield* attempt(
      () => {
        const likelihood = network.likelihoodOf(options, "regression")
        return Model.regression(data, {
          ...network.networkOptions(options),
          ...(likelihood === undefined ? {} : { likelihood })
        })
      },
      ConfigError,
      DataError,
      ShapeError
    )
    const sizes = { trainRows: Dataset.size(train), testRows: Dataset.size(test) }
    const dropped = model.inputs.dropped
    const about = { ...sizes, features: train.features, targets: train.targets, dropped, seed: options.seed }
    if (options.json) yield* Console.log(JSON.stringify({ event: "data", ...about }))
    else {
      const rows = `${sizes.trainRows} rows to train on, ${sizes.testRows} to test on`
      yield* Console.log(
        `${options.file}: ${rows}; ${train.features.length} features, target ${train.targets.join(", ")}`
      )
      if (dropped.length > 0) yield* Console.log(`dropped, because constant: ${dropped.join(", ")}`)
    }
    const last = yield* Training.events(model, train, {
      batchSize: options.batch,
      learningRate: options.learningRate,
      ...Option.match(options.epochs, { onNone: () => ({}), onSome: (epochs) => ({ epochs }) })
    }).pipe(show(options), Stream.runLast)
    if (Option.isNone(last)) return
    const fitted = { model, params: last.value.state.params }
    const result = yield* Prediction.evaluate(fitted, test, { draws: options.draws })
    yield* printEvaluation(result, `on the ${result.rows} test rows`, options)
  }).pipe(flags.provideNoise(options.seed))
).pipe(Command.withDescription("Train a Bayesian network on a CSV file and test it on rows it did not see"))
