/**
 * What is trained: a network and the likelihood of its output, with the units that data come in.
 *
 * The network sees standardized inputs and speaks of standardized targets; the standardizers were fitted on training
 * rows and stay with the model, so that whoever uses it never has to know.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { assertConfig, ConfigError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import { axis, type DType, size } from "../core/Shape.ts"
import { decodeSpec, SpecSchema } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { Columns, Standardizer } from "../data/index.ts"
import { Likelihood } from "../distributions/index.ts"
import { builtin, type Layer, fromSpec as layerFromSpec, type Registry } from "../layers/index.ts"

/** P, E: parameters and noise of the network; L: parameters of the likelihood. @category models @since 0.1.0 */
export interface Model<P, E, L> {
  readonly network: Layer<P, E>
  readonly likelihood: Likelihood.Likelihood<L>
  readonly inputs: Standardizer.Standardizer
  readonly targets: Standardizer.Standardizer
  /** What the data's columns are, so that other tables can be read for it. */
  readonly columns?: Columns.Columns
  readonly dtype: DType
}

/** Everything that is trained, in one record. @category models @since 0.1.0 */
export interface Params<P, L> {
  readonly network: P
  readonly likelihood: L
}

/** The parameters of a model. @category type-level @since 0.1.0 */
export type ParamsOf<M> = M extends Model<infer P, infer _E, infer L> ? Params<P, L> : never

/** A model whose likelihood says what it predicts of real targets. @category models @since 0.1.0 */
export interface Regression<P, E, L> extends Model<P, E, L> {
  readonly likelihood: Likelihood.Continuous<L>
}

/** A model whose likelihood says what it predicts of counts. @category models @since 0.3.0 */
export interface Counting<P, E, L> extends Model<P, E, L> {
  readonly likelihood: Likelihood.Counts<L>
}

/** A model whose likelihood says how probable each class is. @category models @since 0.2.0 */
export interface Classification<P, E, L> extends Model<P, E, L> {
  readonly likelihood: Likelihood.Classes<L>
}

type Fitted = { readonly model: Model<unknown, unknown, unknown> }

/**
 * Whether a model with its parameters is one that `Prediction.predict` takes: for those that `Model.load` gives.
 *
 * @category guards
 * @since 0.3.0
 */
export const isRegression = <F extends Fitted>(
  fitted: F
): fitted is F & {
  readonly model: Regression<unknown, unknown, unknown> | Counting<unknown, unknown, unknown>
} => "conditional" in fitted.model.likelihood || "counts" in fitted.model.likelihood

/** Whether it is one that `Prediction.classify` takes. @category guards @since 0.3.0 */
export const isClassification = <F extends Fitted>(
  fitted: F
): fitted is F & { readonly model: Classification<unknown, unknown, unknown> } =>
  "probabilities" in fitted.model.likelihood

/**
 * A model of your own network and likelihood, on data standardized by `inputs` and `targets`. `Standardizer.identity`
 * leaves columns as they are, which targets that are classes or counts must be left. Given the `columns` of a dataset,
 * the model can read tables.
 *
 * **Errors**: `ShapeError` if the network does not take that many inputs, `ConfigError` for classes or counts that
 * would be standardized, for columns of another width than the standardizers', for another number of outputs than the
 * target has classes, and for a standardizer that is none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <P, E, L, K extends Likelihood.Likelihood<L>>(options: {
  readonly network: Layer<P, E>
  readonly likelihood: K & Likelihood.Likelihood<L>
  readonly inputs: Standardizer.Standardizer
  readonly targets: Standardizer.Standardizer
  readonly columns?: Columns.Columns
  readonly dtype?: DType
}): Model<P, E, L> & { readonly likelihood: K } => {
  Standardizer.assertValid("a model's inputs", options.inputs)
  Standardizer.assertValid("a model's targets", options.targets)
  options.network.outShape([options.inputs.columns.length])
  const dtype = options.dtype ?? "float32"
  checkColumns(options)
  const { likelihood, targets } = options
  const asTheyAre = targets.mean.every((mean) => mean === 0) && targets.std.every((std) => std === 1)
  if (("probabilities" in likelihood || "counts" in likelihood) && !asTheyAre) {
    throw new ConfigError({
      option: "Model.make, targets",
      expected: `Standardizer.identity(${targets.width}), as "${likelihood.spec.kind}" takes classes or counts as they are`,
      actual: "a standardizer that changes them"
    })
  }
  const model = { ...options, dtype }
  checkClasses<P, E, L>(model)
  return model
}

const saysClasses = <L>(likelihood: Likelihood.Likelihood<L>): likelihood is Likelihood.Classes<L> =>
  "probabilities" in likelihood

/**
 * How many classes a model tells apart: the probabilities that its likelihood gives for a row.
 *
 * @category getters
 * @since 0.3.0
 */
export const classCount = <P, E, L>(
  { network, inputs, likelihood, dtype }: Classification<P, E, L>,
  params: L
): number => {
  const shape = [1, ...network.outShape([inputs.columns.length])]
  return axis("classCount", likelihood.probabilities(params, Tensor.zeros({ shape, dtype })).shape, 1)
}

/** Throws unless the likelihood has a probability of each class of the target, if that has classes. */
const checkClasses = <P, E, L>(model: Model<P, E, L>): void => {
  const { columns, likelihood } = model
  const classes = columns === undefined ? undefined : Columns.classes(columns)
  if (classes === undefined) return
  if (!saysClasses(likelihood)) {
    const actual = `categories, of which "${likelihood.spec.kind}" knows nothing`
    throw new ConfigError({ option: "a model's columns", expected: "a target of numbers", actual })
  }
  const count = classCount({ ...model, likelihood }, likelihood.init(Key.make(0)))
  const expected = `those for ${classes.length} classes, as many as its target has`
  assertConfig(count === classes.length, "a model's outputs", expected, `those for ${count}`)
}

const checkColumns = ({ columns, inputs, targets }: Pick<typeof ModelSpec.Type, "columns" | "inputs" | "targets">) => {
  if (columns === undefined) return
  const actual = [Columns.featureNames(columns).length, columns.targets.length]
  const fits = actual[0] === inputs.width && actual[1] === targets.width
  const expected = `${inputs.width} columns of features and ${targets.width} of targets, as the standardizers have`
  assertConfig(fits, "a model's columns", expected, actual.join(" and "))
  Columns.assertDistinct("a model's columns", columns)
}

/** The most numbers that a network may have: 1 GiB of float32, of which training wants some more at a time. */
const MAX_PARAMETERS = 268_435_456

/**
 * Fresh parameters.
 *
 * **Errors**: `ConfigError` (thrown) for a network of more than 2^28 numbers, before any is allocated.
 *
 * @category constructors
 * @since 0.1.0
 */
export const init = <P, E, L>(model: Model<P, E, L>, key: Key.Key): Params<P, L> => {
  const leaves = Tree.leavesWith(Tree.isSpec, model.network.shapes)
  const count = leaves.reduce((sum, { value }) => sum + size(value.shape), 0)
  if (count > MAX_PARAMETERS) {
    const expected = `at most ${MAX_PARAMETERS} numbers`
    const hint = "Take fewer units or layers"
    throw new ConfigError({ option: "the network's parameters", expected, actual: String(count), hint })
  }
  return { network: model.network.init(Key.fold(key, 0)), likelihood: model.likelihood.init(Key.fold(key, 1)) }
}

/** The schema of a model's spec. @category schemas @since 0.1.0 */
export const ModelSpec = /*#__PURE__*/ Schema.Struct({
  network: SpecSchema,
  likelihood: SpecSchema,
  inputs: Standardizer.StandardizerSchema,
  targets: Standardizer.StandardizerSchema,
  columns: Schema.optionalKey(Columns.ColumnsSchema),
  dtype: Schema.Literals(["float32", "float64"])
})

/** Plain data from which `fromSpec` makes the model again. @category conversions @since 0.1.0 */
export const spec = <P, E, L>({ network, likelihood, ...rest }: Model<P, E, L>): typeof ModelSpec.Type => ({
  ...rest,
  network: network.spec,
  likelihood: likelihood.spec
})

/**
 * The model of a spec. Layers and likelihoods of your own are found if the registry has them.
 *
 * **Errors**: `ConfigError` for unknown kinds and wrong fields; those of `make`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromSpec = (spec: unknown, registry: Registry = builtin): Model<unknown, unknown, unknown> => {
  const decoded = decodeSpec(ModelSpec, spec, { option: "the spec of a model", expected: "what Model.spec gives" })
  return make({
    ...decoded,
    network: layerFromSpec(decoded.network, registry),
    likelihood: Likelihood.fromSpec(decoded.likelihood, registry.likelihoods)
  })
}
