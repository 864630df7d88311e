/**
 * The linear map y = x W^T + b, deterministic, with its gradients.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { ShapeError } from "../core/errors.ts"
import { type DType, format } from "../core/Shape.ts"
import { define } from "../core/Spec.ts"
import { kernels } from "../kernels/index.ts"
import type { Empty, Layer } from "./Layer.ts"
import { assertWhole, linearMap, type ParamsFor } from "./linearMap.ts"
import type { LayerDefinition } from "./Registry.ts"

export type { Params, ParamsFor } from "./linearMap.ts"

/** `bias` is true and `dtype` float32 unless said otherwise. @category models @since 0.1.0 */
export interface Options<B extends boolean = boolean> {
  readonly in: number
  readonly out: number
  readonly bias?: B
  readonly dtype?: DType
}

/**
 * **Shapes**: x [B, ..., in] -> y [B, ..., out]; weight [out, in], bias [out].
 *
 * `init` draws weight and bias uniformly from +-1 / sqrt(in), PyTorch's default. **Errors**: `ConfigError` for sizes
 * that are no whole numbers above 0, `ShapeError` for an input whose last axis is not `in`, and for parameters other than
 * these, of the input's dtype.
 *
 * @example
 * ```ts
 * import { Linear, Tensor } from "effect-bayes"
 *
 * const params = { weight: Tensor.from([[1, 2], [3, 4]]), bias: Tensor.from([0, 1]) }
 * const y = Linear.make({ in: 2, out: 2 }).forward(params, Tensor.from([[1, 1]]), {})
 * Tensor.toArray(y) // => [[3, 8]]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <const B extends boolean = true>(options: Options<B>): Layer<ParamsFor<B>, Empty> => {
  const { in: inputs, out: outputs, bias = true, dtype = "float32" } = options
  assertWhole("Linear", 1, { in: inputs, out: outputs })
  return linearMap({
    name: `Linear(${inputs} -> ${outputs})`,
    spec: { kind: "linear", in: inputs, out: outputs, bias, dtype },
    weight: [outputs, inputs],
    bias,
    dtype,
    channels: { axis: "last", in: inputs, out: outputs },
    outShape: (where, inShape) => {
      if (inShape.at(-1) === inputs) return inShape.with(-1, outputs)
      const hint = `Give [rows, ..., ${inputs}]: a single row too has a batch axis`
      const advice = inShape.length === 0 ? { hint } : {}
      throw new ShapeError({ where, expected: `a last axis of ${inputs}`, actual: format(inShape), ...advice })
    },
    forward: (x, weight, b) => kernels(x.dtype).affine(x, weight, b),
    weightGrad: (x, dy) => kernels(dy.dtype).affineWeightGrad(x, dy),
    biasGrad: (dy) => kernels(dy.dtype).affineBiasGrad(dy),
    inputGrad: (_, weight, dy) => kernels(dy.dtype).affineInputGrad(dy, weight)
  }) as Layer<ParamsFor<B>, Empty>
}

/** @category registry @since 0.1.0 */
export const definition: LayerDefinition = /*#__PURE__*/ define(
  "linear",
  Schema.Struct({
    in: Schema.Int,
    out: Schema.Int,
    bias: Schema.Boolean,
    dtype: Schema.Literals(["float32", "float64"])
  }),
  make
)
