/**
 * The Poisson distribution function, summed from where its terms are largest.
 *
 * @since 0.2.0
 */
import { lgamma } from "./gamma.ts"
import { exp, normalCdf } from "./math.ts"

/** log P(count = k) at the logarithm of the rate: -infinity for a k that is no count. @category poisson @since 0.2.0 */
export const poissonLogPmf = (k: number, logRate: number): number => {
  if (!(Number.isInteger(k) && k >= 0)) return Number.isNaN(k) ? k : Number.NEGATIVE_INFINITY
  return (k > 0 ? k * logRate : 0) - exp(logRate) - (k > 1 ? lgamma(k + 1) : 0) // 0! = 1! = 1 exactly
}

/** From this rate on, sums are too long, and what the expansion below leaves out is below 1e-14. */
const LARGE = 1e8

/**
 * P(count <= k) at a large rate, by the uniform expansion of the incomplete gamma function Q(k + 1, rate).
 *
 * With lambda = rate / (k + 1) and eta^2 / 2 = lambda - 1 - log(lambda), eta of the sign of lambda - 1, it is
 * Phi(-eta sqrt(k + 1)) and a correction. **Source**: Temme 1979, section 2, its first term. **Numerics**: lambda - 1 is
 * within 1e-2 wherever the value is neither 0 nor 1, so both logarithm and correction are short series.
 */
const largeCdf = (k: number, rate: number): number => {
  const a = k + 1
  const d = (rate - a) / a
  if (Math.abs(d) > 1e-2) return d > 0 ? 0 : 1
  let half = 0 // eta^2 / 2 = d^2 / 2 - d^3 / 3 + ...
  for (let [n, power] = [2, d * d]; n <= 9; n++) {
    half += power / n
    power *= -d
  }
  const eta = Math.sign(d) * Math.sqrt(2 * half)
  const correction = -1 / 3 + eta * (1 / 12 + eta * (-2 / 135 + eta / 864))
  return normalCdf(-eta * Math.sqrt(a)) + (exp(-a * half) / Math.sqrt(2 * Math.PI * a)) * correction
}

/**
 * P(count <= y) at the logarithm of the rate.
 *
 * Below the rate the terms up to y, downwards, k! / rate^k times as large each; above it 1 less those that follow, which
 * fall like rate / k. Either ends after some multiple of the rate's root. **Numerics**: within 1e-11 of its value, in the
 * lower tail as well, for rates up to 1000; the relative error grows with the rate like that of exp. Rates from 1e8 on
 * take an expansion in place of the sums, within 1e-10 up to a log rate of 25 (tested against 60 digits); beyond, the
 * rounding of the rate, 1e-16 of it, outgrows its standard deviation, the root.
 *
 * @category poisson
 * @since 0.2.0
 */
export const poissonCdf = (y: number, logRate: number): number => {
  if (!(y >= 0)) return y < 0 ? 0 : Number.NaN
  if (y === Number.POSITIVE_INFINITY) return 1
  const k = Math.floor(y)
  const rate = exp(logRate)
  if (rate >= LARGE) return largeCdf(k, rate)
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
