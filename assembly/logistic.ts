/**
 * The logistic function, its derivative and its integral, and the hyperbolic tangent, of four float32 at once.
 *
 * Each is written in an exponential of -|x|, or of |x| where that is subtracted from nothing, so that both tails keep
 * their digits and nothing overflows.
 */
import { ONE, SIGN, TINY, TWO, constant } from "./constant"
import { exp, expm1OfUnsigned } from "./exponential"
import { log1pOfFinite } from "./logarithm"

/** e^-|x|. */
@inline
function expOfMinusAbs(x: v128): v128 {
  return exp(v128.or(x, constant(SIGN)))
}

/** 1 / (1 + e^-x). */
@inline
export function sigmoid(x: v128): v128 {
  const e = expOfMinusAbs(x)
  const one = constant(ONE)
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0))), f32x4.add(one, e))
}

/** Its derivative, sigmoid(x) sigmoid(-x). */
@inline
export function sigmoidGrad(x: v128): v128 {
  const e = expOfMinusAbs(x)
  const sum = f32x4.add(constant(ONE), e)
  return f32x4.div(e, f32x4.mul(sum, sum))
}

/** ln(1 + e^x), whose derivative is `sigmoid`. */
@inline
export function softplus(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), log1pOfFinite(expOfMinusAbs(x)))
}

/** tanh of twice of it is 1. */
const TANH_MOST: usize = memory.data<f32>([20])

/** Hyperbolic tangent: t / (t + 2) with t = e^2|x| - 1, and the sign of x. */
@inline
export function tanh(x: v128): v128 {
  const a = f32x4.abs(x)
  const t = expm1OfUnsigned(f32x4.pmin(f32x4.add(a, a), constant(TANH_MOST)))
  return v128.or(f32x4.div(t, f32x4.add(t, constant(TWO))), v128.and(x, constant(SIGN)))
}
