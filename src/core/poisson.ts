/**
 * The Poisson distribution function, summed from where its terms are largest.
 *
 * @since 0.2.0
 */
import { lgamma } from "./gamma.ts"
import { exp } from "./math.ts"

/** log P(count = k) at the logarithm of the rate: -infinity for a k that is no count. @category poisson @since 0.2.0 */
export const poissonLogPmf = (k: number, logRate: number): number => {
  if (!(Number.isInteger(k) && k >= 0)) return Number.isNaN(k) ? k : Number.NEGATIVE_INFINITY
  return (k > 0 ? k * logRate : 0) - exp(logRate) - (k > 1 ? lgamma(k + 1) : 0) // 0! = 1! = 1 exactly
}

/**
 * P(count <= y) at the logarithm of the rate.
 *
 * Below the rate the terms up to y, downwards, k! / rate^k times as large each; above it 1 less those that follow, which
 * fall like rate / k. Either ends after some multiple of the rate's root. **Numerics**: within 1e-11 of its value, in the
 * lower tail as well, for rates up to 1000; the relative error grows with the rate like that of exp (tested against 60
 * digits).
 *
 * @category poisson
 * @since 0.2.0
 */
export const poissonCdf = (y: number, logRate: number): number => {
  if (!(y >= 0)) return y < 0 ? 0 : Number.NaN
  if (y === Number.POSITIVE_INFINITY) return 1
  const k = Math.floor(y)
  const rate = exp(logRate)
  let sum = 0
  if (k < rate) {
    for (let [i, term] = [k, 1]; i >= 0 && term > 1e-17 * sum; i--) {
      sum += term
      term *= i / rate
    }
    return exp(poissonLogPmf(k, logRate)) * sum
  }
  for (let [i, term] = [k + 2, 1]; term > 1e-17 * sum; i++) {
    sum += term
    term *= rate / i
  }
  return 1 - exp(poissonLogPmf(k + 1, logRate)) * sum
}
