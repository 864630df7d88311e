/**
 * A layer held at the mean of its weights: without parameters, without noise, without divergence.
 *
 * In front of layers that are trained it is a fixed map; behind them the gradient passes through it to its input.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import type { Shape } from "../core/Shape.ts"
import { define, SpecSchema } from "../core/Spec.ts"
import * as Tree from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import { type AtMean, atMean, deterministic, type Empty, type Layer } from "./Layer.ts"
import { operations } from "./operations.ts"
import * as Registry from "./Registry.ts"
import { fromList, toList, WeightsSchema } from "./weights.ts"

const frozen = ({ layer, params }: AtMean): Layer<Empty, Empty> => {
  Tree.assertShapes("freeze, parameters", layer.shapes, params)
  for (const { path, value } of Tree.leaves(params)) {
    assertConfig(
      kernels(value.dtype).allFinite(value),
      `freeze, parameters at "${path}"`,
      "finite numbers",
      "NaN or Infinity"
    )
  }
  const still = (shape: Shape): Empty => Tree.zerosLike(layer.noise(Key.make(0), shape[0] ?? 0, shape.slice(1)))
  return {
    ...deterministic,
    spec: { kind: "frozen", layer: layer.spec, weights: toList(params) },
    shapes: {},
    outShape: (inShape) => layer.outShape(inShape),
    ...(layer.channels === undefined ? {} : { channels: layer.channels }),
    operations: (inShape) => operations(layer, inShape),
    init: () => ({}),
    forward: (_, x) => layer.forward(params, x, still(x.shape)),
    vjp: (_, x) => {
      const { y, pullback } = layer.vjp(params, x, still(x.shape))
      return {
        y,
        pullback: (dy, want) => {
          if (want?.dx === false) return { dParams: {} }
          const { dx } = pullback(dy)
          return { dParams: {}, ...(dx === undefined ? {} : { dx }) }
        }
      }
    }
  }
}

/**
 * Freezes a trained layer, Bayesian or not, at the mean of its weights.
 *
 * **Shapes**: those of the layer. The weights stand in its spec, so `Model.spec` has them. Its KL is no longer counted:
 * the weights are distributions no more. `atMean` instead gives the deterministic layer with parameters to train on.
 * **Errors**: `ShapeError` for parameters that are not the layer's, `ConfigError` for some that are not finite.
 *
 * @example
 * ```ts
 * import { BayesianLinear, freeze, Key, relu, sequential } from "effect-bayes"
 *
 * const trained = BayesianLinear.make({ in: 3, out: 4 })
 * const features = freeze(trained, trained.init(Key.make(0)))
 * const network = sequential(features, relu, BayesianLinear.make({ in: 4, out: 1 }))
 * network.init(Key.make(1))[0] // => {}
 * ```
 *
 * @category combinators
 * @since 0.2.0
 */
export const freeze = <P>(layer: Layer<P, unknown>, params: P): Layer<Empty, Empty> => frozen(atMean(layer, params))

/** @category registry @since 0.2.0 */
export const definition: Registry.LayerDefinition = /*#__PURE__*/ define(
  "frozen",
  Schema.Struct({ layer: SpecSchema, weights: WeightsSchema }),
  (fields, registry: Registry.Registry) => {
    const layer = Registry.layer(fields.layer, registry) as Layer<unknown, Empty>
    return frozen({ layer, params: fromList<unknown>("freeze, parameters", layer.shapes, fields.weights) })
  }
)
