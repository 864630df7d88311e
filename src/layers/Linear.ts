/**
 * The linear map y = x W^T + b, deterministic, with its gradients.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { assertConfig, ShapeError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import { type DType, format, formatSpec } from "../core/Shape.ts"
import { define } from "../core/Spec.ts"
import type { Tensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import { deterministic, type Empty, type Layer } from "./Layer.ts"
import type { LayerDefinition } from "./Registry.ts"

/** weight [out, in], bias [out]. @category models @since 0.1.0 */
export interface Params {
  readonly weight: Tensor
  readonly bias: Tensor
}

/** The parameters that the option `bias` leaves. @category models @since 0.1.0 */
export type ParamsFor<B extends boolean> = B extends true ? Params : Pick<Params, "weight">

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
  const { in: inputs, out: outputs, dtype = "float32" } = options
  const hasBias = options.bias ?? true
  for (const [option, n] of [["in", inputs] as const, ["out", outputs] as const]) {
    assertConfig(Number.isSafeInteger(n) && n > 0, `Linear, ${option}`, "a whole number above 0", n)
  }
  // The record's type follows from `bias`, which TypeScript cannot see inside: here it has an optional bias.
  type Weights = Pick<Params, "weight"> & Partial<Pick<Params, "bias">>
  const shapesIn = (precision: DType): Tree.Shapes<Weights> => {
    const weight = { shape: [outputs, inputs], dtype: precision }
    return hasBias ? { weight, bias: { shape: [outputs], dtype: precision } } : { weight }
  }
  const shapesOf = { float32: shapesIn("float32"), float64: shapesIn("float64") }
  const shapes = shapesOf[dtype]
  const bound = 1 / Math.sqrt(inputs)

  const name = `Linear(${inputs} -> ${outputs})`

  const forward = (params: Weights, x: Tensor): Tensor => {
    if (hasBias !== "bias" in params) {
      throw new ShapeError({
        where: `${name}, parameters at "bias"`,
        expected: hasBias ? `a tensor ${format([outputs])}` : "none, as this layer was made without",
        actual: hasBias ? "none" : "one"
      })
    }
    if (x.shape.length < 2 || x.shape.at(-1) !== inputs) {
      throw new ShapeError({
        where: `${name}, input`,
        expected: `[rows, ..., ${inputs}]`,
        actual: formatSpec(x)
      })
    }
    // Parameters cast to another precision still fit, if the input is cast with them.
    Tree.assertShapes(`${name}, parameters`, shapesOf[x.dtype], params)
    return kernels(x.dtype).affine(x, params.weight, params.bias)
  }

  const layer: Layer<Weights, Empty> = {
    ...deterministic,
    spec: { kind: "linear", in: inputs, out: outputs, bias: hasBias, dtype },
    shapes,
    outShape: (inShape) => {
      if (inShape.at(-1) === inputs) return [...inShape.slice(0, -1), outputs]
      const where = `${name}, input without its batch axis`
      throw new ShapeError({ where, expected: `a last axis of ${inputs}`, actual: format(inShape) })
    },
    init: (key) =>
      Tree.fromShapes<Weights>(shapes, (spec, index) =>
        kernels(dtype).uniform(Key.fold(key, index), spec, -bound, bound)
      ),
    channels: { axis: "last", in: inputs, out: outputs },
    forward,
    vjp: (params, x) => ({
      y: forward(params, x),
      pullback: (dy, want) => {
        const k = kernels(dy.dtype)
        const dWeight = k.affineWeightGrad(x, dy)
        return {
          dParams: hasBias ? { weight: dWeight, bias: k.affineBiasGrad(dy) } : { weight: dWeight },
          ...(want?.dx === false ? {} : { dx: k.affineInputGrad(dy, params.weight) })
        }
      }
    })
  }
  return layer as Layer<ParamsFor<B>, Empty>
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
