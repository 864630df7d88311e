/**
 * The likelihood of targets that are 0 or 1, the output being the logit of a 1, and its gradient.
 *
 * With x the logit of what was not seen, -log p is softplus(x) = max(x, 0) + log1p(e^-|x|), and its derivative by x is
 * sigmoid(x), of which neither overflows nor loses digits. A 1 counts `positiveWeight` times.
 */
import { addLanes, pairs } from "./blocks"
import { constant, ONE, SIGN } from "./constant"
import { sigmoid, softplus } from "./logistic"
import { spread, spreadBytes, weighted } from "./targets"

/** Bytes of `tmp`. */
export function bernoulliTmp(rows: i32, T: i32): i32 {
  return spreadBytes(rows * T)
}

/** Whether the targets are 1. */
@inline
function isOne(target: usize): v128 {
  return f32x4.eq(v128.load(target), constant(ONE))
}

/** The logits of what was not seen. */
@inline
function unseen(output: usize, seen: v128): v128 {
  return v128.xor(v128.load(output), v128.and(seen, constant(SIGN)))
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
  let sum = f64x2.splat(0)
  for (let at: usize = 0, end = <usize>n << 2; at < end; at += 16) {
    const seen = isOne(target + at)
    const v = f32x4.mul(v128.bitselect(positive, constant(ONE), seen), softplus(unseen(output + at, seen)))
    sum = f64x2.add(sum, pairs(weighted(v, ws, at, n)))
  }
  return addLanes(sum)
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
  for (let at: usize = 0, end = <usize>n << 2; at < end; at += 16) {
    const seen = isOne(target + at)
    const d = f32x4.mul(v128.bitselect(positive, constant(ONE), seen), sigmoid(unseen(output + at, seen)))
    v128.store(dOutput + at, weighted(d, ws, at, n))
  }
}
