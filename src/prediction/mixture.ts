/**
 * The predictive distribution of a Bayesian network: an even mixture of what each weight draw predicts.
 *
 * Its mean and variance are those of a mixture: total variance = mean of the variances (aleatoric: the noise) +
 * variance of the means (epistemic: the weights). Its quantiles are those of the mixture itself, found by root search.
 *
 * @since 0.1.0
 */
import { exp, log } from "../core/math.ts"
import type { Likelihood } from "../distributions/index.ts"

/** One conditional distribution a weight draw, all over the same rows and targets. @category models @since 0.1.0 */
export type Mixture = readonly [Likelihood.Conditional, ...ReadonlyArray<Likelihood.Conditional>]

/** Mean and the two parts of the variance of number i. @category summaries @since 0.1.0 */
export const moments = (
  mixture: Mixture,
  i: number
): { readonly mean: number; readonly aleatoric: number; readonly epistemic: number } => {
  const S = mixture.length
  let means = 0
  let variances = 0
  for (let s = 0; s < S; s++) {
    const c = mixture[s]!
    means += c.mean[i]!
    variances += c.variance[i]!
  }
  const mean = means / S
  let squares = 0
  for (let s = 0; s < S; s++) {
    const distance = mixture[s]!.mean[i]! - mean
    squares += distance * distance
  }
  return { mean, aleatoric: variances / S, epistemic: squares / S }
}

/** P(target <= y) of number i. @category summaries @since 0.1.0 */
export const cdf = (mixture: Mixture, i: number, y: number): number =>
  mixture.reduce((sum, c) => sum + c.cdf(i, y), 0) / mixture.length

/** Where the quantile of a level is: by Cantelli's inequality for every component, from mean and variance alone. */
const bracket = (mixture: Mixture, i: number, level: number): readonly [low: number, high: number] => {
  const below = Math.sqrt((1 - level) / level)
  const above = Math.sqrt(level / (1 - level))
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const c of mixture) {
    const std = Math.sqrt(c.variance[i]!)
    low = Math.min(low, c.mean[i]! - below * std)
    high = Math.max(high, c.mean[i]! + above * std)
  }
  return [low, high]
}

/** Where a standard normal has a level, to 5e-4 (Abramowitz & Stegun 1964, 26.2.23): near enough to begin at. */
const nearNormalQuantile = (level: number): number => {
  const t = Math.sqrt(-2 * log(Math.min(level, 1 - level)))
  const above = 2.515517 + t * (0.802853 + t * 0.010328)
  const distance = t - above / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  return level < 0.5 ? -distance : distance
}

/**
 * The quantile of a level in (0, 1): Newton's method from that of a normal of the mixture's moments, kept inside a bracket.
 *
 * The first bracket is Cantelli's inequality for every component, which needs no more than a mean and a variance. Where
 * Newton's step leaves it, or is more than half of the last one, the bracket is halved instead, so the search must end.
 * **Numerics**: to 1e-10 of the smallest component's std, to neighbouring numbers where those are further apart, and to
 * 1e-12 of probability where that is further: in a tail, or in a flat place between two components.
 *
 * @category summaries
 * @since 0.1.0
 */
export const quantile = (mixture: Mixture, i: number, level: number): number => {
  let [low, high] = bracket(mixture, i, level)
  const smallest = mixture.reduce((least, c) => Math.min(least, Math.sqrt(c.variance[i]!)), Number.POSITIVE_INFINITY)
  const tolerance = 1e-10 * smallest // not of the bracket: between components far apart it is wider than they are
  const { mean, aleatoric, epistemic } = moments(mixture, i)
  const begin = mean + nearNormalQuantile(level) * Math.sqrt(aleatoric + epistemic)
  let y = begin > low && begin < high ? begin : (low + high) / 2
  let last = high - low
  while (high - low > tolerance && y > low && y < high) {
    const excess = cdf(mixture, i, y) - level
    if (excess > 0) high = y
    else low = y
    const density = mixture.reduce((sum, c) => sum + exp(c.logPdf(i, y)), 0) / mixture.length
    const newton = y - excess / density
    if (newton === y) return y
    const step = Math.abs(newton - y)
    const takes = newton > low && newton < high && step <= last / 2
    if (takes && step < tolerance) return newton
    last = takes ? step : (high - low) / 2
    y = takes ? newton : (low + high) / 2
  }
  return y
}

/**
 * The quantile of a level in (0, 1) where all components are of counts: the smallest count that as much of the
 * probability is at or below, by bisection inside the bracket of Cantelli's inequality.
 *
 * @category summaries
 * @since 0.3.0
 */
export const countQuantile = (mixture: Mixture, i: number, level: number): number => {
  const [lowest, highest] = bracket(mixture, i, level)
  let low = Math.max(-1, Math.floor(lowest) - 1) // less of it is at or below this one
  let high = Math.ceil(highest)
  for (let k = Math.floor((low + high) / 2); k > low && k < high; k = Math.floor((low + high) / 2)) {
    if (cdf(mixture, i, k) < level) low = k
    else high = k
  }
  return high
}

/** log of the mixture's density at a row's targets, numbers first ... first + T - 1: the draws share their weights. */
export const logDensity = (mixture: Mixture, first: number, targets: ArrayLike<number>): number => {
  const joint = mixture.map((c) => {
    let sum = 0
    for (let t = 0; t < targets.length; t++) sum += c.logPdf(first + t, targets[t]!)
    return sum
  })
  const top = joint.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  if (top === Number.NEGATIVE_INFINITY) return top
  return top + log(joint.reduce((sum, l) => sum + exp(l - top), 0) / mixture.length)
}
