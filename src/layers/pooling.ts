/**
 * Pooling over one or two axes: of each window of each channel its largest element, or its mean.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import { rest } from "../core/Shape.ts"
import { define } from "../core/Spec.ts"
import type { Tensor } from "../core/Tensor.ts"
import { kernels, type Pair, type Pool, type Window } from "../kernels/index.ts"
import { deterministic, type Empty, type Layer } from "./Layer.ts"
import type { LayerDefinition } from "./Registry.ts"
import { type Axes, asImages, fromImages, pairOf, type Sizes, SizesSchema, sizesOf, windowed } from "./window.ts"

/** `stride` is the kernel and `padding` 0 unless said otherwise; S: a number, or [height, width] as well. */
export interface PoolOptions<S extends Sizes> {
  readonly kernel: S
  readonly stride?: S
  readonly padding?: S
}

const pooling = (pool: Pool, axes: Axes, options: PoolOptions<Sizes>): Layer<Empty, Empty> => {
  const title = `${pool === "max" ? "Max" : "Avg"}Pool${axes}d`
  const kernel = pairOf(`${title}, kernel`, axes, 1, 1, options.kernel)
  const padding = pairOf(`${title}, padding`, axes, 0, 0, options.padding ?? 0)
  const window: Window = {
    kernel,
    stride: options.stride === undefined ? kernel : pairOf(`${title}, stride`, axes, 1, 1, options.stride),
    padding,
    dilation: [1, 1]
  }
  // More would make windows of padding alone.
  const half = padding.every((p, a) => 2 * p <= kernel[a]!)
  assertConfig(
    half,
    `${title}, padding`,
    `at most half the kernel ${sizesText(axes, kernel)}`,
    sizesText(axes, padding)
  )
  const where = `${title}(${sizesText(axes, kernel)}), input without its batch axis`
  const outShape = (inShape: ReadonlyArray<number>) => [
    inShape[0]!,
    ...windowed(where, axes, window, undefined, inShape)
  ]
  const forward = (x: Tensor): Tensor => {
    outShape(rest(where, x.shape))
    return fromImages(axes, kernels(x.dtype).pool2d(pool, asImages(x), window))
  }
  return {
    ...deterministic,
    spec: {
      kind: title.toLowerCase(),
      kernel: sizesOf(axes, kernel),
      stride: sizesOf(axes, window.stride),
      padding: sizesOf(axes, padding)
    },
    shapes: {},
    outShape,
    init: () => ({}),
    forward: (_, x) => forward(x),
    vjp: (_, x) => ({
      y: forward(x),
      pullback: (dy, want) => ({
        dParams: {},
        ...(want?.dx === false
          ? {}
          : { dx: fromImages(axes, kernels(x.dtype).pool2dVjp(pool, asImages(x), asImages(dy), window)) })
      })
    })
  }
}

const sizesText = (axes: Axes, pair: Pair): string => (axes === 1 ? String(pair[1]) : pair.join(" x "))

/**
 * The largest element of each window; the gradient goes to the first of equal ones.
 *
 * **Shapes**: x [B, C, H, W] -> y [B, C, H', W'] with H' = floor((H + 2 padding - kernel) / stride) + 1. Padding is
 * -infinity; a NaN in a window is its result. **Errors**: `ConfigError` for options out of range and padding above half
 * the kernel, `ShapeError` for an input smaller than the kernel.
 *
 * @example
 * ```ts
 * import { MaxPool2d, Tensor } from "effect-bayes"
 *
 * const x = Tensor.from([[[[1, 2, 5, 0], [4, 3, 0, 0]]]])
 * Tensor.toArray(MaxPool2d.make({ kernel: 2 }).forward({}, x, {})) // => [[[[4, 5]]]]
 * ```
 *
 * @category pooling
 * @since 0.2.0
 */
export const MaxPool2d = {
  make: (options: PoolOptions<Sizes>): Layer<Empty, Empty> => pooling("max", 2, options)
}

/** `MaxPool2d` over one axis. **Shapes**: x [B, C, L] -> y [B, C, L']. @category pooling @since 0.2.0 */
export const MaxPool1d = {
  make: (options: PoolOptions<number>): Layer<Empty, Empty> => pooling("max", 1, options)
}

/**
 * The mean of each window. **Shapes** and **Errors**: those of `MaxPool2d`; padding is 0 and counts (PyTorch's
 * count_include_pad).
 *
 * @example
 * ```ts
 * import { AvgPool2d, Tensor } from "effect-bayes"
 *
 * const x = Tensor.from([[[[1, 2, 5, 1], [4, 3, 0, 0]]]])
 * Tensor.toArray(AvgPool2d.make({ kernel: 2 }).forward({}, x, {})) // => [[[[2.5, 1.5]]]]
 * ```
 *
 * @category pooling
 * @since 0.2.0
 */
export const AvgPool2d = {
  make: (options: PoolOptions<Sizes>): Layer<Empty, Empty> => pooling("average", 2, options)
}

/** `AvgPool2d` over one axis. **Shapes**: x [B, C, L] -> y [B, C, L']. @category pooling @since 0.2.0 */
export const AvgPool1d = {
  make: (options: PoolOptions<number>): Layer<Empty, Empty> => pooling("average", 1, options)
}

/** @category registry @since 0.2.0 */
export const definitions: ReadonlyArray<LayerDefinition> = (["max", "average"] as const).flatMap((pool) =>
  ([1, 2] as const).map((axes) => {
    const sizes = axes === 1 ? Schema.Int : SizesSchema
    const fields = Schema.Struct({ kernel: sizes, stride: sizes, padding: sizes })
    return define(`${pool === "max" ? "max" : "avg"}pool${axes}d`, fields, (options) => pooling(pool, axes, options))
  })
)
