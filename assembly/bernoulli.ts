/**
 * The likelihood of targets that are 0 or 1, the output being the logit of a 1, and its gradient.
 *
 * With x the logit of what was not seen, -log p is softplus(x) = max(x, 0) + log1p(e^-|x|), and its derivative by x is
 * sigmoid(x), of which neither overflows nor loses digits. A 1 counts `positiveWeight` times.
 */
import { lanes, promoteHigh } from "./blocks"
import { constant, ONE, SIGN } from "./constant"
import { exp } from "./exponential"
import { log1p } from "./logarithm"
import { spread, spreadBytes, weighted, weightsAt } from "./targets"

/** Bytes of `tmp`. */
export function bernoulliTmp(rows: i32, T: i32): i32 {
  return spreadBytes(rows * T)
}

/** -log p in nats, summed over targets and rows. weights may be 0, for none. */
export function bernoulliNll(
  output: usize,
  target: usize,
  positiveWeight: f64,
  weights: usize,
  rows: i32,
  T: i32,
  tmp: usize
): f64 {
  const n = rows * T
  const ws = spread(weights, rows, T, tmp)
  const positive = f32x4.splat(<f32>positiveWeight)
  const one = constant(ONE)
  const all = i32x4.splat(n)
  let index = lanes(0)
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (let at: usize = 0, end = <usize>n << 2; at < end; at += 16) {
    const seen = f32x4.eq(v128.load(target + at), one)
    const x = v128.xor(v128.load(output + at), v128.and(seen, constant(SIGN)))
    const softplus = f32x4.add(f32x4.pmax(x, f32x4.splat(0)), log1p(exp(v128.or(x, constant(SIGN)))))
    const times = v128.bitselect(positive, one, seen)
    const v = weighted(f32x4.mul(times, softplus), weightsAt(ws, at), index, all)
    low = f64x2.add(low, f64x2.promote_low_f32x4(v))
    high = f64x2.add(high, promoteHigh(v))
    index = i32x4.add(index, i32x4.splat(4))
  }
  const sum = f64x2.add(low, high)
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** Its derivatives by the outputs. */
export function bernoulliNllGrad(
  output: usize,
  target: usize,
  positiveWeight: f64,
  weights: usize,
  rows: i32,
  T: i32,
  dOutput: usize,
  tmp: usize
): void {
  const n = rows * T
  const ws = spread(weights, rows, T, tmp)
  const positive = f32x4.splat(<f32>-positiveWeight)
  const one = constant(ONE)
  const all = i32x4.splat(n)
  let index = lanes(0)
  for (let at: usize = 0, end = <usize>n << 2; at < end; at += 16) {
    const seen = f32x4.eq(v128.load(target + at), one)
    const x = v128.xor(v128.load(output + at), v128.and(seen, constant(SIGN)))
    const e = exp(v128.or(x, constant(SIGN)))
    const sigmoid = f32x4.div(v128.bitselect(e, one, i32x4.shr_s(x, 31)), f32x4.add(one, e))
    const times = v128.bitselect(positive, one, seen)
    v128.store(dOutput + at, weighted(f32x4.mul(times, sigmoid), weightsAt(ws, at), index, all))
    index = i32x4.add(index, i32x4.splat(4))
  }
}
