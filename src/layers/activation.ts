/**
 * Activations: elementwise functions as layers without parameters.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { define } from "../core/Spec.ts"
import { type Elementwise, kernels } from "../kernels/index.ts"
import { deterministic, type Empty, type Layer } from "./Layer.ts"
import type { LayerDefinition } from "./Registry.ts"

const activation = (name: Elementwise): Layer<Empty, Empty> => ({
  ...deterministic,
  spec: { kind: name },
  shapes: {},
  outShape: (inShape) => inShape,
  channels: "same",
  init: () => ({}),
  forward: (_, x) => kernels(x.dtype).elementwise(name, x),
  vjp: (_, x) => {
    const k = kernels(x.dtype)
    const y = k.elementwise(name, x)
    return {
      y,
      pullback: (dy, want) => ({
        dParams: {},
        ...(want?.dx === false ? {} : { dx: k.elementwiseVjp(name, x, y, dy) })
      })
    }
  }
})

/** max(x, 0), with derivative 0 at its kink. **Shapes**: any. @category activations @since 0.1.0 */
export const relu: Layer<Empty, Empty> = /*#__PURE__*/ activation("relu")

/** Hyperbolic tangent. **Shapes**: any. @category activations @since 0.1.0 */
export const tanh: Layer<Empty, Empty> = /*#__PURE__*/ activation("tanh")

/** @category registry @since 0.1.0 */
export const definitions: ReadonlyArray<LayerDefinition> = [relu, tanh].map((layer) =>
  define(layer.spec.kind, Schema.Struct({}), () => layer)
)
