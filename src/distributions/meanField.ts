/**
 * The mean-field posterior: every weight has a normal of its own, N(mean, exp(logStd)^2).
 *
 * **Source**: Blundell et al. 2015, section 3.2. We deviate in the parameter of the scale (logStd, not rho with
 * std = log(1 + exp(rho))) and take the KL in closed form where the prior has one, which has less variance.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import * as Leaves from "../core/Leaves.ts"
import { log } from "../core/math.ts"
import * as Shape from "../core/Shape.ts"
import { type Definition, define } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import * as Normal from "./Normal.ts"
import { normal } from "./normalPrior.ts"
import type { Factorized, Posterior } from "./Posterior.ts"
import type { Prior } from "./Prior.ts"
import type { Priors } from "./priorGroups.ts"
import * as PriorGroups from "./priorGroups.ts"

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
  f: (q: Normal.Normal, a: Tensor.Tensor, b: Tensor.Tensor, c: Tensor.Tensor) => unknown,
  q: unknown,
  ...others: readonly [a?: unknown, b?: unknown, c?: unknown]
): unknown => Leaves.mapWith(Normal.isNormal, f, q, ...others)

const pathsOf = (q: unknown): ReadonlyArray<string> => Tree.leavesWith(Normal.isNormal, q).map(({ path }) => path)

/** @category models @since 0.2.0 */
export interface MeanFieldOptions {
  /** One for all weights (default N(0, 1)), or pairs of a path's pattern and the prior of the weights there. */
  readonly prior?: Priors
  /** See `meanField`. */
  readonly initialStd?: number
}

/**
 * A mean-field posterior for weights of any record type.
 *
 * `prior` is N(0, 1) unless given. `initialStd` (default 0.03) is the standard deviation that `init` gives a weight
 * with one input; a weight with fan-in n starts at initialStd / sqrt(n). **Errors**: `ConfigError` unless it is above 0,
 * and once the weights are known for groups of priors that do not fit their paths.
 *
 * @category constructors
 * @since 0.1.0
 */
export const meanField = <W>(options?: MeanFieldOptions): Factorized<MeanField<W>, W, W> => {
  const { initialStd = INITIAL_STD } = options ?? {}
  const prior = PriorGroups.copy(options?.prior ?? normal())
  const sampledKl = PriorGroups.list(prior).some((one) => one.sampledKl)
  const priorsAt = PriorGroups.assigned(prior)
  /** The prior of each normal, by its number in the order of paths. */
  const priorsOf = (q: unknown): ((index: number) => Prior) => priorsAt(() => pathsOf(q))
  /** The noise of each normal, by its number, if there is any and a prior that asks for it. */
  const noiseOf = (q: unknown, eps: unknown): ((index: number) => Tensor.Tensor | undefined) => {
    if (!sampledKl || eps === undefined) return () => undefined
    const paths = pathsOf(q)
    const found = new Map(Tree.leaves(eps).map(({ path, value }) => [path, value]))
    return (index) => found.get(paths[index]!)
  }
  assertConfig(Number.isFinite(initialStd) && initialStd > 0, "initialStd", "a finite number above 0", initialStd)
  return {
    spec: { kind: "mean-field", prior: PriorGroups.toSpec(prior), initialStd },
    sampledKl,
    shapes: (weights) => {
      PriorGroups.indices(
        prior,
        Tree.leavesWith(Tree.isSpec, weights).map((leaf) => leaf.path)
      )
      const pair = ({ shape, dtype }: Shape.TensorSpec) => ({ mean: { shape, dtype }, logStd: { shape, dtype } })
      return Tree.mapWith(Tree.isSpec, pair, weights) as Tree.Shapes<MeanField<W>>
    },
    init: (weights) =>
      Tree.mapWith(
        Tensor.isTensor,
        (mean) => ({ mean, logStd: Tensor.full(mean, log(initialStd / Math.sqrt(fanIn(mean.shape)))) }),
        weights
      ) as MeanField<W>,
    noise: (weights, key) => Tree.fromShapes(weights, (spec, index) => Normal.standard(Key.fold(key, index), spec)),
    mean: (q) => mapNormals((leaf) => leaf.mean, q) as W,
    sample: (q, eps) => mapNormals((leaf, e) => Normal.sample(leaf, e), q, eps) as W,
    pullback: (q, eps, dW) => mapNormals((leaf, e, d) => Normal.sampleVjp(leaf, e, d), q, eps, dW) as MeanField<W>,
    variance: (q) => mapNormals((leaf) => Normal.variance(leaf), q) as W,
    momentsPullback: (q, dMean, dVariance) =>
      mapNormals(
        (leaf, m, v) => ({ mean: m, logStd: kernels(v.dtype).normalVarianceVjp(leaf.logStd, v) }),
        q,
        dMean,
        dVariance
      ) as MeanField<W>,
    deviation: (q, eps) => mapNormals((leaf, e) => Normal.deviation(leaf, e), q, eps) as W,
    deviationPullback: (q, eps, dMean, dDeviation) =>
      mapNormals(
        (leaf, e, m, d) => ({ mean: m, logStd: Normal.sampleVjp(leaf, e, d).logStd }),
        q,
        eps,
        dMean,
        dDeviation
      ) as MeanField<W>,
    kl: (q, eps) => {
      const [priorAt, noiseAt] = [priorsOf(q), noiseOf(q, eps)]
      return Leaves.list(Normal.isNormal, q).reduce((sum, leaf, i) => sum + priorAt(i).kl(leaf, noiseAt(i)), 0)
    },
    klGrad: (q, eps) => {
      const [priorAt, noiseAt] = [priorsOf(q), noiseOf(q, eps)]
      return Leaves.mapIndexed(Normal.isNormal, (leaf, i) => priorAt(i).klGrad(leaf, noiseAt(i)), q) as MeanField<W>
    },
    logProb: (q, w) => {
      const densities = mapNormals((leaf, x) => Normal.logProb(leaf, x), q, w)
      return Leaves.list(Tensor.isTensor, densities).reduce((sum, leaf) => sum + kernels(leaf.dtype).sum(leaf), 0)
    },
    logPrior: (q, w) => {
      const priorAt = priorsOf(q)
      const paths = new Map(pathsOf(q).map((path, i) => [path, i]))
      return Tree.leaves(w).reduce((sum, { path, value }) => sum + priorAt(paths.get(path)!).logProb(value), 0)
    }
  }
}

/** How a mean-field posterior is made again, given the priors there are. @category registry @since 0.1.0 */
export const definition: Definition<
  Posterior<unknown, unknown, unknown>,
  ReadonlyArray<Definition<Prior>>
> = /*#__PURE__*/ define(
  "mean-field",
  Schema.Struct({ prior: PriorGroups.PriorsSpec, initialStd: Schema.Finite }),
  ({ prior, initialStd }, registry: ReadonlyArray<Definition<Prior>>) =>
    meanField<unknown>({ prior: PriorGroups.fromSpec(prior, registry), initialStd })
)
