/**
 * Layers one after the other, as a layer: parameters and noise are tuples with one entry for each.
 *
 * The gradient of a composition is the composition of the pullbacks in reverse; the KL is the sum.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { ConfigError, ShapeError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import { format, type Shape } from "../core/Shape.ts"
import { define, SpecSchema } from "../core/Spec.ts"
import type { Tensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { type Any, atMean, type Layer, type Noise, type Params, predictive } from "./Layer.ts"
import { operations } from "./operations.ts"
import * as Registry from "./Registry.ts"

/** A tuple of layers' parameters, or noises. @category type-level @since 0.1.0 */
export type ParamsOf<Ls extends ReadonlyArray<Any>> = { readonly [K in keyof Ls]: Params<Ls[K]> }

/** @category type-level @since 0.1.0 */
export type NoiseOf<Ls extends ReadonlyArray<Any>> = { readonly [K in keyof Ls]: Noise<Ls[K]> }

/**
 * **Shapes**: x [B, ...in of the first] -> y [B, ...out of the last]. **Errors**: `ConfigError` for no layers,
 * `ShapeError` that names both where one layer does not take what the one before gives: at once where their axes of
 * features tell, else from `outShape`.
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
export const sequential = <const Ls extends readonly [Any, ...ReadonlyArray<Any>]>(
  ...layers: Ls
): Layer<ParamsOf<Ls>, NoiseOf<Ls>> => {
  if (layers.length === 0) {
    throw new ConfigError({ option: "sequential", expected: "at least one layer", actual: "none" })
  }
  assertChannels(layers)
  const shared = layers.map((layer) => layer.predictive)
  const lowest = layers.findIndex((layer) => Tree.leavesWith(Tree.isSpec, layer.shapes).length > 0)
  const tuple: Layer<ReadonlyArray<unknown>, ReadonlyArray<unknown>> = {
    spec: { kind: "sequential", layers: layers.map((layer) => layer.spec) },
    shapes: layers.map((layer) => layer.shapes) as never,
    outShape: (inShape) => shapesBetween(layers, inShape).at(-1)!,
    init: (key) => layers.map((layer, i) => layer.init(Key.fold(key, i))),
    noise: (key, batch, inShape) => {
      const between = inShape === undefined ? [] : shapesBetween(layers, inShape)
      return layers.map((layer, i) => layer.noise(Key.fold(key, i), batch, between[i]))
    },
    forward: (params, x, eps) => layers.reduce((h, layer, i) => layer.forward(params[i], h, eps[i]), x),
    vjp: (params, x, eps) => {
      const pullbacks: Array<ReturnType<Any["vjp"]>["pullback"]> = []
      let h: Tensor = x
      layers.forEach((layer, i) => {
        const { y, pullback } = layer.vjp(params[i], h, eps[i])
        pullbacks.push(pullback)
        h = y
      })
      return {
        y: h,
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
    },
    operations: (inShape) => {
      const between = shapesBetween(layers, inShape)
      return layers.reduce((sum, layer, i) => sum + operations(layer, between[i]!), 0)
    },
    kl: (params, eps) => layers.reduce((sum, layer, i) => sum + layer.kl(params[i], eps?.[i]), 0),
    klGrad: (params, eps) => layers.map((layer, i) => layer.klGrad(params[i], eps?.[i])),
    ...(shared.every((layer) => layer === undefined)
      ? {}
      : { predictive: sequential(...(layers.map(predictive) as [Any, ...ReadonlyArray<Any>])) as never }),
    ...(layers.every((layer) => layer.atMean === undefined)
      ? {}
      : {
          atMean: (params: ReadonlyArray<unknown>) => {
            const parts = layers.map((layer, i) => atMean(layer, params[i]))
            const network = sequential(...(parts.map((part) => part.layer) as [Any, ...ReadonlyArray<Any>]))
            return { layer: network as never, params: parts.map((part) => part.params) }
          }
        })
  }
  return tuple as unknown as Layer<ParamsOf<Ls>, NoiseOf<Ls>>
}

const named = (layers: ReadonlyArray<Any>, i: number): string => `layer ${i} ("${layers[i]!.spec.kind}")`

/** The shapes before, between and after the layers. **Errors**: `ShapeError` that names both layers where they do not fit. */
const shapesBetween = (layers: ReadonlyArray<Any>, inShape: Shape): ReadonlyArray<Shape> => {
  const shapes = [inShape]
  for (const [i, layer] of layers.entries()) {
    try {
      shapes.push(layer.outShape(shapes[i]!))
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error
      const from = i === 0 ? "the input" : named(layers, i - 1)
      throw new ShapeError({
        where: `sequential, ${named(layers, i)}`,
        expected: error.expected,
        actual: `${format(shapes[i]!)} from ${from}`,
        hint: `${error.where}${error.hint === undefined ? "" : `. ${error.hint}`}`
      })
    }
  }
  return shapes
}

/** What can be seen of a misfit before the input's shape is known: two maps, and between them what keeps their axis. */
const assertChannels = (layers: ReadonlyArray<Any>): void => {
  let before: { readonly index: number; readonly axis: string; readonly out: number } | undefined
  for (const [i, { channels }] of layers.entries()) {
    if (channels === "same") continue
    if (channels !== undefined && before?.axis === channels.axis && before.out !== channels.in) {
      throw new ShapeError({
        where: `sequential, ${named(layers, i)}`,
        expected: `a ${channels.axis} axis of ${channels.in}`,
        actual: `one of ${before.out} from ${named(layers, before.index)}`
      })
    }
    before = channels === undefined ? undefined : { index: i, axis: channels.axis, out: channels.out }
  }
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
  ({ layers: [first, ...others] }, registry: Registry.Registry) =>
    sequential(Registry.layer(first, registry), ...others.map((spec) => Registry.layer(spec, registry)))
)
