/**
 * ln x and ln(1 + x) of four float32 at once.
 *
 * x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)). With s = f / (2 + f), ln(1 + f) = 2 atanh(s) = 2 s + s R(s^2),
 * where R(z) = z (2/3 + 2/5 z + ...) is cut after three terms, with coefficients that make its largest error 8e-10; and
 * since 2 s = f - s f = f - f^2/2 + s f^2/2, it is f - (f^2/2 - s (f^2/2 + R)): f stands alone, so that it is not rounded.
 */
import { constant, HALF, INFINITY, LN2_HIGH, LN2_LOW, ONE, SIGN, TWO } from "./constant"

const R1: usize = memory.data<f32>([0.66666776])
const R2: usize = memory.data<f32>([0.3997758])
const R3: usize = memory.data<f32>([0.2987093])

/** The word of sqrt(1/2). */
const SQRT_HALF: usize = memory.data<u32>([0x3f3504f3])
const FRACTION: usize = memory.data<u32>([0x007fffff])

/** The words of x, less those of sqrt(1/2): above the 23 bits of the fraction stands k. */
@inline
function split(x: v128): v128 {
  return i32x4.sub(x, constant(SQRT_HALF))
}

/** f of a split number. */
@inline
function fraction(parts: v128): v128 {
  return f32x4.sub(i32x4.add(v128.and(parts, constant(FRACTION)), constant(SQRT_HALF)), constant(ONE))
}

/** k ln 2 + ln(1 + f). */
@inline
function logOf(k: v128, f: v128): v128 {
  const s = f32x4.div(f, f32x4.add(f, constant(TWO)))
  const z = f32x4.mul(s, s)
  const r = f32x4.mul(
    z,
    f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(constant(R3), z), constant(R2)), z), constant(R1))
  )
  const halfSquare = f32x4.mul(f32x4.mul(f, f), constant(HALF))
  const low = f32x4.add(f32x4.mul(s, f32x4.add(halfSquare, r)), f32x4.mul(k, constant(LN2_LOW)))
  return f32x4.add(f32x4.mul(k, constant(LN2_HIGH)), f32x4.sub(f, f32x4.sub(halfSquare, low)))
}

const LEAST_NORMAL: usize = memory.data<f32>([1.17549435e-38])
const TWO_24: usize = memory.data<f32>([16777216])
const MINUS_INFINITY: usize = memory.data<f32>([-Infinity])
const TWENTY_FOUR: usize = memory.data<f32>([24])

/** y, but -infinity where x is 0, x where it is infinite or NaN, and NaN where it is negative. */
@inline
function withEnds(x: v128, y: v128): v128 {
  const zero = f32x4.splat(0)
  const below = f32x4.add(y, v128.and(constant(MINUS_INFINITY), f32x4.eq(x, zero)))
  return v128.or(v128.bitselect(below, x, f32x4.lt(x, constant(INFINITY))), f32x4.lt(x, zero))
}

/** ln x. */
@inline
export function log(x: v128): v128 {
  const subnormal = f32x4.lt(x, constant(LEAST_NORMAL))
  const parts = split(v128.bitselect(f32x4.mul(x, constant(TWO_24)), x, subnormal))
  const k = f32x4.convert_i32x4_s(i32x4.shr_s(parts, 23))
  return withEnds(x, logOf(f32x4.sub(k, v128.and(constant(TWENTY_FOUR), subnormal)), fraction(parts)))
}

const MOST_EXPONENT: usize = memory.data<i32>([126])

/** ln(1 + x) of x > -1 that are not infinite. What rounding 1 + x took away is added to f, where it belongs. */
@inline
export function log1pOfFinite(x: v128): v128 {
  const u = f32x4.add(x, constant(ONE))
  const lost = f32x4.sub(x, f32x4.sub(u, constant(ONE)))
  const parts = split(u)
  const k = i32x4.shr_s(parts, 23)
  // 2^-k; where k is larger than 126, nothing was lost
  const down = i32x4.sub(constant(ONE), i32x4.shl(i32x4.min_s(k, constant(MOST_EXPONENT)), 23))
  return logOf(f32x4.convert_i32x4_s(k), f32x4.add(fraction(parts), f32x4.mul(lost, down)))
}

/** ln(1 + x), which has the sign of x, also where that is a zero. */
@inline
export function log1p(x: v128): v128 {
  const y = withEnds(f32x4.add(x, constant(ONE)), log1pOfFinite(x))
  return v128.or(y, v128.and(x, constant(SIGN)))
}
