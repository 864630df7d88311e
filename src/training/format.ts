/**
 * What a model's file holds: tensors by name, and in the header's metadata the versions and the configuration, which is
 * everything that is no tensor.
 *
 * @since 0.3.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { cut } from "../core/cut.ts"
import { CheckpointError } from "../core/errors.ts"
import * as Shape from "../core/Shape.ts"
import type { Tensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { VERSION } from "../core/version.ts"
import { encode } from "../files/codec.ts"
import { parseJson } from "../files/json.ts"
import { kernels } from "../kernels/index.ts"
import { type Checkpoint, RunSchema } from "./Checkpoint.ts"
import * as Model from "./Model.ts"

/** A model with its parameters and, if its training may go on, the checkpoint; a fit is one. @category models @since 0.3.0 */
export interface Saved<P, E, L> {
  readonly model: Model.Model<P, E, L>
  readonly params: Model.Params<P, L>
  readonly state?: Checkpoint<P, L>
}

/** What wrote a file. @category models @since 0.3.0 */
export interface Versions {
  /** Of the file's format. */
  readonly format: number
  /** Of this library. */
  readonly library: string
  /** The engine of the model's precision, and the version of its bits. */
  readonly engine: string
  readonly bits: number
}

const FORMAT = "effect-bayes"

/** The format that is written; all up to it are read. */
const FORMAT_VERSION = 1

const FROM_ZERO = /*#__PURE__*/ Schema.Int.check(/*#__PURE__*/ Schema.isGreaterThanOrEqualTo(0))

/** The configuration once its tensors are in place: here parameters are still anything. */
const ConfigSchema = /*#__PURE__*/ Schema.Struct({
  params: Schema.Unknown,
  optimizer: Schema.optionalKey(Schema.Unknown),
  best: Schema.optionalKey(Schema.Struct({ params: Schema.Unknown, nllMean: Schema.Finite, step: FROM_ZERO })),
  state: Schema.optionalKey(Schema.Struct({ params: Schema.Unknown, run: RunSchema, step: FROM_ZERO })),
  model: Schema.Unknown
})

/** A configuration by its schema. **Errors**: `CheckpointError`. */
export const configOf = (source: string, json: unknown): typeof ConfigSchema.Type => {
  const decoded = Schema.decodeUnknownResult(ConfigSchema)(json)
  if (Result.isSuccess(decoded)) return decoded.success
  const problem = `its configuration is not that of a model: ${shown(decoded.failure.message)}`
  throw new CheckpointError({ source, problem })
}

/** Messages stay short, whatever is in a file. */
export const shown = (text: string): string => cut(text, 1000)

/** Names behind a word, unless there are none. */
export const listed = (what: string, names: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (names.length === 0) return []
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ""
  return [`${what} ${names.slice(0, 5).map(shown).join(", ")}${more}`]
}

/** Why parameters are not a model's, if they are not. */
const misfitOf = (expected: ReadonlyMap<string, Shape.TensorSpec>, found: ReadonlyMap<string, unknown>) => {
  const missing = [...expected.keys()].filter((path) => !found.has(path))
  const superfluous = [...found.keys()].filter((path) => !expected.has(path))
  const misshapen = [...expected].flatMap(([path, spec]) => {
    const leaf = found.get(path)
    if (leaf === undefined) return []
    if (!Tree.isSpec(leaf)) return [`${path} (no tensor)`]
    const same = leaf.dtype === spec.dtype && Shape.equals(leaf.shape, spec.shape)
    return same ? [] : [`${path} (${Shape.formatSpec(leaf)}, not ${Shape.formatSpec(spec)})`]
  })
  const parts = [
    ...listed("missing are", missing),
    ...listed("superfluous are", superfluous),
    ...listed("of another shape are", misshapen)
  ]
  return parts.length === 0 ? undefined : parts.join("; ")
}

/**
 * Parameters as a model has them: of its shapes, finite, in the order of its records.
 *
 * **Errors**: `CheckpointError` with the names of those that are missing, superfluous or of another shape.
 *
 * @category assertions
 * @since 0.3.0
 */
export const paramsOf = <P, E, L>(
  source: string,
  what: string,
  { network, likelihood }: Model.Model<P, E, L>,
  given: unknown
): Model.Params<P, L> => {
  const shapes = { network: network.shapes, likelihood: likelihood.shapes }
  const expected = new Map(Tree.leavesWith(Tree.isSpec, shapes).map(({ path, value }) => [path, value]))
  const found = new Map(Tree.leavesWith(Tree.isEnd, given).map(({ path, value }) => [path, value]))
  const misfit = misfitOf(expected, found)
  if (misfit !== undefined) {
    throw new CheckpointError({ source, problem: `${what} are not those of the model: ${misfit}` })
  }
  return Tree.mapWith(
    Tree.isSpec,
    (_, __, path) => {
      const tensor = found.get(path) as Tensor
      if (kernels(tensor.dtype).allFinite(tensor)) return tensor
      throw new CheckpointError({ source, problem: `${what} are not finite at ${path}` })
    },
    shapes
  ) as Model.Params<P, L>
}

/** Characters of all formulas in a spec. What is compiled of them can take 20 kB for each: derivatives grow with the square. */
const MAX_FORMULAS = 10_000

/** Throws where a spec has more formulas than are compiled. **Errors**: `CheckpointError`. */
export const assertFewFormulas = (source: string, spec: unknown): void => {
  const lengthOf = (node: unknown): number => {
    if (typeof node !== "object" || node === null) return 0
    const inside = Object.values(node).reduce((sum: number, child) => sum + lengthOf(child), 0)
    if (!("kind" in node && node.kind === "expression")) return inside
    const { kind: _, ...texts } = node
    return Object.values(texts).reduce(
      (sum: number, text) => sum + (typeof text === "string" ? text.length : 0),
      inside
    )
  }
  const length = lengthOf(spec)
  if (length <= MAX_FORMULAS) return
  const problem = `the formulas in its spec have ${length} characters in all, above ${MAX_FORMULAS}`
  throw new CheckpointError({ source, problem, hint: "Share one prior among layers that are lifted together" })
}

/**
 * A model as the metadata and the tensors of a file. Nothing depends on a clock: the same model gives the same.
 *
 * **Errors**: `CheckpointError` for parameters that are not the model's or not finite, and for what no file can keep.
 *
 * @category conversions
 * @since 0.3.0
 */
export const toFile = <P, E, L>(
  source: string,
  { model, params, state }: Saved<P, E, L>
): { readonly metadata: Readonly<Record<string, string>>; readonly tensors: ReadonlyMap<string, Tensor> } => {
  const fitting = (what: string, given: unknown) => paramsOf(source, what, model, given)
  const parts: Array<readonly [string, unknown]> = [["params", fitting("the parameters", params)]]
  if (state?.optimizer !== undefined) parts.push(["optimizer", state.optimizer])
  if (state?.best !== undefined) {
    parts.push(["best", { ...state.best, params: fitting("the best parameters", state.best.params) }])
  }
  if (state !== undefined) {
    const { run, step } = state
    parts.push(["state", { params: fitting("the parameters of the state", state.params), run, step }])
  }
  const spec = Model.spec(model)
  assertFewFormulas(source, spec)
  const { json, tensors } = encode(source, [...parts, ["model", spec]])
  const { name, bits } = kernels(model.dtype)
  const metadata = {
    format: FORMAT,
    format_version: String(FORMAT_VERSION),
    library_version: VERSION,
    engine: name,
    bits_version: String(bits),
    config: JSON.stringify(json)
  }
  return { metadata, tensors }
}

const wholeOf = (text: string | undefined): number =>
  text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : Number.NaN

/**
 * What wrote a file, and the configuration's JSON. **Errors**: `CheckpointError` for a file that is no model of this
 * library, of a newer format, or has no configuration.
 */
export const metadataOf = (
  source: string,
  metadata: ReadonlyMap<string, string>
): { readonly versions: Versions; readonly json: unknown } => {
  const refuse = (problem: string, hint?: string) =>
    new CheckpointError({ source, problem, ...(hint === undefined ? {} : { hint }) })
  if (metadata.get("format") !== FORMAT) {
    throw refuse(
      "it is a safetensors file, but no model of effect-bayes",
      "Models are written by Model.save and `train`"
    )
  }
  const format = wholeOf(metadata.get("format_version"))
  const library = shown(metadata.get("library_version") ?? "an unknown version")
  if (format > FORMAT_VERSION) {
    const problem = `effect-bayes ${library} wrote it in format ${format}; this is ${VERSION} and reads formats up to ${FORMAT_VERSION}`
    throw refuse(problem, `Update effect-bayes to ${library} or later`)
  }
  const bits = wholeOf(metadata.get("bits_version"))
  const engine = metadata.get("engine")
  if (Number.isNaN(format) || Number.isNaN(bits) || engine === undefined) {
    throw refuse("its header does not say which version wrote it", "The file is damaged")
  }
  const config = metadata.get("config")
  if (config === undefined) throw refuse("its header has no configuration", "The file is damaged")
  try {
    return { versions: { format, library, engine, bits }, json: parseJson(config) }
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse(`its configuration ${error.message}`, "The file is damaged")
    throw error
  }
}
