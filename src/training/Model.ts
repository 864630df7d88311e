/**
 * What is trained: a network and the likelihood of its output, with the units that data come in.
 *
 * The network sees standardized inputs and speaks of standardized targets; the standardizers were fitted on training
 * rows and stay with the model, so that whoever uses it never has to know.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { assertConfig, ConfigError, DataError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import type { DType } from "../core/Shape.ts"
import { rebuild, SpecSchema } from "../core/Spec.ts"
import type * as Tree from "../core/Tree.ts"
import { type Dataset, Standardizer } from "../data/index.ts"
import { Likelihood, type Priors } from "../distributions/index.ts"
import {
  type AnyLayer,
  BayesianLinear,
  builtin,
  type Estimator,
  type Layer,
  fromSpec as layerFromSpec,
  type Registry,
  relu,
  sequential,
  tanh
} from "../layers/index.ts"

/** P, E: parameters and noise of the network; L: parameters of the likelihood. @category models @since 0.1.0 */
export interface Model<P, E, L> {
  readonly network: Layer<P, E>
  readonly likelihood: Likelihood.Likelihood<L>
  readonly inputs: Standardizer.Standardizer
  readonly targets: Standardizer.Standardizer
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

/**
 * A model of your own network and likelihood, on data standardized by `inputs` and `targets` (`Standardizer.identity`
 * leaves them as they are). **Errors**: `ShapeError` if the network does not take that many inputs.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <P, E, L, K extends Likelihood.Likelihood<L>>(options: {
  readonly network: Layer<P, E>
  readonly likelihood: K & Likelihood.Likelihood<L>
  readonly inputs: Standardizer.Standardizer
  readonly targets: Standardizer.Standardizer
  readonly dtype?: DType
}): Model<P, E, L> & { readonly likelihood: K } => {
  options.network.outShape([options.inputs.columns.length])
  return { ...options, dtype: options.dtype ?? "float32" }
}

/** How a regression network is built; every field has a default. @category models @since 0.1.0 */
export interface RegressionOptions {
  /** Units of each hidden layer, default [50]. */
  readonly hidden?: ReadonlyArray<number>
  /** Default relu. */
  readonly activation?: "relu" | "tanh"
  /** Prior of every weight and bias, default N(0, 1). */
  readonly prior?: Priors
  /** See `meanField`. */
  readonly initialStd?: number
  /** How the gradient is estimated, see `bayesian`; default "reparameterization". Predictions are made alike. */
  readonly estimator?: Estimator
  /** Standard deviation of the noise in the targets' units; learned when not given. */
  readonly noiseStd?: number
}

/** Parameters of a network of a number of layers that is not known to the compiler. */
export type Loose = ReadonlyArray<unknown>

/**
 * A fully connected Bayesian network for real targets, standardized on the training rows, its noise learned or given.
 *
 * **Errors**: `ConfigError` for options, `DataError` for data that cannot be standardized.
 *
 * @category constructors
 * @since 0.1.0
 */
export const regression = (
  data: Dataset.Split | Dataset.Dataset,
  options?: RegressionOptions
): Regression<Loose, Loose, Likelihood.LearnedNoise | Tree.Empty> => {
  const { x, y, features, targets: names } = "train" in data ? data.train : data
  const inputs = Standardizer.fit(x, features)
  const targets = Standardizer.fit(y, names)
  if (targets.dropped.length > 0) {
    const problem = `the target is constant: ${targets.dropped.join(", ")}`
    throw new DataError({ source: "the training rows", problem, hint: "There is nothing to predict in it" })
  }
  const { hidden = [50], activation = "relu", noiseStd, prior, initialStd, estimator } = options ?? {}
  assertConfig(activation === "relu" || activation === "tanh", "activation", '"relu" or "tanh"', activation)
  const shared = {
    ...(prior === undefined ? {} : { prior }),
    ...(initialStd === undefined ? {} : { initialStd }),
    ...(estimator === undefined ? {} : { estimator })
  }
  const widths = [inputs.columns.length, ...hidden, targets.columns.length]
  const layers: Array<AnyLayer> = []
  for (let i = 0; i + 1 < widths.length; i++) {
    if (i > 0) layers.push(activation === "relu" ? relu : tanh)
    layers.push(BayesianLinear.make({ in: widths[i]!, out: widths[i + 1]!, ...shared }))
  }
  const network = sequential(...(layers as [AnyLayer, ...Array<AnyLayer>])) as Layer<Loose, Loose>
  const likelihood: Likelihood.Continuous<Likelihood.LearnedNoise | Tree.Empty> =
    noiseStd === undefined
      ? Likelihood.gaussianLearned({ targets: targets.columns.length })
      : Likelihood.gaussian({ std: targets.std.map((unit) => noiseStd / unit) })
  return { network, likelihood, inputs, targets, dtype: "float32" }
}

/** Fresh parameters. @category constructors @since 0.1.0 */
export const init = <P, E, L>(model: Model<P, E, L>, key: Key.Key): Params<P, L> => ({
  network: model.network.init(Key.fold(key, 0)),
  likelihood: model.likelihood.init(Key.fold(key, 1))
})

/** The schema of a model's spec. @category schemas @since 0.1.0 */
export const ModelSpec = /*#__PURE__*/ Schema.Struct({
  network: SpecSchema,
  likelihood: SpecSchema,
  inputs: Standardizer.StandardizerSchema,
  targets: Standardizer.StandardizerSchema,
  dtype: Schema.Literals(["float32", "float64"])
})

/** Plain data from which `fromSpec` makes the model again. @category conversions @since 0.1.0 */
export const spec = <P, E, L>({ network, likelihood, ...rest }: Model<P, E, L>): typeof ModelSpec.Type => ({
  ...rest,
  network: network.spec,
  likelihood: likelihood.spec
})

/**
 * The model of a spec. Layers of your own are found if the registry has them.
 *
 * **Errors**: `ConfigError` for unknown kinds and wrong fields.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromSpec = (spec: unknown, registry: Registry = builtin): Model<unknown, unknown, unknown> => {
  const decoded = Schema.decodeUnknownResult(ModelSpec)(spec)
  if (Result.isFailure(decoded)) {
    const hint = decoded.failure.message
    throw new ConfigError({
      option: "the spec of a model",
      expected: "what Model.spec gives",
      actual: JSON.stringify(spec),
      hint
    })
  }
  const { network, likelihood, ...rest } = decoded.success
  return {
    ...rest,
    network: layerFromSpec(network, registry),
    likelihood: rebuild("likelihood", Likelihood.definitions, likelihood, undefined)
  }
}
