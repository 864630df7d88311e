/**
 * Lifts a deterministic layer into a Bayesian one: its weights are sampled from a posterior in every forward pass.
 *
 * forward = layer.forward(posterior.sample(q, eps), x), and the gradient runs back the same way. The layer's
 * mathematics is written once, without knowing of distributions; the posterior's without knowing of layers.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { ConfigError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import { define, SpecSchema } from "../core/Spec.ts"
import * as Tree from "../core/Tree.ts"
import type { Factorized, Posterior } from "../distributions/index.ts"
import {
  assertEstimator,
  channelsOf,
  type Estimator,
  type EstimatorNoise,
  estimators,
  factorized
} from "./Estimator.ts"
import { flipout } from "./flipout.ts"
import type { Empty, Layer } from "./Layer.ts"
import { localReparameterization } from "./localReparameterization.ts"
import { operations } from "./operations.ts"
import * as Registry from "./Registry.ts"

/** The noise of a layer that has none. TypeScript lets a layer with noise pass for one, as methods compare both ways. */
const noNoise = <W>(layer: Layer<W, Empty>): Empty => {
  if (layer.atMean === undefined) {
    const noise = layer.noise(Key.make(0), 1)
    if (Tree.count(noise) === 0) return noise
  }
  throw new ConfigError({
    option: "bayesian, layer",
    expected: "a deterministic layer",
    actual: `"${layer.spec.kind}", which has noise`,
    hint: "Its weights are distributions already, or it is a dropout: use it as it is, or lift the deterministic layers inside it"
  })
}

/** @category models @since 0.2.0 */
export interface Options<K extends Estimator> {
  /** Default "reparameterization". */
  readonly estimator?: K
}

/**
 * W: the layer's weights, Q: the posterior's parameters, N: its noise.
 *
 * **Shapes**: those of the layer. The parameters are Q (for a mean-field posterior { mean, logStd } in place of each
 * tensor). With the estimator "reparameterization" the noise is the posterior's: one draw of the weights serves the
 * whole batch. "localReparameterization" and "flipout" give each row noise of its own, for a linear map under a
 * posterior of independent weights; predictions are made with one draw for all rows even so.
 * **Source**: Blundell et al. 2015, section 3.2; Kingma, Salimans & Welling 2015; Wen et al. 2018. **Errors**:
 * `ConfigError` for a layer that has noise, thus weights that are distributions already: its divergence would be lost;
 * and for a layer or a posterior that the estimator is not made for.
 *
 * @example
 * ```ts
 * import { bayesian, Key, Linear, meanField } from "effect-bayes"
 *
 * const layer = bayesian(Linear.make({ in: 3, out: 2 }), meanField())
 * layer.init(Key.make(0)).weight.mean.shape // => [2, 3]
 *
 * const flipped = bayesian(Linear.make({ in: 3, out: 2 }), meanField(), { estimator: "flipout" })
 * flipped.noise(Key.make(0), 5).signIn.shape // => [5, 3]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const bayesian: {
  <W, Q, N>(layer: Layer<W, Empty>, posterior: Posterior<Q, W, N>, options?: Options<"reparameterization">): Layer<Q, N>
  <W, Q, N, const K extends Estimator>(
    layer: Layer<W, Empty>,
    posterior: Factorized<Q, W, N>,
    options: Options<K>
  ): Layer<Q, EstimatorNoise<K, N>>
} = <W, Q, N>(layer: Layer<W, Empty>, posterior: Posterior<Q, W, N>, options?: Options<Estimator>) => {
  const { estimator = "reparameterization" } = options ?? {}
  assertEstimator(estimator)
  const shared = reparameterized(layer, posterior)
  // The noise's type follows from the estimator, which TypeScript cannot see inside.
  if (estimator === "reparameterization") return shared as Layer<Q, never>
  const estimate = estimator === "flipout" ? flipout : localReparameterization
  const own = estimate(layer, channelsOf(estimator, layer), factorized(estimator, posterior))
  const lifted: Layer<Q, unknown> = { ...shared, ...own, spec: { ...shared.spec, estimator }, predictive: shared }
  return lifted as Layer<Q, never>
}

/** The weights are sampled once and the layer runs on them. */
const reparameterized = <W, Q, N>(layer: Layer<W, Empty>, posterior: Posterior<Q, W, N>): Layer<Q, N> => {
  const none = noNoise(layer)
  return {
    spec: { kind: "bayesian", layer: layer.spec, posterior: posterior.spec },
    shapes: posterior.shapes(layer.shapes),
    outShape: (inShape) => layer.outShape(inShape),
    init: (key) => posterior.init(layer.init(Key.fold(key, 0)), Key.fold(key, 1)),
    noise: (key) => posterior.noise(layer.shapes, key),
    forward: (q, x, eps) => layer.forward(posterior.sample(q, eps), x, none),
    vjp: (q, x, eps) => {
      const { y, pullback } = layer.vjp(posterior.sample(q, eps), x, none)
      return {
        y,
        pullback: (dy, want) => {
          const back = pullback(dy, want)
          return { ...back, dParams: posterior.pullback(q, eps, back.dParams) }
        }
      }
    },
    kl: (q, eps) => posterior.kl(q, eps),
    klGrad: (q, eps) => posterior.klGrad(q, eps),
    ...(layer.channels === undefined ? {} : { channels: layer.channels }),
    operations: (inShape) => operations(layer, inShape),
    atMean: (q) => ({ layer, params: posterior.mean(q) })
  }
}

/** @category registry @since 0.1.0 */
export const definition: Registry.LayerDefinition = /*#__PURE__*/ define(
  "bayesian",
  Schema.Struct({
    layer: SpecSchema,
    posterior: SpecSchema,
    estimator: Schema.optionalKey(Schema.Literals(estimators))
  }),
  ({ layer, posterior, ...options }, registry: Registry.Registry) =>
    bayesian(
      Registry.layer(layer, registry) as Layer<unknown, Empty>,
      // Whether it is factorized, where it must be, is seen when the layer is made.
      Registry.posterior(posterior, registry) as Factorized<unknown, unknown, unknown>,
      options
    )
)
