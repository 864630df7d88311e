/** `effect-bayes info MODEL`: what a file of a model says of itself. Only its header is read. */
import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import { type Columns, Model, Training } from "../index.ts"
import { architecture } from "./architecture.ts"
import * as common from "./flags.ts"
import { lossUnit } from "./progress.ts"
import { listed } from "./saying.ts"

const config = {
  model: common.pathArgument("model", "what train has kept"),
  json: common.json
}

type Inspection = Effect.Success<ReturnType<typeof Model.inspect>>

const column = (c: Columns.Column): string =>
  c.kind === "numeric" ? c.name : `${c.name} (${c.categories.length} categories)`

const taskOf = ({ spec }: Inspection): string =>
  ["categorical", "bernoulli"].includes(spec.likelihood.kind) || spec.columns?.targets[0]?.kind === "categorical"
    ? "classification"
    : "regression"

/** How far the training is. */
const progressOf = ({ state, best }: Inspection) => {
  if (state === undefined) return undefined
  const ended = Training.endedAt({ ...state, ...(best === undefined ? {} : { best }) })
  return { step: state.step, steps: Training.stepsOf(state.run), finished: ended !== undefined, ended }
}

const words = (path: string, about: Inspection): ReadonlyArray<string> => {
  const { spec, versions, state, best, parameters } = about
  const { columns } = spec
  const progress = progressOf(about)
  const { layers, priors, estimators } = architecture(spec.network)
  const targets = (columns?.targets ?? []).map((c) =>
    c.kind === "numeric" ? c.name : `${c.name}, of ${c.categories.length} classes (${listed(c.categories)})`
  )
  const lines: ReadonlyArray<readonly [string, string]> = [
    ["task", taskOf(about)],
    ["features", `${columns?.features.length ?? spec.inputs.width}: ${listed((columns?.features ?? []).map(column))}`],
    ["targets", targets.join(", ")],
    ["network", layers.join(", ")],
    ["prior", priors.join("; ")],
    ["estimator", estimators.join("; ")],
    ["likelihood", spec.likelihood.kind],
    ["parameters", String(parameters)],
    ...(progress === undefined || state === undefined
      ? [["training", "not kept with it"] as const]
      : ([
          [
            "training",
            `step ${progress.step} of ${progress.steps}, ${progress.finished ? "finished" : "not finished: go on by train --resume"}`
          ],
          ...(best === undefined
            ? []
            : [["validation", `${best.nllMean.toFixed(4)} ${lossUnit(spec)} at step ${best.step}, the best`] as const]),
          ["seed", String(state.run.seed)],
          ["rows", `${state.run.rows} to train on, SHA-256 ${state.run.data}`]
        ] as const)),
    ["written by", `effect-bayes ${versions.library}, engine ${versions.engine}, bits version ${versions.bits}`],
    ["file", `${about.bytes} bytes, format ${versions.format}`]
  ]
  return [path, ...lines.map(([what, text]) => `  ${what.padEnd(10)}  ${text}`)]
}

export const info = Command.make("info", config, ({ model, json }) =>
  Effect.gen(function* () {
    const about = yield* Model.inspect(model)
    if (!json) return yield* Console.log(words(model, about).join("\n"))
    const { spec, versions, parameters, state, best, bytes, tensors } = about
    const training = { ...progressOf(about), ...(state === undefined ? {} : { run: state.run }) }
    const found = { task: taskOf(about), columns: spec.columns, parameters, training, best, versions, bytes }
    yield* Console.log(
      JSON.stringify({ event: "info", file: model, ...found, ...architecture(spec.network), spec, tensors })
    )
  })
).pipe(
  Command.withDescription("Tell what is in the file of a model, and how far its training is"),
  Command.withExamples([{ command: "effect-bayes info model.safetensors" }])
)
