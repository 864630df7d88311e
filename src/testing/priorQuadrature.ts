/**
 * Integrals of a prior that is asked only for log p(w) of a whole tensor, its weights being independent.
 *
 * With all weights but one kept at a centre c, log p(w) - log p(c) is log p_i(w_i) - log p_i(c_i) for weight i alone. Each
 * half line is integrated from c outwards on points whose distances grow exponentially, so that a kink at c, a peak of any
 * width there and long tails are all resolved.
 *
 * @since 0.2.0
 */
import { exp, log } from "../core/math.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Normal from "../distributions/Normal.ts"
import type { Prior } from "../distributions/Prior.ts"
import { integrateTo } from "./quadrature.ts"

const INVERSE_SQRT_2PI = 0.3989422804014327

const integrateFrom = (centre: number, f: (x: number) => number): number =>
  integrateTo(centre, f) + integrateTo(-centre, (x) => f(-x))

/** log p_i(x) - log p_i(c_i), for each weight i. */
const relative = (prior: Prior, centre: Tensor.Tensor): ReadonlyArray<(x: number) => number> => {
  const at = prior.logProb(centre)
  const values = Tensor.toFloat64Array(centre)
  return Array.from(values, (_, i) => (x: number) => {
    const moved = values.slice()
    moved[i] = x
    return prior.logProb(Tensor.from(moved, { shape: centre.shape })) - at
  })
}

/** The logarithm of the integral of p over all weights: 0 for a density. */
export const totalLogMass = (prior: Prior, centre: Tensor.Tensor): number => {
  const values = Tensor.toFloat64Array(centre)
  // exp(log p - log p(c)) may be larger than 1 but not by much: the centre is the peak.
  const masses = relative(prior, centre).map((g, i) => integrateFrom(values[i]!, (x) => exp(g(x))))
  return prior.logProb(centre) + masses.reduce((sum, mass) => sum + log(mass), 0)
}

/** KL(q || prior): the entropy is in closed form, E_q[log p] = log p(c) + the sum of integrals of q_i (log p_i - log p_i(c_i)). */
export const exactKl = (prior: Prior, centre: Tensor.Tensor, q: Normal.Normal): number => {
  const values = Tensor.toFloat64Array(centre)
  const [means, logStds] = [Tensor.toFloat64Array(q.mean), Tensor.toFloat64Array(q.logStd)]
  const expected = relative(prior, centre).map((g, i) => {
    const [mean, precision] = [means[i]!, exp(-logStds[i]!)]
    return integrateFrom(values[i]!, (x) => {
      const z = (x - mean) * precision
      const density = INVERSE_SQRT_2PI * precision * exp(-0.5 * z * z)
      return density === 0 ? 0 : density * g(x)
    })
  })
  return -Normal.entropy(q) - prior.logProb(centre) - expected.reduce((sum, v) => sum + v, 0)
}
