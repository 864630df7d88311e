/**
 * Layers one after the other, as a layer: parameters and noise are tuples with one entry for each.
 *
 * The gradient of a composition is the composition of the pullbacks in reverse; the KL is the sum.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { ShapeError } from "../core/errors.ts"
import { rest, type Shape } from "../core/Shape.ts"
import { define, SpecSchema } from "../core/Spec.ts"
import type { Tensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { composite, type NoiseOf, named, outShapeOf, type ParamsOf, type Tuple } from "./composite.ts"
import type { Any, Channels, Layer } from "./Layer.ts"
import * as Registry from "./Registry.ts"

/**
 * **Shapes**: x [B, ...in of the first] -> y [B, ...out of the last]. **Errors**: `ConfigError` for no layers,
 * `ShapeError` that names both where one layer does not take what the one before gives: at once where their axes of
 * features tell, else from `outShape` and in a pass.
 *
 * @example
 * ```ts
 * import { BayesianLinear, Key, relu, sequential } from "effect-bayes"
 *
 * const network = sequential(BayesianLinear.make({ in: 4, out: 8 }), relu, BayesianLinear.make({ in: 8, out: 1 }))
 * network.outShape([4]) // => [1]
 * network.init(Key.make(0))[2].weight.mean.shape // => [1, 8]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const sequential = <const Ls extends ReadonlyArray<Any>>(...layers: Ls): Layer<ParamsOf<Ls>, NoiseOf<Ls>> => {
  const parts = composite(
    { kind: "sequential", of: sequential, inShapes: (inShape) => shapesBetween(layers, inShape) },
    layers
  )
  const channels = channelsOf(layers)
  const lowest = layers.findIndex((layer) => Tree.leavesWith(Tree.isSpec, layer.shapes).length > 0)
  const tuple: Tuple = {
    ...parts,
    ...(channels === undefined ? {} : { channels }),
    outShape: (inShape) => shapesBetween(layers, inShape).at(-1)!,
    forward: (params, x, eps) =>
      explained(layers, x, () => layers.reduce((h, layer, i) => layer.forward(params[i], h, eps[i]), x)),
    vjp: (params, x, eps) => {
      const pullbacks: Array<ReturnType<Any["vjp"]>["pullback"]> = []
      const pass = (h: Tensor, layer: Any, i: number): Tensor => {
        const { y, pullback } = layer.vjp(params[i], h, eps[i])
        pullbacks.push(pullback)
        return y
      }
      return {
        y: explained(layers, x, () => layers.reduce(pass, x)),
        pullback: (dy, want) => {
          const dParams: Array<unknown> = []
          let d: Tensor | undefined = dy
          let last = layers.length - 1 // the lowest layer that the gradient has reached
          for (let i = layers.length - 1; i >= 0; i--) {
            if (d === undefined) {
              // Layers without parameters have no gradient to lose.
              if (Tree.count(params[i]) > 0) throw cutOff(layers, last, i)
              dParams[i] = Tree.zerosLike(params[i])
              continue
            }
            // Below the lowest layer with parameters nothing is trained.
            const dx = want?.dx !== false || (lowest >= 0 && i > lowest)
            const back: ReturnType<(typeof pullbacks)[number]> = pullbacks[i]!(d, { dx })
            dParams[i] = back.dParams
            d = back.dx
            last = i
          }
          return { dParams, ...(d === undefined ? {} : { dx: d }) }
        }
      }
    }
  }
  return tuple as unknown as Layer<ParamsOf<Ls>, NoiseOf<Ls>>
}

/** The shapes before, between and after the layers. */
const shapesBetween = (layers: ReadonlyArray<Any>, inShape: Shape): ReadonlyArray<Shape> => {
  const shapes = [inShape]
  for (const i of layers.keys()) {
    shapes.push(outShapeOf("sequential", layers, i, shapes[i]!, i === 0 ? "the input" : named(layers, i - 1)))
  }
  return shapes
}

/** A pass whose `ShapeError` is the one of `outShape`, which names both layers, where shapes are the reason. */
const explained = <A>(layers: ReadonlyArray<Any>, x: Tensor, pass: () => A): A => {
  try {
    return pass()
  } catch (error) {
    if (error instanceof ShapeError) shapesBetween(layers, rest("sequential, input", x.shape))
    throw error
  }
}

/**
 * The channels of the whole, as far as they are known without the input's shape. **Errors**: `ShapeError` for two layers
 * that do not fit: maps of one axis, and between them what keeps it.
 */
const channelsOf = (layers: ReadonlyArray<Any>): Any["channels"] => {
  let first: Channels | undefined // of the first layer that is no "same", if it says
  let before: (Channels & { readonly index: number }) | undefined
  let changes = false
  for (const [i, { channels }] of layers.entries()) {
    if (channels === "same") continue
    if (channels !== undefined && before?.axis === channels.axis && before.out !== channels.in) {
      throw new ShapeError({
        where: `sequential, ${named(layers, i)}`,
        expected: `a ${channels.axis} axis of ${channels.in}`,
        actual: `one of ${before.out} from ${named(layers, before.index)}`
      })
    }
    if (!changes) first = channels
    changes = true
    before = channels === undefined ? undefined : { ...channels, index: i }
  }
  if (!changes) return "same"
  return first !== undefined && before?.axis === first.axis ? { ...first, out: before.out } : undefined
}

/** The error where the gradient does not reach layer i: the one above it that takes gradients gave none back. */
const cutOff = (layers: ReadonlyArray<Any>, above: number, i: number): ShapeError =>
  new ShapeError({
    where: `sequential, pullback of ${named(layers, above)}`,
    expected: "a gradient dx by its input",
    actual: "none",
    hint: `Below it ${named(layers, i)} has parameters, whose gradient needs it`
  })

/** @category registry @since 0.1.0 */
export const definition: Registry.LayerDefinition = /*#__PURE__*/ define(
  "sequential",
  Schema.Struct({ layers: Schema.NonEmptyArray(SpecSchema) }),
  ({ layers }, registry: Registry.Registry) => sequential(...layers.map((spec) => Registry.layer(spec, registry)))
)
