/**
 * e^x - 1 - x of four float32 at once: never negative, and 0 at 0.
 *
 * With x = k ln 2 + r it is 2^k (e^r - 1 - r) + (2^k r + (2^k - 1 - x)). For |x| < 1/2, k is 0 and the second part too,
 * exactly; beyond, little of it cancels. e^r - 1 - r = r^2 Q(r) for |r| <= 1/2, with Q minimax to 7e-10.
 * **Numerics**: within 4 ulp; x^2 / 2 below 1e-38 may be 0.
 *
 * From -87 to -1 it is the sum of e^x and -1 - x, neither of which is negative: half the work where all lanes are there.
 * What a lane gets depends on its x alone.
 */
import { expOfModerate, MODERATE } from "./exponential"
import { constant, HALF, LN2_HIGH, LN2_LOW, ONE, TO_INTEGER } from "./constant"

const LOG2_E: usize = memory.data<f32>([1.44269504])
const Q1: usize = memory.data<f32>([0.16666667])
const Q2: usize = memory.data<f32>([0.041666668])
const Q3: usize = memory.data<f32>([0.008333181])
const Q4: usize = memory.data<f32>([0.0013888706])
const Q5: usize = memory.data<f32>([0.00019962099])
const Q6: usize = memory.data<f32>([0.00002491977])

/** Beyond these, e^x is infinite or too small to be seen beside x. */
const MOST: usize = memory.data<f32>([89])
const LEAST: usize = memory.data<f32>([-30])

/** c0 + c1 x: the polynomial's sum is in pairs, as a chain of all steps would keep the processor waiting. */
@inline
function pair(x: v128, c0: usize, c1: usize): v128 {
  return f32x4.add(constant(c0), f32x4.mul(constant(c1), x))
}

/** Of any x. */
@inline
function around(x: v128): v128 {
  const below = f32x4.pmin(x, constant(MOST))
  const within = f32x4.pmax(below, constant(LEAST))
  const t = f32x4.add(f32x4.mul(within, constant(LOG2_E)), constant(TO_INTEGER))
  const far = f32x4.ge(f32x4.abs(within), constant(HALF))
  const k = v128.and(f32x4.sub(t, constant(TO_INTEGER)), far)
  const r = f32x4.sub(f32x4.sub(within, f32x4.mul(k, constant(LN2_HIGH))), f32x4.mul(k, constant(LN2_LOW)))
  const r2 = f32x4.mul(r, r)
  const high = f32x4.add(pair(r, Q4, Q5), f32x4.mul(r2, constant(Q6)))
  const low = f32x4.add(pair(r, Q2, Q3), f32x4.mul(r2, high))
  const near = f32x4.mul(r2, f32x4.add(pair(r, HALF, Q1), f32x4.mul(r2, low)))
  // Half of it, from 2^(k-1), as 2^128 would be infinite.
  const half = constant(HALF)
  const power = i32x4.add(i32x4.shl(v128.and(t, far), 23), half)
  const start = f32x4.sub(f32x4.sub(power, half), f32x4.mul(below, half))
  const y = f32x4.add(f32x4.mul(power, near), f32x4.add(f32x4.mul(power, r), start))
  return f32x4.add(y, y)
}

const MINUS_ONE: usize = memory.data<f32>([-1])

/** Where x is from -87 to -1. */
@inline
export function isBelow(x: v128): v128 {
  return v128.and(f32x4.gt(x, f32x4.neg(constant(MODERATE))), f32x4.le(x, constant(MINUS_ONE)))
}

/** Of such an x. */
@inline
export function expm1MinusXBelow(x: v128): v128 {
  return f32x4.sub(expOfModerate(x), f32x4.add(x, constant(ONE)))
}

@inline
export function expm1MinusX(x: v128): v128 {
  const y = around(x)
  const below = isBelow(x)
  return v128.any_true(below) ? v128.bitselect(expm1MinusXBelow(x), y, below) : y
}
