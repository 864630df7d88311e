/**
 * What is believed of a weight before the data: a density with its gradient, and its divergence from a normal posterior.
 *
 * KL(q || p) = -entropy(q) - E_q[log p(w)]. The entropy of a normal is always in closed form; where the expectation is
 * not, it is estimated from the one sample w = mean + exp(logStd) eps that the network ran on (`sampledKl`).
 *
 * @since 0.1.0
 */
import { ConfigError } from "../core/errors.ts"
import type { Spec } from "../core/Spec.ts"
import { full, type Tensor } from "../core/Tensor.ts"
import { kernels } from "../kernels/index.ts"
import * as Normal from "./Normal.ts"

/** A prior over every weight of a tensor, independently. @category models @since 0.1.0 */
export interface Prior {
  readonly spec: Spec
  /** Whether `kl` is an estimate from the noise, which may be negative, and wants that noise. */
  readonly sampledKl: boolean
  /** log p(w) in nats, summed over w. */
  logProb(w: Tensor): number
  /** Its derivative by each weight, of w's shape. */
  logProbGrad(w: Tensor): Tensor
  /**
   * KL(q || prior) in nats, summed over weights. In closed form it is >= 0 and exactly 0 where q is the prior; sampled,
   * it is an unbiased estimate from the standard normal noise `eps` of the weights.
   */
  kl(q: Normal.Normal, eps?: Tensor): number
  klGrad(q: Normal.Normal, eps?: Tensor): Normal.Grad
}

/** What a density must have to become a prior. @category models @since 0.2.0 */
export type Density = Pick<Prior, "spec" | "logProb" | "logProbGrad">

const wanted = (spec: Spec, eps: Tensor | undefined): Tensor => {
  if (eps !== undefined) return eps
  throw new ConfigError({
    option: `KL to a prior "${spec.kind}"`,
    expected: "the noise of the weights, as it has no closed form",
    actual: "none",
    hint: "Pass the eps of the forward pass: layer.kl(params, eps)"
  })
}

/**
 * A prior from a density alone: the entropy in closed form, -log p(w) at the sampled weights.
 *
 * **Source**: Blundell et al. 2015, equation 2, who sample log q(w) as well; its mean is the entropy, and taking that
 * exactly has less variance. The spec is the density's: a density that is itself a prior in closed form is, in a saved
 * model, that prior again. **Errors**: `ConfigError` from `kl` and `klGrad` without noise.
 *
 * @category constructors
 * @since 0.2.0
 */
export const sampled = (density: Density): Prior => ({
  spec: density.spec,
  sampledKl: true,
  logProb: (w) => density.logProb(w),
  logProbGrad: (w) => density.logProbGrad(w),
  kl: (q, eps) => -Normal.entropy(q) - density.logProb(Normal.sample(q, wanted(density.spec, eps))),
  klGrad: (q, eps) => {
    const noise = wanted(density.spec, eps)
    const dw = density.logProbGrad(Normal.sample(q, noise))
    const back = Normal.sampleVjp(q, noise, dw)
    const { axpy, scale } = kernels(dw.dtype)
    // The entropy grows by 1 with each logStd, and not with the mean.
    return { mean: scale(-1, back.mean), logStd: axpy(-1, back.logStd, full(q.logStd, -1)) }
  }
})
