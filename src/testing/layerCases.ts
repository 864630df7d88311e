/**
 * What the laws of layers are told of a layer, and the random cases they are checked on.
 *
 * @since 0.1.0
 */
import fc from "fast-check"
import type * as Shape from "../core/Shape.ts"
import type * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import type { Layer } from "../layers/Layer.ts"
import type * as Registry from "../layers/Registry.ts"
import * as arbitraries from "./arbitraries.ts"
import type { Lifted } from "./liftedLaws.ts"
import type { GradientMoments, Moments } from "./moments.ts"

/** @category models @since 0.1.0 */
export interface LayerOptions<P, W = unknown> {
  /** The shape of an input without its batch axis. */
  readonly inShape: Shape.Shape
  /** The dtype of inputs: that of the first parameter, or float64 for a layer without parameters. */
  readonly dtype?: Shape.DType
  /** Parameters to try: `arbitraries.params` of the layer's shapes unless given. */
  readonly params?: fc.Arbitrary<P>
  /** Inputs to try, for a layer that does not take every real number. */
  readonly input?: (batch: number) => fc.Arbitrary<Tensor.Tensor>
  /** False for a layer whose input has no gradient, such as an index. */
  readonly differentiableInput?: boolean
  /** Where the spec's kinds are found (`builtin` unless given); false for a layer that no spec makes again. */
  readonly registry?: Registry.Registry | false
  /** False for a layer whose initial parameters do not depend on the key, or are meant to depend on each other. */
  readonly randomInit?: boolean
  /** True for a layer whose KL is an estimate from its noise, which may be negative. */
  readonly sampledKl?: boolean
  /** The exact moments of the output over the noise, if they are known. */
  readonly moments?: (params: P, x: Tensor.Tensor) => Moments
  /** The exact moments of the gradient of |y - target|^2 / 2 over the noise, if they are known. */
  readonly gradientMoments?: (params: P, x: Tensor.Tensor, target: Tensor.Tensor) => GradientMoments<P>
  /** What this layer claims to lift: its KL and its output are then held against those of the parts. */
  readonly lifted?: Lifted<P, W>
}

/** What the laws need that know of no other layer. */
export type Options<P> = Omit<LayerOptions<P>, "lifted">

/** One case of a law: parameters, inputs, noise and two gradients of the output. */
export interface Case<P, E> {
  readonly params: P
  readonly x: Tensor.Tensor
  readonly eps: E
  readonly dy: Tensor.Tensor
  readonly dy2: Tensor.Tensor
  readonly from: number
}

/** Random cases for a layer. */
export const cases = <P, E>(layer: Layer<P, E>, options: Options<P>): fc.Arbitrary<Case<P, E>> => {
  const dtype = options.dtype ?? Tree.leavesWith(Tree.isSpec, layer.shapes)[0]?.value.dtype ?? "float64"
  const params = options.params ?? arbitraries.params(layer.shapes)
  const input = options.input ?? ((batch) => arbitraries.tensor({ shape: [batch, ...options.inShape], dtype }))
  return fc.integer({ min: 1, max: 4 }).chain((batch) => {
    const dy = arbitraries.tensor({ shape: [batch, ...layer.outShape(options.inShape)], dtype })
    return fc.record({
      params,
      x: input(batch),
      eps: arbitraries.noise(layer, batch, options.inShape),
      dy,
      dy2: dy,
      from: fc.nat(1_000_000)
    })
  })
}
