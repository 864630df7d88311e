/**
 * Empirical Bayes: the scale of the prior is trained with the posterior, one for each group of priors.
 *
 * The one idea: a divergence does not change when both of its sides are rescaled. With the prior p0 stretched by s,
 * p(w) = p0(w / s) / s, KL(q || p) is the KL from p0 of q shrunk by s, that is of { mean / s, logStd - log s }: so every
 * prior, in closed form or sampled, gets a trainable scale, and the gradient by log s is
 * -(sum of dMean' mean' + sum of dLogStd'), primes for what has been shrunk.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { exp } from "../core/math.ts"
import * as Shape from "../core/Shape.ts"
import { type Definition, define } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import { type MeanField, type MeanFieldOptions, meanField } from "./meanField.ts"
import * as Normal from "./Normal.ts"
import { normal } from "./normalPrior.ts"
import type { Factorized, Posterior } from "./Posterior.ts"
import type { Prior } from "./Prior.ts"
import * as PriorGroups from "./priorGroups.ts"

/** @category models @since 0.2.0 */
export interface EmpiricalBayes<W> {
  readonly weights: MeanField<W>
  /** [G]: the natural logarithm of each group's scale; G = 1 for a single prior. */
  readonly logScale: Tensor.Tensor
}

/** A function of the weights' posterior alone has no gradient by the scales. */
const withoutScale = <W>(weights: MeanField<W>, q: EmpiricalBayes<W>): EmpiricalBayes<W> => ({
  weights,
  logScale: Tensor.zeros(q.logScale)
})

/** w / s. */
const shrink = (t: Tensor.Tensor, logScale: number): Tensor.Tensor => kernels(t.dtype).scale(exp(-logScale), t)

/** The normal of w / s for that of w. */
const shrinkNormal = ({ mean, logStd }: Normal.Normal, logScale: number): Normal.Normal => ({
  mean: shrink(mean, logScale),
  logStd: kernels(logStd.dtype).axpy(-1, Tensor.full(logStd, logScale), logStd)
})

/**
 * A mean-field posterior whose prior has a trainable scale: parameters { weights, logScale [G] }.
 *
 * Where `logScale` is 0, as `init` has it, the prior is the one given, to the last bit; a scale stretches it about 0, so
 * its mean, if it has one, too. A scale is shared by all weights of its group: to share one among layers, lift the
 * network as a whole, `bayesian(sequential(...), empiricalBayes(...))`. For N(0, 1) the best s^2, given q, is the mean of
 * mean^2 + std^2 over the weights.
 *
 * **Source**: type-II maximum likelihood (MacKay 1992): scales get a point estimate and no distribution. Blundell et al.
 * 2015, section 3.3, tried it on the parameters of their prior and report that it did not help.
 * **Errors**: those of `meanField`; `ShapeError` for a logScale of another shape.
 *
 * @example
 * ```ts
 * import { bayesian, empiricalBayes, Key, Linear, relu, sequential } from "effect-bayes"
 *
 * const network = sequential(Linear.make({ in: 3, out: 8 }), relu, Linear.make({ in: 8, out: 1 }))
 * const params = bayesian(network, empiricalBayes()).init(Key.make(0)) // one scale for both layers
 * params.logScale.shape // => [1]
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const empiricalBayes = <W>(options?: MeanFieldOptions): Factorized<EmpiricalBayes<W>, W, W> => {
  const prior = PriorGroups.copy(options?.prior ?? normal())
  const inner = meanField<W>({ ...options, prior })
  const groups = PriorGroups.list(prior).length
  /** In the precision of the weights. */
  const scaleSpec = (weights: unknown): Shape.TensorSpec => ({
    shape: [groups],
    dtype: Tree.leavesWith(Tree.isSpec, weights)[0]?.value.dtype ?? "float32"
  })
  const indices = (paths: ReadonlyArray<string>): ((path: string) => number) => {
    const found = PriorGroups.indices(prior, paths)
    const byPath = new Map(paths.map((path, i) => [path, found[i]!]))
    return (path) => byPath.get(path)!
  }
  /** The group of each normal by its path, and its scale; all normals shrunk by theirs. */
  const shrunk = (q: EmpiricalBayes<W>) => {
    Shape.assertShape("empirical Bayes, logScale", [groups], q.logScale.shape)
    const groupOf = indices(Tree.leavesWith(Normal.isNormal, q.weights).map(({ path }) => path))
    const scales = Tensor.toFloat64Array(q.logScale)
    const logScaleOf = (path: string): number => scales[groupOf(path)]!
    const weights = Tree.mapWith(
      Normal.isNormal,
      (leaf, _, path) => shrinkNormal(leaf, logScaleOf(path)),
      q.weights
    ) as MeanField<W>
    return { groupOf, logScaleOf, weights }
  }
  return {
    spec: { ...inner.spec, kind: "empirical-bayes" },
    sampledKl: inner.sampledKl,
    shapes: (weights) => ({ weights: inner.shapes(weights), logScale: scaleSpec(weights) }) as never,
    init: (weights, key) => ({ weights: inner.init(weights, key), logScale: Tensor.zeros(scaleSpec(weights)) }),
    noise: (weights, key) => inner.noise(weights, key),
    mean: (q) => inner.mean(q.weights),
    sample: (q, eps) => inner.sample(q.weights, eps),
    pullback: (q, eps, dW) => withoutScale(inner.pullback(q.weights, eps, dW), q),
    variance: (q) => inner.variance(q.weights),
    momentsPullback: (q, dMean, dVariance) => withoutScale(inner.momentsPullback(q.weights, dMean, dVariance), q),
    deviation: (q, eps) => inner.deviation(q.weights, eps),
    deviationPullback: (q, eps, dMean, dDeviation) =>
      withoutScale(inner.deviationPullback(q.weights, eps, dMean, dDeviation), q),
    kl: (q, eps) => inner.kl(shrunk(q).weights, eps),
    klGrad: (q, eps) => {
      const { groupOf, logScaleOf, weights } = shrunk(q)
      const dLogScale = new Float64Array(groups)
      const back = (d: Normal.Normal, [at]: ReadonlyArray<unknown>, path: string): Normal.Grad => {
        const engine = kernels(d.mean.dtype)
        dLogScale[groupOf(path)]! -= engine.dot(d.mean, (at as Normal.Normal).mean) + engine.sum(d.logStd)
        return { mean: shrink(d.mean, logScaleOf(path)), logStd: d.logStd }
      }
      return {
        weights: Tree.mapWith(Normal.isNormal, back, inner.klGrad(weights, eps), weights) as MeanField<W>,
        logScale: Tensor.from(dLogScale, { dtype: q.logScale.dtype })
      }
    },
    logProb: (q, w) => inner.logProb(q.weights, w),
    logPrior: (q, w) => {
      const { logScaleOf, weights } = shrunk(q)
      const logJacobian = Tree.leaves(w).reduce((sum, { path, value }) => sum + logScaleOf(path) * Tree.count(value), 0)
      const at = Tree.map(w, (leaf, path) => shrink(leaf, logScaleOf(path)))
      return inner.logPrior(weights, at) - logJacobian
    }
  }
}

/** How it is made again, given the priors there are. @category registry @since 0.2.0 */
export const definition: Definition<
  Posterior<unknown, unknown, unknown>,
  ReadonlyArray<Definition<Prior>>
> = /*#__PURE__*/ define(
  "empirical-bayes",
  Schema.Struct({ prior: PriorGroups.PriorsSpec, initialStd: Schema.Finite }),
  ({ prior, initialStd }, registry: ReadonlyArray<Definition<Prior>>) =>
    empiricalBayes<unknown>({ prior: PriorGroups.fromSpec(prior, registry), initialStd })
)
