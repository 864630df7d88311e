/**
 * The same numbers of each row under another shape: `flatten` between a convolution and a linear layer, `Reshape` from
 * a dataset's flat rows to images.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig, ShapeError } from "../core/errors.ts"
import { format, rest, type Shape, size } from "../core/Shape.ts"
import { define, type Spec } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import { deterministic, type Empty, type Layer } from "./Layer.ts"
import type { LayerDefinition } from "./Registry.ts"

const reshaping = (spec: Spec, outShape: (inShape: Shape) => Shape): Layer<Empty, Empty> => {
  const forward = (x: Tensor.Tensor): Tensor.Tensor =>
    Tensor.reshape(x, [x.shape[0]!, ...outShape(rest(`${spec.kind}, input`, x.shape))])
  return {
    ...deterministic,
    spec,
    shapes: {},
    outShape,
    init: () => ({}),
    forward: (_, x) => forward(x),
    vjp: (_, x) => ({
      y: forward(x),
      pullback: (dy, want) => ({ dParams: {}, ...(want?.dx === false ? {} : { dx: Tensor.reshape(dy, x.shape) }) })
    })
  }
}

/**
 * All axes but the batch's as one. **Shapes**: x [B, ...in] -> y [B, size of in].
 *
 * @example
 * ```ts
 * import { flatten } from "effect-bayes"
 *
 * flatten.outShape([16, 5, 5]) // => [400]
 * ```
 *
 * @category reshaping
 * @since 0.2.0
 */
export const flatten: Layer<Empty, Empty> = /*#__PURE__*/ reshaping({ kind: "flatten" }, (inShape) => [size(inShape)])

/**
 * Rows of one shape, whatever theirs was.
 *
 * **Shapes**: x [B, ...in] -> y [B, ...shape], of the same size. **Errors**: `ConfigError` for a shape that is none,
 * `ShapeError` for an input of another size.
 *
 * @example
 * ```ts
 * import { Reshape } from "effect-bayes"
 *
 * Reshape.make({ shape: [1, 28, 28] }).outShape([784]) // => [1, 28, 28]
 * ```
 *
 * @category reshaping
 * @since 0.2.0
 */
export const Reshape = {
  make: ({ shape: given }: { readonly shape: Shape }): Layer<Empty, Empty> => {
    const shape = [...given]
    const ok = shape.every((length) => Number.isSafeInteger(length) && length > 0)
    assertConfig(ok, "Reshape, shape", "whole numbers above 0", format(shape))
    return reshaping({ kind: "reshape", shape }, (inShape) => {
      if (size(inShape) === size(shape)) return shape
      throw new ShapeError({
        where: `Reshape(${format(shape)}), input without its batch axis`,
        expected: `${size(shape)} numbers`,
        actual: `${size(inShape)} in ${format(inShape)}`
      })
    })
  }
}

/** @category registry @since 0.2.0 */
export const definitions: ReadonlyArray<LayerDefinition> = [
  define("flatten", Schema.Struct({}), () => flatten),
  define("reshape", Schema.Struct({ shape: Schema.Array(Schema.Int) }), Reshape.make)
]
