/**
 * The convolution over one axis, such as time: `Conv2d` on signals of height 1.
 *
 * @since 0.2.0
 */
import * as convolution from "./convolution.ts"
import type { Empty, Layer } from "./Layer.ts"
import type { ParamsFor } from "./linearMap.ts"
import type { LayerDefinition } from "./Registry.ts"

/** weight [out, in / groups, k], bias [out]. @category models @since 0.2.0 */
export type { Params, ParamsFor } from "./linearMap.ts"

/** As `Conv2d`'s, each length one number. @category models @since 0.2.0 */
export interface Options<B extends boolean = boolean> extends convolution.Options<number, B> {}

/**
 * **Shapes**: x [B, in, L] -> y [B, out, L'] with L' = floor((L + 2 padding - dilation (kernel - 1) - 1) / stride) + 1;
 * weight [out, in / groups, k], bias [out]. **Errors**: those of `Conv2d`.
 *
 * @example
 * ```ts
 * import { Conv1d } from "effect-bayes"
 *
 * Conv1d.make({ in: 3, out: 4, kernel: 5, stride: 2, padding: 1 }).outShape([3, 11]) // => [4, 5]
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const make = <const B extends boolean = true>(options: Options<B>): Layer<ParamsFor<B>, Empty> =>
  convolution.convolution(1, options)

/** @category registry @since 0.2.0 */
export const definition: LayerDefinition = /*#__PURE__*/ convolution.definitionOf(1)
