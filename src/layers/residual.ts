/**
 * A layer beside a shortcut: y = shortcut(x) + layer(x), which leaves the gradient a way around the layer.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { ShapeError } from "../core/errors.ts"
import { equals, format, type Shape } from "../core/Shape.ts"
import { define, SpecSchema } from "../core/Spec.ts"
import type { Tensor } from "../core/Tensor.ts"
import { kernels } from "../kernels/index.ts"
import { identity } from "./activation.ts"
import { composite, merged, type NoiseOf, named, outShapeOf, type ParamsOf, type Tuple } from "./composite.ts"
import type { Any, Empty, Layer } from "./Layer.ts"
import * as Registry from "./Registry.ts"

/**
 * The sum of a layer and a shortcut past it, the identity unless given. Parameters and noise are the pairs of theirs.
 *
 * **Shapes**: x [B, ...in] -> y [B, ...out], out that of both. **Source**: He et al. 2016, equations 1 and 2.
 * **Errors**: `ShapeError` that names both where their outputs differ.
 *
 * @example
 * ```ts
 * import { BayesianLinear, Key, relu, residual, sequential } from "effect-bayes"
 *
 * const block = residual(sequential(BayesianLinear.make({ in: 4, out: 4 }), relu))
 * block.outShape([4]) // => [4]
 * block.init(Key.make(0))[0][0].weight.mean.shape // => [4, 4]
 * ```
 *
 * @category combinators
 * @since 0.2.0
 */
export const residual = <L extends Any, S extends Any = Layer<Empty, Empty>>(
  layer: L,
  shortcut?: S
): Layer<ParamsOf<readonly [L, S]>, NoiseOf<readonly [L, S]>> => {
  const parts: readonly [Any, Any] = [layer, shortcut ?? identity]
  const assertEqual = (main: Shape, past: Shape): void => {
    if (equals(main, past)) return
    throw new ShapeError({
      where: "residual",
      expected: `outputs of one shape from ${named(parts, 0)} and its shortcut, ${named(parts, 1)}`,
      actual: `${format(main)} and ${format(past)}`
    })
  }
  const sum = (main: Tensor, past: Tensor): Tensor => {
    assertEqual(main.shape, past.shape)
    return kernels(main.dtype).axpy(1, main, past)
  }
  const tuple: Tuple = {
    ...composite(
      { kind: "residual", of: (main, past) => residual(main, past), inShapes: (inShape) => [inShape, inShape] },
      parts
    ),
    outShape: (inShape) => {
      const [main, past] = [0, 1].map((i) => outShapeOf("residual", parts, i, inShape)) as [Shape, Shape]
      assertEqual(main, past)
      return main
    },
    forward: (params, x, eps) => sum(parts[0].forward(params[0], x, eps[0]), parts[1].forward(params[1], x, eps[1])),
    vjp: (params, x, eps) => {
      const main = parts[0].vjp(params[0], x, eps[0])
      const past = parts[1].vjp(params[1], x, eps[1])
      return {
        y: sum(main.y, past.y),
        pullback: (dy, want) => merged([main.pullback(dy, want), past.pullback(dy, want)])
      }
    }
  }
  return tuple as unknown as Layer<ParamsOf<readonly [L, S]>, NoiseOf<readonly [L, S]>>
}

/** @category registry @since 0.2.0 */
export const definition: Registry.LayerDefinition = /*#__PURE__*/ define(
  "residual",
  Schema.Struct({ layers: Schema.Tuple([SpecSchema, SpecSchema]) }),
  ({ layers: [main, past] }, registry: Registry.Registry) =>
    residual(Registry.layer(main, registry), Registry.layer(past, registry))
)
