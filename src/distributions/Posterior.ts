/**
 * A posterior turns a record of weights into a record of distributions over them.
 *
 * It says how weights are sampled from its parameters Q with noise N, how a gradient by the weights becomes one by Q,
 * and how far Q is from the prior. It knows nothing of what the weights are for, so it works under every layer.
 *
 * @since 0.1.0
 */
import type { Key } from "../core/Key.ts"
import type { Spec } from "../core/Spec.ts"
import type { Shapes } from "../core/Tree.ts"

/** Q: parameters of the distributions, W: weights, N: noise (for a mean-field posterior N = W). @category models @since 0.1.0 */
export interface Posterior<Q, W, N> {
  readonly spec: Spec
  /** Whether `kl` is an estimate from the noise (a prior without a closed form), which may be negative. */
  readonly sampledKl: boolean
  /** The shapes of Q for weights of these shapes. */
  shapes(weights: Shapes<W>): Shapes<Q>
  /** Parameters centred at these weights, with small standard deviations. */
  init(weights: W, key: Key): Q
  noise(weights: Shapes<W>, key: Key): N
  mean(q: Q): W
  /** Weights from standard noise; `mean(q)` where the noise is zero. */
  sample(q: Q, eps: N): W
  /** The gradient of `sample`: from one by the weights to one by the parameters. */
  pullback(q: Q, eps: N, dW: W): Q
  /** KL(q || prior) in nats, summed over weights; `eps` is wanted where it is sampled. */
  kl(q: Q, eps?: N): number
  klGrad(q: Q, eps?: N): Q
  /** log q(w) in nats, summed over weights. */
  logProb(q: Q, w: W): number
  /** log p(w) under the prior, in nats, summed over weights. */
  logPrior(q: Q, w: W): number
}

/**
 * A posterior of independent weights, whose mean, variance and deviation from the mean stand apart: what estimators
 * need that know the layer's structure.
 *
 * @category models
 * @since 0.2.0
 */
export interface Factorized<Q, W, N> extends Posterior<Q, W, N> {
  /** The variance of each weight. */
  variance(q: Q): W
  /** From gradients by the means and the variances to one by the parameters. */
  momentsPullback(q: Q, dMean: W, dVariance: W): Q
  /** `sample` less `mean`, without their rounding: exp(logStd) eps. */
  deviation(q: Q, eps: N): W
  /** From gradients by the means and the deviations to one by the parameters. */
  deviationPullback(q: Q, eps: N, dMean: W, dDeviation: W): Q
}
