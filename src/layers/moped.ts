/**
 * A trained deterministic layer made Bayesian where it stands (MOPED: model priors with empirical Bayes).
 *
 * The prior of each weight is a normal around its trained value, and the posterior starts there, with a standard
 * deviation in proportion to it. Training moves the posterior; the prior is a record of its own and stays.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import { log } from "../core/math.ts"
import type { Shape } from "../core/Shape.ts"
import { define, SpecSchema } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { type MeanField, meanField, Prior } from "../distributions/index.ts"
import { type Options as BayesianOptions, bayesian } from "./bayesian.ts"
import { type Estimator, type EstimatorNoise, estimators } from "./Estimator.ts"
import type { Empty, Layer } from "./Layer.ts"
import * as Registry from "./Registry.ts"
import { fromList, toList, WeightsSchema } from "./weights.ts"

/** With the estimator, see `bayesian`. @category models @since 0.2.0 */
export interface MopedOptions<K extends Estimator = Estimator> extends BayesianOptions<K> {
  /** Standard deviation of the prior around each trained weight, default 1. */
  readonly priorStd?: number
  /** Standard deviation that the posterior starts with, as a share of the weight's size, default 0.1. */
  readonly delta?: number
  /** What it is at least, for weights at or near 0; default 0.001. */
  readonly leastStd?: number
}

/** A tensor of weights that became distributions. @category models @since 0.2.0 */
export interface Converted {
  readonly path: string
  readonly shape: Shape
}

/** W: the weights, K: the estimator. @category models @since 0.2.0 */
export interface Moped<W, K extends Estimator = "reparameterization"> {
  readonly layer: Layer<MeanField<W>, EstimatorNoise<K, W>>
  /** The posterior at its start; `layer.init` gives the same, whatever its key. */
  readonly params: MeanField<W>
  readonly converted: ReadonlyArray<Converted>
}

/**
 * Lifts a deterministic layer, a whole `sequential` too, with the weights it was trained to.
 *
 * prior N(w, priorStd^2), posterior N(w, max(delta |w|, leastStd)^2) for each trained weight w. Since `init` of the
 * lifted layer starts there, a `Model` made of it is trained on from there.
 *
 * **Source**: Krishnan, Subedar & Tickoo 2020, with logStd for their rho; `leastStd` is ours, as a weight of 0 would
 * start with a standard deviation of 0. **Errors**: `ConfigError` for options that are not above 0 and for a layer that
 * is Bayesian already (`atMean` gives the deterministic one), `ShapeError` for weights that are not the layer's.
 *
 * @example
 * ```ts
 * import { Key, Linear, moped } from "effect-bayes"
 *
 * const linear = Linear.make({ in: 3, out: 2 })
 * const trained = linear.init(Key.make(0)) // or what training made of it
 * const { layer, params, converted } = moped(linear, trained)
 * params.weight.mean === trained.weight // => true
 * layer.kl(params) > 0 // => true
 * converted // => [{ path: "bias", shape: [2] }, { path: "weight", shape: [2, 3] }]
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const moped = <W, const K extends Estimator = "reparameterization">(
  layer: Layer<W, Empty>,
  weights: W,
  options?: MopedOptions<K>
): Moped<W, K> => {
  const { priorStd = 1, delta = 0.1, leastStd = 0.001, estimator } = options ?? {}
  for (const [option, value] of Object.entries({ priorStd, delta, leastStd })) {
    assertConfig(Number.isFinite(value) && value > 0, `moped, ${option}`, "a finite number above 0", value)
  }
  Tree.assertShapes("moped, weights", layer.shapes, weights)
  const leaves = Tree.leaves(weights)
  const prior = leaves.map(({ path, value }) => [path, Prior.normal({ mean: value, std: priorStd })] as const)
  const start = (mean: Tensor.Tensor) => {
    const logStds = Tensor.toFloat64Array(mean).map((w) => log(Math.max(delta * Math.abs(w), leastStd)))
    return { mean, logStd: Tensor.from(logStds, mean) }
  }
  const params = Tree.mapWith(Tensor.isTensor, start, weights) as MeanField<W>
  const estimate: BayesianOptions<K> = estimator === undefined ? {} : { estimator }
  const spec = { kind: "moped", layer: layer.spec, weights: toList(weights), priorStd, delta, leastStd, ...estimate }
  return {
    layer: { ...bayesian(layer, meanField<W>({ prior }), estimate), spec, init: () => params },
    params,
    converted: leaves.map(({ path, value }) => ({ path, shape: value.shape }))
  }
}

/** @category registry @since 0.2.0 */
export const definition: Registry.LayerDefinition = /*#__PURE__*/ define(
  "moped",
  Schema.Struct({
    layer: SpecSchema,
    weights: WeightsSchema,
    priorStd: Schema.Finite,
    delta: Schema.Finite,
    leastStd: Schema.Finite,
    estimator: Schema.optionalKey(Schema.Literals(estimators))
  }),
  ({ layer: inner, weights, ...options }, registry: Registry.Registry) => {
    const layer = Registry.layer(inner, registry) as Layer<unknown, Empty>
    return moped<unknown, Estimator>(
      layer,
      fromList<unknown>("moped, weights", layer.shapes as never, weights),
      options
    ).layer
  }
)
