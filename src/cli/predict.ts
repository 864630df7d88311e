/** `effect-bayes predict MODEL DATA`: a prediction for each row of a table, with its uncertainty. */
import { Console, Effect, FileSystem, Option, Stdio, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { Csv } from "effect/encoding"
import { attempt, Columns, ConfigError, DataError, Files } from "../index.ts"
import * as data from "./data.ts"
import { load } from "./fitted.ts"
import * as common from "./flags.ts"
import { type Cells, namesOf, records } from "./predictions.ts"
import * as threads from "./threads.ts"

const config = {
  model: common.pathArgument("model", "what train has kept"),
  data: common.pathArgument("data", "rows with its features, found by their names; - is standard input"),
  out: common.defaulted(
    common.pathFlag("out", ""),
    "a file for the predictions, with tabs if it ends in .tsv; - is standard output",
    "-"
  ),
  force: common.toggle("force", "overwrite --out if it is there"),
  interval: common.defaulted(Flag.Finite("interval"), "share of the probability between lower and upper", 0.9),
  dropMissing: common.toggle(
    "drop-missing",
    "leave the prediction of a row that lacks a value empty, which is an error otherwise"
  ),
  ...data.flags,
  threads: threads.flag,
  draws: common.draws,
  seed: common.modelsSeed,
  json: common.toggle("json", "one JSON object a row in place of CSV; errors too")
}

/** Before any work: whether the predictions can go where they are to go. */
const assertFree = Effect.fnUntraced(function* (out: string, force: boolean) {
  if (out === "-") return
  const fs = yield* FileSystem.FileSystem
  yield* Files.assertWritable(out)
  if (force || !(yield* Effect.orElseSucceed(fs.exists(out), () => false))) return
  const hint = "Overwrite it by --force, or give another name"
  return yield* new DataError({ source: out, problem: "there is such a file already", hint })
})

const asJson = (names: ReadonlyArray<string>, cells: Cells): string =>
  `${JSON.stringify(Object.fromEntries(names.map((name, i) => [name, cells[i]])))}\n`

/** The bytes of a file of predictions. */
const encode = (names: ReadonlyArray<string>, options: { readonly out: string; readonly json: boolean }) => {
  const delimiter = options.out.endsWith(".tsv") ? "\t" : ","
  return <E, R>(all: Stream.Stream<Cells, E, R>): Stream.Stream<Uint8Array, E, R> =>
    options.json
      ? Stream.encodeText(Stream.map(all, (cells) => asJson(names, cells)))
      : Stream.map(all, (cells) => cells.map((cell) => (cell === null ? "" : String(cell)))).pipe(
          (lines) => Stream.concat(Stream.succeed(names), lines),
          Stream.pipeThroughChannel(Csv.encode({ delimiter, newline: "\n" }))
        )
}

export const predict = Command.make("predict", config, (options) =>
  Effect.gen(function* () {
    const { out, interval, draws } = options
    if (!(interval > 0 && interval < 1)) {
      const expected = "a number between 0 and 1"
      return yield* new ConfigError({ option: "--interval", expected, actual: String(interval) })
    }
    yield* threads.assertThreads(options)
    yield* common.assertDraws(options)
    yield* data.assertOther(out, [options.model, options.data])
    yield* assertFree(out, options.force)
    const fitted = yield* load(options.model, options)
    const table = yield* data.read({ data: options.data, targets: Option.none() }, options, fitted.columns)
    const inputs = yield* attempt(() => Columns.inputs(fitted.columns, table, options), DataError)
    const seed = Option.getOrElse(options.seed, () => Option.getOrElse(fitted.seed, () => common.SEED))
    const bytes = records(fitted, inputs, table.rows, { draws, interval }).pipe(encode(namesOf(fitted), options))
    if (out === "-") {
      const stdio = yield* Stdio.Stdio
      return yield* Stream.run(bytes, stdio.stdout()).pipe(
        threads.provideThreads(fitted.model, options),
        common.provideNoise(seed)
      )
    }
    const chunks = yield* Stream.runCollect(bytes).pipe(
      threads.provideThreads(fitted.model, options),
      common.provideNoise(seed)
    )
    yield* Files.writeWhole(out, chunks)
    const empty = table.rows - inputs.rows.length
    if (options.json) return yield* Console.log(JSON.stringify({ event: "written", out, rows: table.rows, empty }))
    yield* Console.log(
      `wrote ${out}: ${table.rows} rows${empty === 0 ? "" : `, of which ${empty} are empty, as a value is missing`}`
    )
  })
).pipe(
  Command.withDescription("Predict the rows of a table by a model that train has kept"),
  Command.withExamples([
    { command: "effect-bayes predict model.safetensors data.csv --out predictions.csv" },
    { command: "gunzip -c data.csv.gz | effect-bayes predict model.safetensors - --json | head" }
  ])
)
