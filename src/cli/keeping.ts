/** The file that a run is kept in: found fit for it before training, written on the way, at Ctrl-C, and at the end. */
import { Console, Effect, FileSystem, Option } from "effect"
import { Flag } from "effect/cli"
import { CheckpointError, ConfigError, Files, Model, Training } from "../index.ts"
import { differences } from "./differences.ts"
import { defaulted, pathFlag, toggle } from "./flags.ts"
import { resumeCommand } from "./shell.ts"

export const flags = {
  out: pathFlag("out", "where to keep the model, such as model.safetensors (default: nowhere)").pipe(Flag.optional),
  checkpointEvery: defaulted(Flag.Finite("checkpoint-every"), "steps between two writes of --out", 1000).pipe(
    Flag.withMetavar("STEPS")
  ),
  resume: toggle("resume", "go on from --out, or start if it is not there; the other flags as they were"),
  force: toggle("force", "overwrite --out if it is there")
}

/** The values of the flags above. */
export interface KeepingFlags {
  readonly out: Option.Option<string>
  readonly checkpointEvery: number
  readonly resume: boolean
  readonly force: boolean
  readonly json: boolean
}

type Checkpoint = Training.Checkpoint<unknown, unknown>
type AnyModel = Model.Model<unknown, unknown, unknown>

/** What is gone on from. */
interface Kept {
  readonly model: AnyModel
  readonly state: Checkpoint
}

/** Of the files that are there, only models are overwritten, and only by force: others were not meant. */
const assertReplaceable = Effect.fnUntraced(function* (source: string, force: boolean) {
  yield* Model.inspect(source).pipe(
    Effect.mapError(({ problem }) => {
      const hint = "Give another name, or remove it first"
      return new CheckpointError({ source, problem: `there is such a file already, and ${problem}`, hint })
    })
  )
  if (force) return
  const hint = "Go on from it by --resume, overwrite it by --force, or give another name"
  return yield* new CheckpointError({ source, problem: "there is such a file already", hint })
})

/** Finds out before any work whether `out` can be written, and what is to be gone on from. */
export const begin = Effect.fnUntraced(function* ({ out, resume, force, checkpointEvery }: KeepingFlags) {
  const fs = yield* FileSystem.FileSystem
  if (!(Number.isSafeInteger(checkpointEvery) && checkpointEvery > 0)) {
    const actual = String(checkpointEvery)
    return yield* new ConfigError({ option: "--checkpoint-every", expected: "a whole number above 0", actual })
  }
  if (resume && force) {
    return yield* new ConfigError({ option: "--resume, --force", expected: "one of them", actual: "both" })
  }
  if (Option.isNone(out)) {
    if (!resume && !force) return Option.none<Kept>()
    const option = resume ? "--resume" : "--force"
    return yield* new ConfigError({ option, expected: "--out beside it, the file that is meant", actual: "none" })
  }
  const path = out.value
  if (path === "-")
    return yield* new ConfigError({ option: "--out", expected: "a file to keep a model in", actual: "-" })
  yield* Files.assertWritable(path)
  const there = yield* Effect.orElseSucceed(fs.exists(path), () => false)
  if (there && !resume) yield* assertReplaceable(path, force)
  yield* Files.sweep(path)
  if (!there || !resume) return Option.none<Kept>()
  const { model, state } = yield* Model.load(path)
  if (state !== undefined) return Option.some<Kept>({ model, state })
  const hint = "Train it anew into another file, or overwrite it by --force"
  return yield* new CheckpointError({ source: path, problem: "it is a model without the state of its training", hint })
})

/** What the library says of another model, of which it has the hash alone. */
const MODEL = /another model \(SHA-256\): \w+ there, \w+ here/

/** What a run cannot go on from, in terms of files and flags. */
export const explain =
  ({ out }: KeepingFlags, kept: Option.Option<Kept>, model: AnyModel) =>
  (error: CheckpointError): Effect.Effect<never, CheckpointError> => {
    if (error.source !== "the checkpoint" || Option.isNone(out)) return Effect.fail(error)
    const parts = Option.match(kept, { onNone: () => [], onSome: (there) => differences(there.model, model) })
    const problem = parts.length === 0 ? error.problem : error.problem.replace(MODEL, parts.join("; "))
    const hint = "Give the data and the flags that it was made with, or begin anew by --force"
    return Effect.fail(new CheckpointError({ source: out.value, problem, hint }))
  }

/** What is told of the file at the start. */
export const printBeginning = ({ out, resume, json }: KeepingFlags, from: Option.Option<Checkpoint>) => {
  if (json) {
    const at = Option.match(from, { onNone: () => 0, onSome: ({ step }) => step })
    return Console.log(JSON.stringify({ event: "start", out: Option.getOrNull(out), step: at }))
  }
  if (Option.isNone(out)) return Console.log("without --out, the model is not kept")
  if (Option.isSome(from)) return Console.log(`going on from ${out.value}, step ${from.value.step}`)
  return resume ? Console.log(`${out.value} is not there yet: training starts anew`) : Effect.void
}

/** What is told where a signal ends a run. */
const printInterruption = (
  { out, json }: KeepingFlags,
  { step, steps }: Pick<Training.Progress<unknown, unknown>, "step" | "steps">
) => {
  const resume = resumeCommand(process.argv.slice(1), process.env)
  if (json) {
    const how = Option.match(out, { onNone: () => ({ out: null }), onSome: (path) => ({ out: path, resume }) })
    return Console.log(JSON.stringify({ event: "interrupted", step, steps, ...how }))
  }
  const where = `interrupted after step ${step} of ${steps}`
  return Option.match(out, {
    onNone: () => Console.error(`${where}; without --out, nothing is kept`),
    onSome: (path) => {
      const how = process.argv.includes("-") ? "go on, given the same input, by" : "go on by"
      return Console.error(`${where}, which is kept in ${path}; ${how}\n  ${resume}`)
    }
  })
}

/** Keeps the events of a run as its flags say; what it gives is to be run over every event, and at an interruption. */
export const keeper = (model: AnyModel, flags: KeepingFlags, from: Option.Option<Checkpoint>) => {
  const begun = Option.map(from, ({ step, run }) => ({ step, steps: Training.stepsOf(run) }))
  let latest: Training.Progress<unknown, unknown> | undefined
  let written = -1
  const write = Effect.fnUntraced(function* ({ step, state }: Training.Progress<unknown, unknown>) {
    if (Option.isNone(flags.out) || written === step) return
    yield* Model.save(flags.out.value, { model, params: state.best?.params ?? state.params, state })
    written = step
  })
  const onEvent = Effect.fnUntraced(function* (event: Training.Progress<unknown, unknown>) {
    const every = flags.checkpointEvery
    const before = latest?.step ?? Option.match(begun, { onNone: () => 0, onSome: ({ step }) => step })
    latest = event
    const due = Math.floor(event.step / every) > Math.floor(before / every)
    if (due || event.ended !== undefined) yield* write(event)
  })
  const onInterrupt = Effect.suspend(() => {
    if (latest !== undefined) return Effect.andThen(write(latest), printInterruption(flags, latest))
    return Option.match(begun, { onNone: () => Effect.void, onSome: (at) => printInterruption(flags, at) })
  })
  return { onEvent, onInterrupt }
}
