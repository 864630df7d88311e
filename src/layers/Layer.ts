/**
 * The one idea: a layer is a record of pure functions over an immutable parameter record P and a noise record E.
 *
 * A deterministic layer has empty noise and no KL; `bayesian` lifts one by a posterior. Layers compose into layers
 * (`sequential`), and nothing else in the library knows what kind of layer it holds.
 *
 * @since 0.1.0
 */
import type { Key } from "../core/Key.ts"
import type { Shape } from "../core/Shape.ts"
import type { Spec } from "../core/Spec.ts"
import type { Tensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"

/** @category models @since 0.1.0 */
export type Empty = Tree.Empty

/** What a backward pass gives; `dx` unless it was not wanted. @category models @since 0.1.0 */
export interface Pullback<P> {
  readonly dParams: P
  readonly dx?: Tensor
}

/**
 * The axis of features, or channels, and its length in the input and in the output: the last axis (a linear map) or the
 * first after the batch (a convolution).
 *
 * @category models
 * @since 0.2.0
 */
export interface Channels {
  readonly axis: "first" | "last"
  readonly in: number
  readonly out: number
}

/** A deterministic layer with its parameters. @category models @since 0.2.0 */
export interface AtMean {
  readonly layer: Layer<unknown, Empty>
  readonly params: unknown
}

/** P: parameters, E: noise. @category models @since 0.1.0 */
export interface Layer<P, E> {
  /** Plain data from which `fromSpec` makes this layer again; its leaves may be tensors. */
  readonly spec: Spec
  /** The parameter record with the shape and dtype of each tensor. */
  readonly shapes: Tree.Shapes<P>
  /** The output's shape without the batch axis, for an input's. **Errors**: `ShapeError` if it does not fit. */
  outShape(inShape: Shape): Shape
  init(key: Key): P
  /**
   * All the noise that one forward pass of `batch` rows wants. Where it depends on the input's shape (without its batch
   * axis), that must be given; all-zero noise always gives the output at the mean of the weights.
   */
  noise(key: Key, batch: number, inShape?: Shape): E
  /** x [B, ...in] -> y [B, ...out]. */
  forward(params: P, x: Tensor, eps: E): Tensor
  /** The value and its vector-Jacobian product: `pullback(dy)` gives the gradients of <dy, y>. */
  vjp(
    params: P,
    x: Tensor,
    eps: E
  ): { readonly y: Tensor; readonly pullback: (dy: Tensor, want?: { readonly dx: boolean }) => Pullback<P> }
  /** KL(q || prior) in nats, summed over weights; 0 for a deterministic layer. */
  kl(params: P, eps?: E): number
  klGrad(params: P, eps?: E): P
  /** Known where it does not depend on the input: "same" hands on any shape unchanged. Lets `sequential` check early. */
  readonly channels?: Channels | "same"
  /** About how many multiplications a forward pass of one row is, where a layer knows better than `operations`. */
  operations?(inShape: Shape): number
  /**
   * Said by a deterministic layer with `channels` that is linear in x and, together, in its weights and the leaf `bias`,
   * if it has one: what the estimators of `bayesian` need.
   */
  readonly linear?: true
  /**
   * The same distribution over functions with one draw for all rows, which predictions are made with; absent where the
   * layer itself is that.
   */
  readonly predictive?: Layer<P, unknown>
  /** The deterministic layer at the mean of the weights; absent where the layer itself is deterministic. */
  atMean?(params: P): AtMean
}

/** Any layer, where its types do not matter: every layer is assignable to it. @category models @since 0.1.0 */
export type Any = Layer<unknown, unknown>

/** @category type-level @since 0.1.0 */
export type Params<L> = L extends Layer<infer P, infer _E> ? P : never

/** @category type-level @since 0.1.0 */
export type Noise<L> = L extends Layer<infer _P, infer E> ? E : never

/** The layer to predict with: one draw serves all rows. @category getters @since 0.2.0 */
export const predictive = <P>(layer: Layer<P, unknown>): Layer<P, unknown> => layer.predictive ?? layer

/** A layer and its parameters as a deterministic network: weights at their means. @category combinators @since 0.2.0 */
export const atMean = <P>(layer: Layer<P, unknown>, params: P): AtMean =>
  layer.atMean?.(params) ?? ({ layer, params } as unknown as AtMean)

/** What every deterministic layer has alike: no noise, no divergence. @category constructors @since 0.1.0 */
export const deterministic = {
  noise: (): Empty => ({}),
  kl: (): number => 0,
  klGrad: <P>(params: P): P => Tree.zerosLike(params)
}
