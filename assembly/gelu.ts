/**
 * x Phi(x) and its derivative of four float32 at once, where Phi is the standard normal's distribution function.
 *
 * For a >= 0 the tail is Phi(-a) = e^(-a^2/2) T(a), where T falls smoothly from 1/2 to about 0.4 / a. With
 * d = 1 / (a + 5/2) and p = a d, T(a) = d P(p), where P, of degree 9, has coefficients that make its largest error from
 * 0 to 15 a third of an ulp, 2e-8. Beyond 15 the tail is 0 in float32.
 */
import { constant, HALF, ONE } from "./constant"
import { exp } from "./exponential"

/** Beyond this the tail is 0. */
const FAR: usize = memory.data<f32>([15])
/** The leading 12 bits of a fraction, sign and exponent. */
const HEAD: usize = memory.data<u32>([0xfffff000])
const MINUS_HALF: usize = memory.data<f32>([-0.5])
export const INVERSE_SQRT_2PI: usize = memory.data<f32>([0.39894228])

/**
 * e^(-a^2/2) for a from 0 to 15. a^2 rounded would leave an error of a hundred ulp: what is lost is found by squaring
 * the first half of the digits, which is exact, and added where it is a small factor.
 */
@inline
export function gaussian(a: v128): v128 {
  const square = f32x4.mul(a, a)
  const head = v128.and(a, constant(HEAD))
  const rest = f32x4.mul(f32x4.sub(a, head), f32x4.add(a, head))
  const lost = f32x4.add(f32x4.sub(f32x4.mul(head, head), square), rest)
  const y = exp(f32x4.mul(square, constant(MINUS_HALF)))
  return f32x4.sub(y, f32x4.mul(y, f32x4.mul(lost, constant(HALF))))
}

const SHIFT: usize = memory.data<f32>([2.5])
const P0: usize = memory.data<f32>([1.25])
const P1: usize = memory.data<f32>([-1.24339223])
const P2: usize = memory.data<f32>([0.16960746])
const P3: usize = memory.data<f32>([0.291864544])
const P4: usize = memory.data<f32>([0.0560453534])
const P5: usize = memory.data<f32>([-0.149768174])
const P6: usize = memory.data<f32>([0.138040051])
const P7: usize = memory.data<f32>([-0.313432157])
const P8: usize = memory.data<f32>([0.279807359])
const P9: usize = memory.data<f32>([-0.0798320174])

@inline
function step(sum: v128, p: v128, c: usize): v128 {
  return f32x4.add(f32x4.mul(sum, p), constant(c))
}

/** T(a) = e^(a^2/2) Phi(-a) for a from 0 to 15. */
@inline
export function scaledTail(a: v128): v128 {
  const d = f32x4.div(constant(ONE), f32x4.add(a, constant(SHIFT)))
  const p = f32x4.mul(a, d)
  let sum = step(constant(P9), p, P8)
  sum = step(sum, p, P7)
  sum = step(sum, p, P6)
  sum = step(sum, p, P5)
  sum = step(sum, p, P4)
  sum = step(sum, p, P3)
  sum = step(sum, p, P2)
  sum = step(sum, p, P1)
  sum = step(sum, p, P0)
  return f32x4.mul(sum, d)
}

/** |x|, but at most what is far. */
@inline
function distance(x: v128): v128 {
  return f32x4.pmin(f32x4.abs(x), constant(FAR))
}

/** The tail below x <= 0, or 1 less the tail above x > 0. */
@inline
function fromTail(x: v128, tail: v128): v128 {
  return v128.bitselect(f32x4.sub(constant(ONE), tail), tail, f32x4.gt(x, f32x4.splat(0)))
}

/** x Phi(x) = max(x, 0) - a Phi(-a) with a = |x|; NaN where x is -infinity, which leaves nothing to multiply. */
@inline
export function gelu(x: v128): v128 {
  const far = constant(FAR)
  const a = f32x4.pmax(f32x4.neg(x), f32x4.pmin(x, far))
  const within = f32x4.pmin(a, far)
  const tail = f32x4.mul(f32x4.mul(a, scaledTail(within)), gaussian(within))
  return f32x4.sub(v128.andnot(x, f32x4.lt(x, f32x4.splat(0))), tail)
}

/** Its derivative Phi(x) + x phi(x), where Phi(-a) - a phi(a) = e^(-a^2/2) (T(a) - a / sqrt(2 pi)); NaN at infinity. */
@inline
export function geluGrad(x: v128): v128 {
  const a = distance(x)
  const scaled = f32x4.sub(scaledTail(a), f32x4.mul(a, constant(INVERSE_SQRT_2PI)))
  return f32x4.add(fromTail(x, f32x4.mul(gaussian(a), scaled)), f32x4.sub(x, x))
}
