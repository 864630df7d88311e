/**
 * e^x and e^x - 1 of four float32 at once.
 *
 * x = n ln 2 + r with |r| <= ln(2) / 2, and e^r = 1 + r + r^2 Q(r) with a polynomial Q of degree 4. Its coefficients
 * make the largest error of e^r - 1, relative to that, as small as float32 coefficients can: 1.4e-8, a quarter of half
 * an ulp. The sum of Q is in pairs (Estrin), as a chain of all steps would keep the processor waiting.
 */
import { HALF, LN2_HIGH, LN2_LOW, ONE, TINY, TO_INTEGER, TWO, constant } from "./constant"

const LOG2_E: usize = memory.data<f32>([1.44269504])
const Q1: usize = memory.data<f32>([0.16666548])
const Q2: usize = memory.data<f32>([0.041666828])
const Q3: usize = memory.data<f32>([0.0083661117])
const Q4: usize = memory.data<f32>([0.0013900427])

/** r = x - n ln 2. */
// @ts-ignore: decorator
@inline
function remainder(x: v128, n: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, constant(LN2_HIGH))), f32x4.mul(n, constant(LN2_LOW)))
}

/** e^r - 1 = r + r^2 Q(r). */
// @ts-ignore: decorator
@inline
function series(r: v128): v128 {
  const r2 = f32x4.mul(r, r)
  const low = f32x4.add(f32x4.mul(constant(Q1), r), constant(HALF))
  const high = f32x4.add(f32x4.add(f32x4.mul(constant(Q3), r), constant(Q2)), f32x4.mul(constant(Q4), r2))
  return f32x4.add(r, f32x4.mul(r2, f32x4.add(low, f32x4.mul(high, r2))))
}

/** Beyond these, e^x is infinite or 0. */
const EXP_MOST: usize = memory.data<f32>([89])
const EXP_LEAST: usize = memory.data<f32>([-104])

/** e^x. 2^n is two factors, as n is from -150 to 128: one of them alone would leave the range of float32. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const within = f32x4.pmax(f32x4.pmin(x, constant(EXP_MOST)), constant(EXP_LEAST))
  const t = f32x4.add(f32x4.mul(within, constant(LOG2_E)), constant(TO_INTEGER))
  const n = f32x4.sub(t, constant(TO_INTEGER))
  const one = constant(ONE)
  const half = i32x4.shl(i32x4.shr_s(t, 1), 23)
  const rest = i32x4.sub(i32x4.shl(t, 23), half)
  const y = f32x4.add(series(remainder(within, n)), one)
  return f32x4.mul(f32x4.mul(y, i32x4.add(half, one)), i32x4.add(rest, one))
}

/** Beyond these, e^x - 1 is infinite or -1. */
const EXPM1_MOST: usize = memory.data<f32>([89])
const EXPM1_LEAST: usize = memory.data<f32>([-18])

/** e^x - 1 for x from -18 to 89: 2 (2^(n-1) (e^r - 1) + (2^(n-1) - 1/2)), as 2^128 would be infinite. */
// @ts-ignore: decorator
@inline
export function expm1Within(x: v128): v128 {
  const t = f32x4.add(f32x4.mul(x, constant(LOG2_E)), constant(TO_INTEGER))
  const n = f32x4.sub(t, constant(TO_INTEGER))
  const half = constant(HALF)
  const power = i32x4.add(i32x4.shl(t, 23), half)
  const y = f32x4.add(f32x4.mul(power, series(remainder(x, n))), f32x4.sub(power, half))
  return f32x4.add(y, y)
}

/** e^x - 1, which near 0 is x itself, -0 too. */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  const y = expm1Within(f32x4.pmax(f32x4.pmin(x, constant(EXPM1_MOST)), constant(EXPM1_LEAST)))
  return v128.bitselect(x, y, f32x4.lt(f32x4.abs(x), constant(TINY)))
}
