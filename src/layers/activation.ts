/**
 * Activations: elementwise functions as layers without parameters.
 *
 * At a kink the derivative is the one from the left, as in PyTorch: 0 for `relu`, the slope for `leakyRelu`, alpha for
 * `elu` (which has no kink where alpha is 1).
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import { define } from "../core/Spec.ts"
import { type Elementwise, kernels } from "../kernels/index.ts"
import { deterministic, type Empty, type Layer } from "./Layer.ts"
import type { LayerDefinition } from "./Registry.ts"

/** Any shape goes in and comes out, and there is nothing to train. */
const shapeless = {
  ...deterministic,
  shapes: {},
  outShape: (inShape) => inShape,
  channels: "same",
  init: () => ({})
} satisfies Partial<Layer<Empty, Empty>>

/** What the kernel is told is what the spec keeps. */
const activation = (f: Elementwise): Layer<Empty, Empty> => ({
  ...shapeless,
  spec: f,
  forward: (_, x) => kernels(x.dtype).elementwise(f, x),
  vjp: (_, x) => {
    const k = kernels(x.dtype)
    const y = k.elementwise(f, x)
    return {
      y,
      pullback: (dy, want) => ({
        dParams: {},
        ...(want?.dx === false ? {} : { dx: k.elementwiseVjp(f, x, y, dy) })
      })
    }
  }
})

/** x, as it is. **Shapes**: any. @category activations @since 0.2.0 */
export const identity: Layer<Empty, Empty> = {
  ...shapeless,
  spec: { kind: "identity" },
  forward: (_, x) => x,
  vjp: (_, x) => ({ y: x, pullback: (dy, want) => ({ dParams: {}, ...(want?.dx === false ? {} : { dx: dy }) }) })
}

/** max(x, 0). **Shapes**: any. @category activations @since 0.1.0 */
export const relu: Layer<Empty, Empty> = /*#__PURE__*/ activation({ kind: "relu" })

/**
 * x above 0, slope x (default 0.01) below. **Shapes**: any. **Errors**: `ConfigError` for a slope that is not finite or
 * below 0.
 *
 * @example
 * ```ts
 * import { leakyRelu, Tensor } from "effect-bayes"
 *
 * const x = Tensor.from([-2, 3], { dtype: "float64" })
 * Tensor.toArray(leakyRelu({ slope: 0.25 }).forward({}, x, {})) // => [-0.5, 3]
 * ```
 *
 * @category activations
 * @since 0.2.0
 */
export const leakyRelu = (options?: { readonly slope?: number }): Layer<Empty, Empty> => {
  const { slope = 0.01 } = options ?? {}
  assertConfig(Number.isFinite(slope) && slope >= 0, "slope of leakyRelu", "a finite number, 0 or above", slope)
  return activation({ kind: "leaky-relu", slope })
}

/**
 * x above 0, alpha (e^x - 1) below (alpha: default 1). **Shapes**: any. **Source**: Clevert, Unterthiner & Hochreiter
 * 2016, equation 15. **Errors**: `ConfigError` for an alpha that is not finite or not above 0.
 *
 * @category activations
 * @since 0.2.0
 */
export const elu = (options?: { readonly alpha?: number }): Layer<Empty, Empty> => {
  const { alpha = 1 } = options ?? {}
  assertConfig(Number.isFinite(alpha) && alpha > 0, "alpha of elu", "a finite number above 0", alpha)
  return activation({ kind: "elu", alpha })
}

/**
 * x Phi(x), where Phi is the standard normal's distribution function: not its approximation by tanh. **Shapes**: any.
 * **Source**: Hendrycks & Gimpel 2016, section 2.
 *
 * @category activations
 * @since 0.2.0
 */
export const gelu: Layer<Empty, Empty> = /*#__PURE__*/ activation({ kind: "gelu" })

/** x / (1 + e^-x), also called swish. **Shapes**: any. @category activations @since 0.2.0 */
export const silu: Layer<Empty, Empty> = /*#__PURE__*/ activation({ kind: "silu" })

/** 1 / (1 + e^-x). **Shapes**: any. @category activations @since 0.2.0 */
export const sigmoid: Layer<Empty, Empty> = /*#__PURE__*/ activation({ kind: "sigmoid" })

/** ln(1 + e^x), never infinite for a finite x. **Shapes**: any. @category activations @since 0.2.0 */
export const softplus: Layer<Empty, Empty> = /*#__PURE__*/ activation({ kind: "softplus" })

/** Hyperbolic tangent. **Shapes**: any. @category activations @since 0.1.0 */
export const tanh: Layer<Empty, Empty> = /*#__PURE__*/ activation({ kind: "tanh" })

/** By name; leaky-relu and elu with their default number. @category constants @since 0.2.0 */
export const activations = {
  identity,
  relu,
  "leaky-relu": /*#__PURE__*/ leakyRelu(),
  elu: /*#__PURE__*/ elu(),
  gelu,
  silu,
  sigmoid,
  softplus,
  tanh
}

/** @category models @since 0.2.0 */
export type ActivationName = keyof typeof activations

/** @category registry @since 0.1.0 */
export const definitions: ReadonlyArray<LayerDefinition> = [
  ...[identity, relu, gelu, silu, sigmoid, softplus, tanh].map(
    (layer): LayerDefinition => define(layer.spec.kind, Schema.Struct({}), () => layer)
  ),
  define("leaky-relu", Schema.Struct({ slope: Schema.Finite }), leakyRelu),
  define("elu", Schema.Struct({ alpha: Schema.Finite }), elu)
]
