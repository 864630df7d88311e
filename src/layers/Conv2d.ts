/**
 * The two-dimensional convolution (a cross-correlation, as everywhere in the field), deterministic, with its gradients.
 *
 * @since 0.2.0
 */
import type { Pair } from "../kernels/index.ts"
import * as convolution from "./convolution.ts"
import type { Empty, Layer } from "./Layer.ts"
import type { ParamsFor } from "./linearMap.ts"
import type { LayerDefinition } from "./Registry.ts"

/** weight [out, in / groups, kh, kw], bias [out]. @category models @since 0.2.0 */
export type { Params, ParamsFor } from "./linearMap.ts"

/**
 * Lengths are for both axes or [height, width]. `stride`, `dilation` and `groups` are 1, `padding` (zeros on either
 * side) is 0, `bias` is true and `dtype` float32 unless said otherwise.
 *
 * @category models
 * @since 0.2.0
 */
export interface Options<B extends boolean = boolean> extends convolution.Options<number | Pair, B> {}

/**
 * **Shapes**: x [B, in, H, W] -> y [B, out, H', W'] with H' = floor((H + 2 padding - dilation (kernel - 1) - 1) /
 * stride) + 1; weight [out, in / groups, kh, kw], bias [out].
 *
 * `init` draws weight and bias uniformly from +-1 / sqrt(fan-in), PyTorch's default; the fan-in is in / groups kh kw.
 * **Errors**: `ConfigError` for options out of range and channels that are no multiples of the groups, `ShapeError`
 * for an input of other channels or too small for the kernel, and for parameters other than these.
 *
 * @example
 * ```ts
 * import { Conv2d, Key, Tensor } from "effect-bayes"
 *
 * const edges = Conv2d.make({ in: 1, out: 1, kernel: [1, 2] })
 * const params = { weight: Tensor.from([[[[-1, 1]]]]), bias: Tensor.from([0]) }
 * Tensor.toArray(edges.forward(params, Tensor.from([[[[1, 1, 4]]]]), {})) // => [[[[0, 3]]]]
 * Conv2d.make({ in: 1, out: 8, kernel: 5, stride: 2, padding: 2 }).outShape([1, 28, 28]) // => [8, 14, 14]
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const make = <const B extends boolean = true>(options: Options<B>): Layer<ParamsFor<B>, Empty> =>
  convolution.convolution(2, options)

/** @category registry @since 0.2.0 */
export const definition: LayerDefinition = /*#__PURE__*/ convolution.definitionOf(2)
