/** Reading a model from a file, or what its header says. @since 0.3.0 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { attempt } from "../core/attempt.ts"
import { CheckpointError, ConfigError, DataError, ShapeError } from "../core/errors.ts"
import { size, type TensorSpec } from "../core/Shape.ts"
import type { Tensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { decode } from "../files/codec.ts"
import { openSafetensors } from "../files/readSafetensors.ts"
import { type Entry, specOf } from "../files/safetensors.ts"
import { builtin, type Registry } from "../layers/index.ts"
import type { Checkpoint, Run } from "./Checkpoint.ts"
import {
  assertFewFormulas,
  configOf,
  listed,
  metadataOf,
  paramsOf,
  type Saved,
  shown,
  type Versions
} from "./format.ts"
import * as Model from "./Model.ts"

/** A tensor of the model's spec may stand in it as often as makes so many times the file's numbers. */
const MAX_REPEATED = 16

/** The lists of a registry by what messages call their things. */
const LISTS: ReadonlyMap<string, keyof Registry> = new Map([
  ["layer", "layers"],
  ["posterior", "posteriors"],
  ["prior", "priors"],
  ["likelihood", "likelihoods"]
])

const cannotMake = (source: string, error: ConfigError | DataError | ShapeError): CheckpointError => {
  const [, what] = (error._tag === "ConfigError" && /^the kind of a (\w+)$/.exec(error.option)) || []
  const list = LISTS.get(what ?? "")
  if (list === undefined || error._tag !== "ConfigError") {
    return new CheckpointError({ source, problem: `its model cannot be made again (${shown(error.message)})` })
  }
  const problem = `its model has a ${what} of the kind ${shown(error.actual)}, which is not known here`
  const hint = `Give its definition: { registry: { ...builtin, ${list}: [...builtin.${list}, definition] } }`
  return new CheckpointError({ source, problem, hint })
}

/** A file whose header is known, with the shapes of tensors in place of them. */
const open = Effect.fnUntraced(function* (source: string) {
  const opened = yield* openSafetensors(source)
  const { entries, metadata } = opened.header
  const { versions, json } = yield* attempt(() => metadataOf(source, metadata), CheckpointError)
  const config = yield* attempt(() => {
    const [used, missing] = [new Set<string>(), new Set<string>()]
    const decoded = decode(source, json, (name) => {
      const entry = entries.get(name)
      if (entry === undefined) return missing.add(name)
      used.add(name)
      return specOf(source, entry)
    })
    const superfluous = [...entries.keys()].filter((name) => !used.has(name))
    if (missing.size > 0 || superfluous.length > 0) {
      const problem = [...listed("missing are", [...missing]), ...listed("superfluous are", superfluous)].join("; ")
      throw new CheckpointError({ source, problem: `its tensors are not those of its configuration: ${problem}` })
    }
    return configOf(source, decoded)
  }, CheckpointError)
  return { opened, versions, json, config }
})

/** What a repeated tensor is copied to would outgrow the file. */
const assertFewRepeated = (source: string, json: unknown, entries: ReadonlyMap<string, Entry>): void => {
  const sizeOf = ({ begin, end }: Entry): number => end - begin
  const all = [...entries.values()].reduce((sum, entry) => sum + sizeOf(entry), 0)
  let sum = 0
  decode(source, json, (name) => {
    sum += sizeOf(entries.get(name)!)
    return undefined
  })
  if (sum <= MAX_REPEATED * all) return
  const problem = `its model's spec repeats its tensors more than ${MAX_REPEATED} times over`
  throw new CheckpointError({ source, problem, hint: "The file is damaged" })
}

/** @category models @since 0.3.0 */
export interface LoadOptions {
  /** Where the kinds of layers, posteriors, priors and likelihoods are found; `builtin` unless given. */
  readonly registry?: Registry
}

/**
 * A model from a file that `save` wrote. What it predicts is not known to the compiler: ask `Model.isRegression` or
 * `Model.isClassification`.
 *
 * Sizes are checked against the file before anything is allocated: loading takes at most 500 bytes for each of the
 * file's and 4 MB, and 20 kB for each character of its formulas, of which there are at most 10,000. **Errors**: `CheckpointError` for a file that is
 * missing, damaged, cut off, no model, or of a newer format; for kinds that the registry does not have; for parameters
 * that are not the model's, with the names of those that are missing, superfluous or of another shape.
 *
 * @category files
 * @since 0.3.0
 */
export const load: (
  path: string,
  options?: LoadOptions
) => Effect.Effect<Saved<unknown, unknown, unknown>, CheckpointError, FileSystem.FileSystem> = Effect.fnUntraced(
  function* (source, options) {
    const { opened, json } = yield* open(source)
    const { entries } = opened.header
    // The configuration has a model: `open` has seen it.
    const { model: spec } = json as { readonly model: unknown }
    yield* attempt(() => assertFewRepeated(source, spec, entries), CheckpointError)
    const tensors = new Map<string, Tensor>()
    for (const entry of entries.values()) tensors.set(entry.name, yield* opened.read(entry))
    const config = configOf(
      source,
      decode(source, json, (name) => tensors.get(name))
    )
    yield* attempt(() => assertFewFormulas(source, config.model), CheckpointError)
    const model = yield* attempt(
      () => Model.fromSpec(config.model, options?.registry ?? builtin),
      ConfigError,
      DataError,
      ShapeError
    ).pipe(Effect.mapError((error) => cannotMake(source, error)))
    return yield* attempt((): Saved<unknown, unknown, unknown> => {
      const fitting = (what: string, given: unknown) => paramsOf(source, what, model, given)
      const params = fitting("its parameters", config.params)
      if (config.state === undefined) return { model, params }
      const { best } = config
      const state: Checkpoint<unknown, unknown> = {
        ...config.state,
        params: fitting("the parameters of its state", config.state.params),
        optimizer: config.optimizer,
        ...(best === undefined ? {} : { best: { ...best, params: fitting("its best parameters", best.params) } })
      }
      return { model, params, state }
    }, CheckpointError)
  },
  Effect.scoped
)

/** What a file says of itself. @category models @since 0.3.0 */
export interface Inspection {
  readonly versions: Versions
  /** What makes the model; in place of tensors it has their shapes. */
  readonly spec: typeof Model.ModelSpec.Type
  /** How many numbers are trained. */
  readonly parameters: number
  /** Where its training is, if it may go on. */
  readonly state?: { readonly step: number; readonly run: Run }
  readonly best?: { readonly step: number; readonly nllMean: number }
  /** Every tensor of the file, in its order. */
  readonly tensors: ReadonlyArray<TensorSpec & { readonly name: string }>
  /** The size of the file. */
  readonly bytes: number
}

/**
 * What the header of a model's file says: nothing else of the file is read, and no model is made.
 *
 * **Errors**: `CheckpointError` as of `load`, as far as the header tells.
 *
 * @category files
 * @since 0.3.0
 */
export const inspect: (path: string) => Effect.Effect<Inspection, CheckpointError, FileSystem.FileSystem> =
  Effect.fnUntraced(function* (source) {
    const { opened, versions, config } = yield* open(source)
    const decoded = Schema.decodeUnknownResult(Model.ModelSpec)(config.model)
    if (Result.isFailure(decoded)) {
      const problem = `its model is not described as models are: ${shown(decoded.failure.message)}`
      return yield* new CheckpointError({ source, problem })
    }
    const trained = Tree.leavesWith(Tree.isSpec, config.params)
    const { state, best } = config
    return {
      versions,
      spec: decoded.success,
      parameters: trained.reduce((sum, { value }) => sum + size(value.shape), 0),
      ...(state === undefined ? {} : { state: { step: state.step, run: state.run } }),
      ...(best === undefined ? {} : { best: { step: best.step, nllMean: best.nllMean } }),
      tensors: [...opened.header.entries.values()].map((entry) => ({ name: entry.name, ...specOf(source, entry) })),
      bytes: opened.bytes
    }
  }, Effect.scoped)
