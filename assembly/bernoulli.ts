/**
 * The likelihood of targets that are 0 or 1, the output being the logit of a 1, and its gradient.
 *
 * With x the logit of what was not seen, -log p is softplus(x) = max(x, 0) + log1p(e^-|x|), and its derivative by x is
 * sigmoid(x), of which neither overflows nor loses digits. A 1 counts `positiveWeight` times.
 */
import { addLanes, lanes, pairs } from "./blocks"
import { constant, ONE, SIGN } from "./constant"
import { sigmoid, softplus } from "./logistic"
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
  let sum = f64x2.splat(0)
  for (let at: usize = 0, end = <usize>n << 2; at < end; at += 16) {
    const seen = f32x4.eq(v128.load(target + at), one)
    const x = v128.xor(v128.load(output + at), v128.and(seen, constant(SIGN)))
    const times = v128.bitselect(positive, one, seen)
    const v = weighted(f32x4.mul(times, softplus(x)), weightsAt(ws, at), index, all)
    sum = f64x2.add(sum, pairs(v))
    index = i32x4.add(index, i32x4.splat(4))
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
  const one = constant(ONE)
  const all = i32x4.splat(n)
  let index = lanes(0)
  for (let at: usize = 0, end = <usize>n << 2; at < end; at += 16) {
    const seen = f32x4.eq(v128.load(target + at), one)
    const x = v128.xor(v128.load(output + at), v128.and(seen, constant(SIGN)))
    const times = v128.bitselect(positive, one, seen)
    v128.store(dOutput + at, weighted(f32x4.mul(times, sigmoid(x)), weightsAt(ws, at), index, all))
    index = i32x4.add(index, i32x4.splat(4))
  }
}
