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
import { define, SpecSchema } from "../core/Spec.ts"
import type { Tensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import type { Any, Layer, Noise, Params } from "./Layer.ts"
import * as Registry from "./Registry.ts"

/** A tuple of layers' parameters, or noises. @category type-level @since 0.1.0 */
export type ParamsOf<Ls extends ReadonlyArray<Any>> = { readonly [K in keyof Ls]: Params<Ls[K]> }

/** @category type-level @since 0.1.0 */
export type NoiseOf<Ls extends ReadonlyArray<Any>> = { readonly [K in keyof Ls]: Noise<Ls[K]> }

/**
 * **Shapes**: x [B, ...in of the first] -> y [B, ...out of the last]. **Errors**: `ConfigError` for no layers.
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
  const tuple: Layer<ReadonlyArray<unknown>, ReadonlyArray<unknown>> = {
    spec: { kind: "sequential", layers: layers.map((layer) => layer.spec) },
    shapes: layers.map((layer) => layer.shapes) as never,
    outShape: (inShape) => layers.reduce((shape, layer) => layer.outShape(shape), inShape),
    init: (key) => layers.map((layer, i) => layer.init(Key.fold(key, i))),
    noise: (key, batch) => layers.map((layer, i) => layer.noise(Key.fold(key, i), batch)),
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
            const back: ReturnType<(typeof pullbacks)[number]> = pullbacks[i]!(d, { dx: i > 0 || want?.dx !== false })
            dParams[i] = back.dParams
            d = back.dx
            last = i
          }
          return { dParams, ...(d === undefined ? {} : { dx: d }) }
        }
      }
    },
    kl: (params, eps) => layers.reduce((sum, layer, i) => sum + layer.kl(params[i], eps?.[i]), 0),
    klGrad: (params, eps) => layers.map((layer, i) => layer.klGrad(params[i], eps?.[i]))
  }
  return tuple as unknown as Layer<ParamsOf<Ls>, NoiseOf<Ls>>
}

/** The error where the gradient does not reach layer i: the one above it that takes gradients gave none back. */
const cutOff = (layers: ReadonlyArray<Any>, above: number, i: number): ShapeError =>
  new ShapeError({
    where: `sequential, pullback of layer ${above} ("${layers[above]!.spec.kind}")`,
    expected: "a gradient dx by its input",
    actual: "none",
    hint: `Layer ${i} ("${layers[i]!.spec.kind}") below it has parameters, whose gradient needs it`
  })

/** @category registry @since 0.1.0 */
export const definition: Registry.LayerDefinition = /*#__PURE__*/ define(
  "sequential",
  Schema.Struct({ layers: Schema.NonEmptyArray(SpecSchema) }),
  ({ layers: [first, ...others] }, registry: Registry.Registry) =>
    sequential(Registry.layer(first, registry), ...others.map((spec) => Registry.layer(spec, registry)))
)
