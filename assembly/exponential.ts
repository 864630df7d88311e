/**
 * e^x and e^x - 1 of four float32 at once.
 *
 * x = n ln 2 + r with |r| <= ln(2) / 2, and e^r = 1 + r + r^2 Q(r) with a polynomial Q of degree 4. Its coefficients
 * make the largest error of e^r - 1, relative to that, as small as float32 coefficients can: 1.4e-8, a quarter of half
 * an ulp. The sum of Q is in pairs (Estrin), as a chain of all steps would keep the processor waiting.
 *
 * The ends of the range cost a third of the time, so an operation may look at its block first (`isModerate`): for
 * |x| <= 87, expOfModerate and expm1OfModerate give the same bits without them.
 */
import { constant, HALF, LN2_HIGH, LN2_LOW, ONE, SIGN, TINY, TO_INTEGER } from "./constant"

const LOG2_E: usize = memory.data<f32>([1.44269504])
const Q1: usize = memory.data<f32>([0.16666548])
const Q2: usize = memory.data<f32>([0.041666828])
const Q3: usize = memory.data<f32>([0.0083661117])
const Q4: usize = memory.data<f32>([0.0013900427])

/** 1.5 2^23 + n, whose low bits are n. */
@inline
function shifted(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, constant(LOG2_E)), constant(TO_INTEGER))
}

/** r = x - n ln 2. */
@inline
function remainder(x: v128, t: v128): v128 {
  const n = f32x4.sub(t, constant(TO_INTEGER))
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, constant(LN2_HIGH))), f32x4.mul(n, constant(LN2_LOW)))
}

/** e^r - 1 = r + r^2 Q(r). */
@inline
function series(r: v128): v128 {
  const r2 = f32x4.mul(r, r)
  const low = f32x4.add(f32x4.mul(constant(Q1), r), constant(HALF))
  const high = f32x4.add(f32x4.add(f32x4.mul(constant(Q3), r), constant(Q2)), f32x4.mul(constant(Q4), r2))
  return f32x4.add(r, f32x4.mul(r2, f32x4.add(low, f32x4.mul(high, r2))))
}

/** How far from 0 the argument of a moderate exponential may be: then 2^n is a normal number, and so is e^x. */
export const MODERATE: usize = memory.data<f32>([87])

/** The words of two vectors, without their signs: the larger ones, as words are in the order of numbers. */
@inline
function larger(x: usize): v128 {
  return i32x4.max_u(i32x4.shl(v128.load(x), 1), i32x4.shl(v128.load(x, 16), 1))
}

/** Whether n numbers, a multiple of 16, are at most as far from 0 as the limit; NaN is further. */
export function isModerate(x: usize, n: i32, limit: usize): bool {
  let most = i32x4.splat(0)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 64) {
    most = i32x4.max_u(most, i32x4.max_u(larger(x + i), larger(x + i + 32)))
  }
  return !v128.any_true(i32x4.gt_u(most, i32x4.shl(constant(limit), 1)))
}

/** e^x for |x| <= 87. */
@inline
export function expOfModerate(x: v128): v128 {
  const t = shifted(x)
  return i32x4.add(f32x4.add(series(remainder(x, t)), constant(ONE)), i32x4.shl(t, 23))
}

/** Beyond these, e^x is infinite or 0. */
const EXP_MOST: usize = memory.data<f32>([89])
const EXP_LEAST: usize = memory.data<f32>([-104])

/** e^x. 2^n is two factors, as n is from -150 to 128: one of them alone would leave the range of float32. */
@inline
export function exp(x: v128): v128 {
  const within = f32x4.pmax(f32x4.pmin(x, constant(EXP_MOST)), constant(EXP_LEAST))
  const t = shifted(within)
  const one = constant(ONE)
  const half = i32x4.shl(i32x4.shr_s(t, 1), 23)
  const rest = i32x4.sub(i32x4.shl(t, 23), half)
  const y = f32x4.add(series(remainder(within, t)), one)
  return f32x4.mul(f32x4.mul(y, i32x4.add(half, one)), i32x4.add(rest, one))
}

/** e^x - 1 = 2^n (e^r - 1) + (2^n - 1) for |x| <= 87, but for the sign of a zero. */
@inline
export function expm1OfUnsigned(x: v128): v128 {
  const t = shifted(x)
  const one = constant(ONE)
  const power = i32x4.add(i32x4.shl(t, 23), one)
  return f32x4.add(f32x4.mul(power, series(remainder(x, t))), f32x4.sub(power, one))
}

/** e^x - 1 for |x| <= 87: it has the sign of x, also where that is a zero. */
@inline
export function expm1OfModerate(x: v128): v128 {
  return v128.or(expm1OfUnsigned(x), v128.and(x, constant(SIGN)))
}

/** Beyond these, e^x - 1 is infinite or -1. */
const EXPM1_MOST: usize = memory.data<f32>([89])
const EXPM1_LEAST: usize = memory.data<f32>([-18])

/** e^x - 1 by halves, as 2^128 would be infinite; near 0, where half of it may be subnormal, it is x itself. */
@inline
export function expm1(x: v128): v128 {
  const within = f32x4.pmax(f32x4.pmin(x, constant(EXPM1_MOST)), constant(EXPM1_LEAST))
  const t = shifted(within)
  const half = constant(HALF)
  const power = i32x4.add(i32x4.shl(t, 23), half)
  const y = f32x4.add(f32x4.mul(power, series(remainder(within, t))), f32x4.sub(power, half))
  return v128.bitselect(x, f32x4.add(y, y), f32x4.lt(f32x4.abs(x), constant(TINY)))
}
