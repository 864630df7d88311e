/**
 * Layers side by side: all see one input, and their outputs are joined along the axis of channels or features.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { ShapeError } from "../core/errors.ts"
import { equals, format, type Shape } from "../core/Shape.ts"
import { define, SpecSchema } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import { composite, merged, type NoiseOf, named, outShapeOf, type ParamsOf, type Tuple } from "./composite.ts"
import type { Any, Layer } from "./Layer.ts"
import * as Registry from "./Registry.ts"

/**
 * **Shapes**: x [B, ...in] -> y [B, C1 + C2 + ..., ...rest] from outputs [B, C1, ...rest], [B, C2, ...rest], ...;
 * parameters and noise are tuples with one entry for each layer. **Errors**: `ConfigError` for no layers, `ShapeError`
 * that names both layers where their outputs differ behind the first axis.
 *
 * @example
 * ```ts
 * import { Conv2d, MaxPool2d, parallel } from "effect-bayes"
 *
 * const block = parallel(
 *   Conv2d.make({ in: 3, out: 4, kernel: 3, padding: 1 }),
 *   Conv2d.make({ in: 3, out: 2, kernel: 5, padding: 2 }),
 *   MaxPool2d.make({ kernel: 3, stride: 1, padding: 1 })
 * )
 * block.outShape([3, 8, 6]) // => [9, 8, 6]
 * ```
 *
 * @category combinators
 * @since 0.2.0
 */
export const parallel = <const Ls extends ReadonlyArray<Any>>(...layers: Ls): Layer<ParamsOf<Ls>, NoiseOf<Ls>> => {
  /** The channels of each output, which differ in nothing else. */
  const widths = (shapes: ReadonlyArray<Shape>): ReadonlyArray<number> => {
    const rest = shapes[0]!.slice(1)
    for (const [i, shape] of shapes.entries()) {
      if (shape.length > 0 && equals(shape.slice(1), rest)) continue
      throw new ShapeError({
        where: `parallel, ${named(layers, i)}`,
        expected: `an output [${["channels", ...rest].join(", ")}], as ${named(layers, 0)} gives ${format(shapes[0]!)}`,
        actual: format(shape)
      })
    }
    return shapes.map(([channels]) => channels!)
  }
  const join = (ys: ReadonlyArray<Tensor.Tensor>) => {
    const channels = widths(ys.map((y) => y.shape.slice(1)))
    return { channels, y: Tensor.concat(ys as [Tensor.Tensor], 1) }
  }
  const tuple: Tuple = {
    ...composite({ kind: "parallel", of: parallel, inShapes: (inShape) => layers.map(() => inShape) }, layers),
    outShape: (inShape) => {
      const shapes = layers.map((_, i) => outShapeOf("parallel", layers, i, inShape))
      return [widths(shapes).reduce((sum, n) => sum + n, 0), ...shapes[0]!.slice(1)]
    },
    forward: (params, x, eps) => join(layers.map((layer, i) => layer.forward(params[i], x, eps[i]))).y,
    vjp: (params, x, eps) => {
      const passes = layers.map((layer, i) => layer.vjp(params[i], x, eps[i]))
      const { channels, y } = join(passes.map((pass) => pass.y))
      return {
        y,
        pullback: (dy, want) => {
          let start = 0
          return merged(
            passes.map(({ pullback }, i) => {
              const part = Tensor.slice(dy, 1, start, start + channels[i]!)
              start += channels[i]!
              return pullback(part, want)
            })
          )
        }
      }
    }
  }
  return tuple as unknown as Layer<ParamsOf<Ls>, NoiseOf<Ls>>
}

/** @category registry @since 0.2.0 */
export const definition: Registry.LayerDefinition = /*#__PURE__*/ define(
  "parallel",
  Schema.Struct({ layers: Schema.NonEmptyArray(SpecSchema) }),
  ({ layers }, registry: Registry.Registry) => parallel(...layers.map((spec) => Registry.layer(spec, registry)))
)
