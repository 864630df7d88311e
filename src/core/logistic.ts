/**
 * The logistic function and its integral, which keep their digits in both tails.
 *
 * Each is written in e^-|x|, which is at most 1: nothing overflows, and no small number is the difference of two large
 * ones. The textbook's ln(1 + e^x) is infinite from x = 710 on, and 1 - sigmoid(x) is 0 from x = 37 on.
 *
 * @since 0.2.0
 */
import { exp, log1p } from "./math.ts"

/** 1 / (1 + e^-x). **Numerics**: within 2 ulp. @category logistic @since 0.2.0 */
export const sigmoid = (x: number): number => {
  const e = exp(x < 0 ? x : -x)
  return (x < 0 ? e : 1) / (1 + e)
}

/** Its derivative, sigmoid(x) sigmoid(-x). **Numerics**: within 4 ulp. @category logistic @since 0.2.0 */
export const sigmoidGrad = (x: number): number => {
  const e = exp(x < 0 ? x : -x)
  return e / ((1 + e) * (1 + e))
}

/** ln(1 + e^x), whose derivative is `sigmoid`. **Numerics**: within 2 ulp. @category logistic @since 0.2.0 */
export const softplus = (x: number): number => Math.max(x, 0) + log1p(exp(x < 0 ? x : -x))
