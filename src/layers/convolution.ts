/**
 * Convolutions over one or two axes: one linear map, whose products are the kernels' for images.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import type { DType } from "../core/Shape.ts"
import { define } from "../core/Spec.ts"
import { kernels } from "../kernels/index.ts"
import type { Empty, Layer } from "./Layer.ts"
import { assertWhole, linearMap, type ParamsFor } from "./linearMap.ts"
import type { LayerDefinition } from "./Registry.ts"
import { type Axes, asImages, fromImages, pairOf, type Sizes, SizesSchema, sizesOf, windowed } from "./window.ts"

/** `stride`, `dilation` and `groups` are 1, `padding` is 0, `bias` true and `dtype` float32 unless said otherwise. */
export interface Options<S extends Sizes, B extends boolean> {
  readonly in: number
  readonly out: number
  readonly kernel: S
  readonly stride?: S
  readonly padding?: S
  readonly dilation?: S
  readonly groups?: number
  readonly bias?: B
  readonly dtype?: DType
}

/** The convolution over so many axes. */
export const convolution = <B extends boolean>(axes: Axes, options: Options<Sizes, B>): Layer<ParamsFor<B>, Empty> => {
  const { in: inputs, out: outputs, groups = 1, bias = true, dtype = "float32" } = options
  const title = `Conv${axes}d`
  assertWhole(title, 1, { in: inputs, out: outputs, groups })
  for (const [option, n] of [["in", inputs] as const, ["out", outputs] as const]) {
    assertConfig(n % groups === 0, `${title}, ${option}`, `a multiple of the ${groups} groups`, n)
  }
  const pair = (option: "kernel" | "stride" | "padding" | "dilation", least: number, flat: number) =>
    pairOf(`${title}, ${option}`, axes, least, flat, options[option] ?? flat)
  const geometry = {
    kernel: pair("kernel", 1, 1),
    stride: pair("stride", 1, 1),
    padding: pair("padding", 0, 0),
    dilation: pair("dilation", 1, 1),
    groups
  }
  const { kernel, stride, padding, dilation } = geometry
  const spatial = axes === 1 ? [kernel[1]] : kernel
  const weight = [outputs, inputs / groups, ...spatial]
  return linearMap({
    name: `${title}(${inputs} -> ${outputs}, kernel ${spatial.join(" x ")})`,
    spec: {
      kind: title.toLowerCase(),
      in: inputs,
      out: outputs,
      kernel: sizesOf(axes, kernel),
      stride: sizesOf(axes, stride),
      padding: sizesOf(axes, padding),
      dilation: sizesOf(axes, dilation),
      groups,
      bias,
      dtype
    },
    weight,
    bias,
    dtype,
    channels: { axis: "first", in: inputs, out: outputs },
    outShape: (where, inShape) => [outputs, ...windowed(where, axes, geometry, inputs, inShape)],
    forward: (x, w, b) => fromImages(axes, kernels(x.dtype).conv2d(asImages(x), asImages(w), b, geometry)),
    weightGrad: (x, dy) => fromImages(axes, kernels(dy.dtype).conv2dWeightGrad(asImages(x), asImages(dy), geometry)),
    biasGrad: (dy) => kernels(dy.dtype).conv2dBiasGrad(asImages(dy)),
    inputGrad: (x, w, dy) => {
      const { shape } = asImages(x)
      return fromImages(axes, kernels(dy.dtype).conv2dInputGrad(asImages(dy), asImages(w), shape, geometry))
    }
  }) as Layer<ParamsFor<B>, Empty>
}

/** How a convolution is made again from its spec. */
export const definitionOf = (axes: Axes): LayerDefinition => {
  const sizes = axes === 1 ? Schema.Int : SizesSchema
  const fields = Schema.Struct({
    in: Schema.Int,
    out: Schema.Int,
    kernel: sizes,
    stride: sizes,
    padding: sizes,
    dilation: sizes,
    groups: Schema.Int,
    bias: Schema.Boolean,
    dtype: Schema.Literals(["float32", "float64"])
  })
  return define(`conv${axes}d`, fields, (options) => convolution(axes, options))
}
