/**
 * The mean-field posterior: every weight has a normal of its own, N(mean, exp(logStd)^2).
 *
 * **Source**: Blundell et al. 2015, section 3.2. We deviate in the parameter of the scale (logStd, not rho with
 * std = log(1 + exp(rho))) and take the KL to a normal prior in closed form, which has less variance.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import { log } from "../core/math.ts"
import * as Shape from "../core/Shape.ts"
import { type Definition, define, rebuild, SpecSchema } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import * as Normal from "./Normal.ts"
import type { Posterior } from "./Posterior.ts"
import * as Prior from "./Prior.ts"

/** The record W with a normal in place of each tensor. @category models @since 0.1.0 */
export type MeanField<W> = W extends Tensor.Tensor ? Normal.Normal : { readonly [K in keyof W]: MeanField<W[K]> }

/** Standard deviations start at this over the square root of the fan-in. */
const INITIAL_STD = 0.03

/**
 * Inputs per output of a weight tensor [out, ...in]. A vector (a bias) has one: its input is the constant 1. With
 * standard deviations relative to it, weights and bias disturb an output of unit inputs equally at the start, however
 * wide the layer.
 */
const fanIn = (shape: Shape.Shape): number => (shape.length < 2 ? 1 : Math.max(1, Shape.size(shape.slice(1))))

/** Applies `f` to each normal of a mean-field record, with the tensors of `others` that stand in the same place. */
const mapNormals = (
  f: (q: Normal.Normal, others: ReadonlyArray<Tensor.Tensor>) => unknown,
  q: unknown,
  ...others: ReadonlyArray<unknown>
): unknown =>
  Tree.mapWith(Normal.isNormal, (leaf, along) => f(leaf, along as ReadonlyArray<Tensor.Tensor>), q, ...others)

const sumNormals = (q: unknown, f: (q: Normal.Normal) => number): number =>
  Tree.leavesWith(Normal.isNormal, q).reduce((sum, leaf) => sum + f(leaf.value), 0)

/**
 * A mean-field posterior for weights of any record type.
 *
 * `prior` is N(0, 1) unless given. `initialStd` (default 0.03) is the standard deviation that `init` gives a weight
 * with one input; a weight with fan-in n starts at initialStd / sqrt(n). **Errors**: `ConfigError` unless it is above 0.
 *
 * @category constructors
 * @since 0.1.0
 */
export const meanField = <W>(options?: {
  readonly prior?: Prior.Prior
  readonly initialStd?: number
}): Posterior<MeanField<W>, W, W> => {
  const { prior = Prior.normal(), initialStd = INITIAL_STD } = options ?? {}
  assertConfig(Number.isFinite(initialStd) && initialStd > 0, "initialStd", "a finite number above 0", initialStd)
  return {
    spec: { kind: "mean-field", prior: prior.spec, initialStd },
    shapes: (weights) =>
      Tree.mapWith(
        Tree.isSpec,
        ({ shape, dtype }) => ({ mean: { shape, dtype }, logStd: { shape, dtype } }),
        weights
      ) as Tree.Shapes<MeanField<W>>,
    init: (weights) =>
      Tree.mapWith(
        Tensor.isTensor,
        (mean) => ({ mean, logStd: Tensor.full(mean, log(initialStd / Math.sqrt(fanIn(mean.shape)))) }),
        weights
      ) as MeanField<W>,
    noise: (weights, key) => Tree.fromShapes(weights, (spec, index) => Normal.standard(Key.fold(key, index), spec)),
    mean: (q) => mapNormals((leaf) => leaf.mean, q) as W,
    sample: (q, eps) => mapNormals((leaf, [e]) => Normal.sample(leaf, e!), q, eps) as W,
    pullback: (q, eps, dW) => mapNormals((leaf, [e, d]) => Normal.sampleVjp(leaf, e!, d!), q, eps, dW) as MeanField<W>,
    kl: (q) => sumNormals(q, (leaf) => prior.kl(leaf)),
    klGrad: (q) => mapNormals((leaf) => prior.klGrad(leaf), q) as MeanField<W>,
    logProb: (q, w) => {
      const densities = mapNormals((leaf, [x]) => Normal.logProb(leaf, x!), q, w)
      return Tree.leaves(densities).reduce((sum, leaf) => sum + kernels(leaf.value.dtype).sum(leaf.value), 0)
    },
    logPrior: (w) => Tree.leaves(w).reduce((sum, leaf) => sum + prior.logProb(leaf.value), 0)
  }
}

/** How a mean-field posterior is made again, given the priors there are. @category registry @since 0.1.0 */
export const definition: Definition<
  Posterior<unknown, unknown, unknown>,
  ReadonlyArray<Definition<Prior.Prior>>
> = /*#__PURE__*/ define(
  "mean-field",
  Schema.Struct({ prior: SpecSchema, initialStd: Schema.Finite }),
  ({ prior, initialStd }, priors: ReadonlyArray<Definition<Prior.Prior>>) =>
    meanField<unknown>({ prior: rebuild("prior", priors, prior, undefined), initialStd })
)
