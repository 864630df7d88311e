/**
 * The likelihood of counts y, the output o being the logarithm of their mean, without log y!, which no output changes:
 * e^o - y o, and its derivative e^o - y. Products are in float64, as for large counts the parts nearly cancel.
 */
import { addLanes, pairs, products, real } from "./blocks"
import { exp } from "./exponential"
import { spread, spreadBytes, weighted } from "./targets"

/** Bytes of `tmp`. */
export function poissonTmp(rows: i32, T: i32): i32 {
  return spreadBytes(rows * T)
}

/** The sum over targets and rows, in nats. weights may be 0, for none. */
export function poissonNll(output: usize, target: usize, weights: usize, rows: i32, T: i32, tmp: usize): f64 {
  const n = rows * T
  const ws = spread(weights, rows, T, tmp)
  const zero = f32x4.splat(0)
  let sum = f64x2.splat(0)
  for (let at: usize = 0, end = <usize>n << 2; at < end; at += 16) {
    const o = v128.load(output + at)
    const y = v128.load(target + at)
    const rate = pairs(weighted(exp(o), ws, at, n))
    const counted = v128.and(weighted(o, ws, at, n), f32x4.ne(y, zero))
    sum = f64x2.add(sum, f64x2.sub(rate, products(counted, real(y, <i32>(at >> 2), n))))
  }
  return addLanes(sum)
}

/** Its derivatives by the outputs. */
export function poissonNllGrad(
  output: usize,
  target: usize,
  weights: usize,
  rows: i32,
  T: i32,
  dOutput: usize,
  tmp: usize
): void {
  const n = rows * T
  const ws = spread(weights, rows, T, tmp)
  for (let at: usize = 0, end = <usize>n << 2; at < end; at += 16) {
    const d = f32x4.sub(exp(v128.load(output + at)), v128.load(target + at))
    v128.store(dOutput + at, weighted(d, ws, at, n))
  }
}
