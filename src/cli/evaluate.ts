/** `effect-bayes evaluate MODEL DATA`: how good a model is on rows with known targets. */
import { Effect, Option } from "effect"
import { Command } from "effect/cli"
import { attempt, Columns, ConfigError, DataError } from "../index.ts"
import * as data from "./data.ts"
import { load } from "./fitted.ts"
import * as common from "./flags.ts"
import * as report from "./report.ts"
import * as threads from "./threads.ts"

const config = {
  model: common.pathArgument("model", "what train has kept"),
  data: common.pathArgument("data", "rows with its features and targets, found by their names; - is standard input"),
  dropMissing: common.toggle("drop-missing", "leave out rows that lack a value, which are an error otherwise"),
  ...data.flags,
  ...data.targetFlags,
  threads: threads.flag,
  draws: common.draws,
  seed: common.modelsSeed,
  json: common.json
}

export const evaluate = Command.make("evaluate", config, (options) =>
  Effect.gen(function* () {
    yield* threads.assertThreads(options)
    yield* common.assertDraws(options)
    const fitted = yield* load(options.model, options)
    const table = yield* data.read({ data: options.data, targets: options.targetFile }, options, fitted.columns)
    const rows = yield* attempt(() => Columns.encode(fitted.columns, table, options), DataError, ConfigError)
    const seed = Option.getOrElse(options.seed, () => Option.getOrElse(fitted.seed, () => common.SEED))
    const result = yield* report
      .evaluate(fitted, rows, options)
      .pipe(threads.provideThreads(fitted.model, options), common.provideNoise(seed))
    yield* report.printEvaluation(fitted.model, result, `on the ${result.rows} rows of ${table.source}`, options)
  })
).pipe(
  Command.withDescription("Test a model on rows with known targets"),
  Command.withExamples([{ command: "effect-bayes evaluate model.safetensors test.csv" }])
)
