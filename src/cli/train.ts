/** `effect-bayes train DATA --target COLUMN`: trains on a table, keeps the model, and tests it on rows it did not see. */
import { Console, Effect, Option, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { attempt, ConfigError, DataError, ShapeError, Training } from "../index.ts"
import * as data from "./data.ts"
import * as common from "./flags.ts"
import * as keeping from "./keeping.ts"
import * as network from "./network.ts"
import { lossUnit, show } from "./progress.ts"
import { evaluate, printEvaluation } from "./report.ts"
import * as rows from "./rows.ts"
import { printRows } from "./saying.ts"
import * as threads from "./threads.ts"

const config = {
  data: common.pathArgument("data", "CSV or its kin, NPY, IDX or Parquet, also gzipped; - is standard input"),
  ...rows.flags,
  ...data.flags,
  ...data.targetFlags,
  ...network.flags,
  temperature: common.defaulted(Flag.Finite("temperature"), "weight of the KL: 1 is Bayes, 0 leaves it out", 1),
  epochs: Flag.Finite("epochs").pipe(
    Flag.withDescription("passes over the data (default: what 20,000 steps need)"),
    Flag.optional
  ),
  batch: common.defaulted(Flag.Finite("batch"), "rows a step", 32),
  learningRate: common.defaulted(
    Flag.Finite("learning-rate"),
    "first rate of Adam; it falls to 0 along a cosine",
    0.01
  ),
  patience: Flag.Finite("patience").pipe(
    Flag.withDescription("epochs without better validation rows after which to stop (default: never)"),
    Flag.withMetavar("EPOCHS"),
    Flag.optional
  ),
  threads: threads.flag,
  ...keeping.flags,
  draws: common.draws,
  seed: common.seed,
  json: common.json
}

/** How a run ended, and where it is kept. */
const printEnd = (
  last: Option.Option<Training.Progress<unknown, unknown>>,
  { out, json, unit }: { readonly out: Option.Option<string>; readonly json: boolean; readonly unit: string }
) => {
  const end = Option.getOrUndefined(last)
  const best = end?.validation
  if (json) {
    const ended = end?.ended ?? "before"
    return Console.log(JSON.stringify({ event: "trained", ended, ...end?.validation, out: Option.getOrNull(out) }))
  }
  const lines = [
    ...(end === undefined ? ["it is trained to its end already"] : []),
    ...(end?.ended === "patience" ? [`stopped at epoch ${end.epoch}, as patience ran out`] : []),
    ...(best === undefined
      ? []
      : [
          `step ${best.bestStep} did best on the validation rows, at ${best.bestNllMean.toFixed(4)} ${unit}: its parameters are taken`
        ]),
    ...(end === undefined ? [] : Option.toArray(out).map((path) => `kept in ${path}`))
  ]
  return lines.length === 0 ? Effect.void : Console.log(lines.join("\n"))
}

export const train = Command.make("train", config, (options) =>
  Effect.gen(function* () {
    yield* threads.assertThreads(options)
    yield* common.assertDraws(options)
    const optional = [options.targetFile, options.test, options.testTargetFile].flatMap(Option.toArray)
    const files = [options.data, ...optional]
    yield* rows.assertTogether(files, options, options.patience)
    if (Option.isSome(options.out)) yield* data.assertOther(options.out.value, files)
    const kept = yield* keeping.begin(options)
    const from = Option.map(kept, ({ state }) => state)
    const parts = yield* rows.prepare(options, options)
    const model = yield* attempt(
      () => network.modelOf(parts.train, parts.fitted.task, options),
      ConfigError,
      DataError,
      ShapeError
    )
    yield* printRows(parts, model, options)
    yield* keeping.printBeginning(options, from)
    const unit = lossUnit(model)
    const keeper = keeping.keeper(model, options, from)
    const last = yield* Training.events(model, parts.train, {
      batchSize: options.batch,
      learningRate: options.learningRate,
      temperature: options.temperature,
      ...common.given(options.epochs, (epochs) => ({ epochs })),
      ...common.given(options.patience, (patience) => ({ patience })),
      ...common.given(parts.validation, (validation) => ({ validation })),
      ...common.given(from, (state) => ({ from: state }))
    }).pipe(
      show({ json: options.json, from: Option.match(from, { onNone: () => 0, onSome: ({ step }) => step }), unit }),
      Stream.tap(keeper.onEvent),
      Stream.runLast,
      Effect.onInterrupt(() => keeper.onInterrupt),
      Effect.catchTag("CheckpointError", keeping.explain(options, kept, model)),
      threads.provideThreads(model, options)
    )
    yield* printEnd(last, { ...options, unit })
    const state = Option.match(last, { onNone: () => from, onSome: (event) => Option.some(event.state) })
    if (Option.isNone(state) || Option.isNone(parts.test)) return
    const { params, best } = state.value
    const result = yield* evaluate({ model, params: best?.params ?? params }, parts.test.value, options).pipe(
      threads.provideThreads(model, options)
    )
    yield* printEvaluation(model, result, `on the ${result.rows} test rows`, options)
  }).pipe(common.provideNoise(options.seed))
).pipe(
  Command.withDescription("Train a Bayesian network on a table, and test it on rows it did not see"),
  Command.withExamples([
    { command: "effect-bayes train data.csv --target price --out model.safetensors", description: "Train and keep" },
    { command: "effect-bayes train data.csv --target price --out model.safetensors --resume", description: "Go on" },
    {
      command: "effect-bayes train agaricus-lepiota.data.gz --no-header --target column1",
      description: "A file without names, of texts"
    },
    {
      command:
        "effect-bayes train train-images-idx3-ubyte.gz --target-file train-labels-idx1-ubyte.gz --target y --task classification",
      description: "Images, and their labels in a file of their own"
    }
  ])
)
