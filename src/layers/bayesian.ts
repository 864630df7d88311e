/**
 * Lifts a deterministic layer into a Bayesian one: its weights are sampled from a posterior in every forward pass.
 *
 * forward = layer.forward(posterior.sample(q, eps), x), and the gradient runs back the same way. The layer's
 * mathematics is written once, without knowing of distributions; the posterior's without knowing of layers.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Key from "../core/Key.ts"
import { define, SpecSchema } from "../core/Spec.ts"
import type { Posterior } from "../distributions/index.ts"
import type { Empty, Layer } from "./Layer.ts"
import * as Registry from "./Registry.ts"

/**
 * W: the layer's weights, Q: the posterior's parameters, N: its noise.
 *
 * **Shapes**: those of the layer. The parameters are Q (for a mean-field posterior { mean, logStd } in place of each
 * tensor), the noise is the posterior's: one draw of the weights serves the whole batch.
 * **Source**: Blundell et al. 2015, section 3.2.
 *
 * @example
 * ```ts
 * import { bayesian, Key, Linear, meanField } from "effect-bayes"
 *
 * const layer = bayesian(Linear.make({ in: 3, out: 2 }), meanField())
 * layer.init(Key.make(0)).weight.mean.shape // => [2, 3]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const bayesian = <W, Q, N>(layer: Layer<W, Empty>, posterior: Posterior<Q, W, N>): Layer<Q, N> => ({
  spec: { kind: "bayesian", layer: layer.spec, posterior: posterior.spec },
  shapes: posterior.shapes(layer.shapes),
  outShape: layer.outShape,
  init: (key) => posterior.init(layer.init(Key.fold(key, 0)), Key.fold(key, 1)),
  noise: (key) => posterior.noise(layer.shapes, key),
  forward: (q, x, eps) => layer.forward(posterior.sample(q, eps), x, {}),
  vjp: (q, x, eps) => {
    const { y, pullback } = layer.vjp(posterior.sample(q, eps), x, {})
    return {
      y,
      pullback: (dy, want) => {
        const { dParams, ...rest } = pullback(dy, want)
        return { dParams: posterior.pullback(q, eps, dParams), ...rest }
      }
    }
  },
  kl: posterior.kl,
  klGrad: posterior.klGrad
})

/** @category registry @since 0.1.0 */
export const definition: Registry.LayerDefinition = /*#__PURE__*/ define(
  "bayesian",
  Schema.Struct({ layer: SpecSchema, posterior: SpecSchema }),
  (fields, registry: Registry.Registry) =>
    bayesian(
      Registry.layer(fields.layer, registry) as Layer<unknown, Empty>,
      Registry.posterior(fields.posterior, registry)
    )
)
