/**
 * Whether a run may go on from a checkpoint: it was made under the same settings, and fits model and optimizer.
 *
 * @since 0.3.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { CheckpointError, type ConfigError } from "../core/errors.ts"
import { fingerprint } from "../core/fingerprint.ts"
import type { Noise } from "../core/Noise.ts"
import { formatSpec } from "../core/Shape.ts"
import { isTensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import type { Dataset } from "../data/index.ts"
import { kernels } from "../kernels/index.ts"
import { type Checkpoint, type Run, RunSchema, stepsOf } from "./Checkpoint.ts"
import * as Model from "./Model.ts"
import { type FitOptions, learningRateOf, type Sizes, validateEveryOf } from "./plan.ts"
import { nonFiniteState, type State } from "./step.ts"

/** What each field is, as messages say it. */
const NAMES: Readonly<Record<keyof Run, string>> = {
  seed: "seed",
  noise: "origin of noise",
  engine: "engine",
  bits: "bits version of the engine",
  rows: "number of training rows",
  data: "set of training rows (SHA-256)",
  validation: "set of validation rows (SHA-256)",
  model: "model (SHA-256)",
  epochs: "number of epochs",
  batchSize: "batch size",
  optimizer: "optimizer",
  temperature: "temperature",
  klWeighting: "klWeighting",
  klAnnealing: "klAnnealing",
  validateEvery: "validateEvery",
  patience: "patience"
}

/** What may differ because of others, and of no account of its own: a split by the seed, a model scaled by the data. */
const FOLLOWS: Partial<Record<keyof Run, ReadonlyArray<keyof Run>>> = {
  data: ["seed", "rows"],
  validation: ["seed"],
  model: ["seed", "rows", "data"],
  epochs: ["rows"],
  batchSize: ["rows"],
  validateEvery: ["rows", "batchSize", "validation"]
}

const hashOf = ({ x, y, weights, features, targets }: Dataset.Dataset): Effect.Effect<string, ConfigError> =>
  fingerprint({ x, y, features, targets, ...(weights === undefined ? {} : { weights }) })

/** What fixes the bits of a run. @category constructors @since 0.3.0 */
export const describe = Effect.fnUntraced(function* <P, E, L>(
  model: Model.Model<P, E, L>,
  dataset: Dataset.Dataset,
  options: FitOptions,
  sizes: Sizes,
  noise: Noise["Service"]
) {
  const { name: engine, bits } = kernels(model.dtype)
  const { validation, patience, klAnnealing } = options
  const run: Run = {
    seed: noise.seed,
    noise: noise.origin,
    engine,
    bits,
    rows: sizes.rows,
    data: yield* hashOf(dataset),
    model: yield* fingerprint(Model.spec(model)),
    epochs: sizes.epochs,
    batchSize: sizes.batchSize,
    optimizer:
      options.optimizer === undefined ? `adam, learning rate ${learningRateOf(options)} along a cosine` : "given",
    temperature: options.temperature ?? 1,
    klWeighting: options.klWeighting ?? "uniform",
    klAnnealing:
      klAnnealing === undefined
        ? "none"
        : klAnnealing.kind === "linear"
          ? `linear over ${klAnnealing.epochs} epochs`
          : `cyclical, ${klAnnealing.cycles} cycles, ramp ${klAnnealing.ramp ?? 0.5}`,
    ...(validation === undefined
      ? {}
      : { validation: yield* hashOf(validation), validateEvery: validateEveryOf(options, sizes) }),
    ...(patience === undefined ? {} : { patience })
  }
  return run
})

const refused = (problem: string, hint: string): CheckpointError =>
  new CheckpointError({ source: "the checkpoint", problem, hint })

const HINT = "Give what it was made with, or begin anew without `from`"

/** Throws a `CheckpointError` that lists the fields which differ, but for those that may follow from others. */
const assertSameRun = (kept: unknown, present: Run): void => {
  const decoded = Schema.decodeUnknownResult(RunSchema)(kept)
  if (Result.isFailure(decoded)) {
    throw refused("its `run` is not what `Training` keeps there", "Give the `state` of an event or of a fit, whole")
  }
  const there = decoded.success
  const show = (value: string | number | undefined): string => (value === undefined ? "none" : String(value))
  const differs = (field: keyof Run): boolean => there[field] !== present[field]
  const different = (Object.keys(NAMES) as ReadonlyArray<keyof Run>)
    .filter((field) => differs(field) && !FOLLOWS[field]?.some(differs))
    .map((field) => `another ${NAMES[field]}: ${show(there[field])} there, ${show(present[field])} here`)
  if (different.length > 0) throw refused(different.join("; "), HINT)
}

const describeEnd = (u: unknown): string => (isTensor(u) ? formatSpec(u) : typeof u === "string" ? `"${u}"` : typeof u)

/** What first differs of two records in structure, shapes, kinds of values and texts; a key without a value is none. */
const difference = (expected: unknown, actual: unknown): string | undefined => {
  const ends = (tree: unknown): ReadonlyMap<string, string> =>
    new Map(
      Tree.leavesWith(Tree.isEnd, tree).flatMap(({ path, value }) =>
        value === undefined ? [] : [[path, describeEnd(value)]]
      )
    )
  const [left, right] = [ends(expected), ends(actual)]
  for (const path of new Set([...left.keys(), ...right.keys()])) {
    const [e, a] = [left.get(path) ?? "nothing", right.get(path) ?? "nothing"]
    if (e !== a) return `${a} at "${path}", where ${e} belongs`
  }
  return undefined
}

const assertFits = (what: string, whose: string, expected: unknown, actual: unknown): void => {
  const found = difference(expected, actual)
  if (found !== undefined) throw refused(`${what} not of this ${whose}: ${found}`, HINT)
}

/** Throws unless there is a best result just where validation rows were looked at, and it is one of such a step. */
const assertBest = (params: unknown, { best, step, run }: Checkpoint<unknown, unknown>): void => {
  const steps = stepsOf(run)
  const every = run.validateEvery === undefined ? Number.POSITIVE_INFINITY : (run.validateEvery * steps) / run.epochs
  const looked = run.validation !== undefined && step >= Math.min(every, steps)
  if (best === undefined) {
    if (looked) throw refused(`at step ${step} it has no best parameters, though there are validation rows`, HINT)
    return
  }
  assertFits("its best parameters are", "model", params, best.params)
  const isLook = best.step > 0 && best.step <= step && (best.step % every === 0 || best.step === steps)
  if (looked && isLook && Number.isFinite(best.nllMean)) return
  throw refused(`its best parameters are of step ${best.step}, with a score of ${best.nllMean} nats`, HINT)
}

/**
 * The checkpoint, if a run of these settings may go on from it.
 *
 * `fresh` is the state that model and optimizer start from. The settings inside an optimizer of your own cannot be
 * compared, only the structure of what it keeps. **Errors**: `CheckpointError` (thrown).
 *
 * @category assertions
 * @since 0.3.0
 */
export const resume = <P, L>(
  from: Checkpoint<unknown, unknown>,
  run: Run,
  fresh: State<P, L, unknown>,
  steps: number
): Checkpoint<P, L> => {
  assertSameRun(from.run, run)
  if (!(Number.isSafeInteger(from.step) && from.step >= 0 && from.step <= steps)) {
    throw refused(`it is at step ${from.step}, the run has ${steps}`, HINT)
  }
  assertFits("its parameters are", "model", fresh.params, from.params)
  assertFits("what its optimizer kept is", "optimizer", fresh.optimizer, from.optimizer)
  assertBest(fresh.params, { ...from, run })
  const what = nonFiniteState(from)
  if (what !== undefined) throw refused(`${what} is not finite`, "Go on from an earlier one")
  return from as Checkpoint<P, L> // checked above: its parameters have the structure and shapes of this model's
}
