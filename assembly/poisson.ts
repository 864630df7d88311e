/**
 * The likelihood of counts y, the output o being the logarithm of their mean, without log y!, which no output changes:
 * e^o - y o, and its derivative e^o - y. Products are in float64, as for large counts the parts nearly cancel.
 */
import { addLanes, lanes, pairs, products } from "./blocks"
import { exp } from "./exponential"
import { spread, spreadBytes, weighted, weightsAt } from "./targets"

/** Bytes of `tmp`. */
export function poissonTmp(rows: i32, T: i32): i32 {
  return spreadBytes(rows * T)
}

/** The sum over targets and rows, in nats. weights may be 0, for none. */
export function poissonNll(output: usize, target: usize, weights: usize, rows: i32, T: i32, tmp: usize): f64 {
  const n = rows * T
  const ws = spread(weights, rows, T, tmp)
  const all = i32x4.splat(n)
  const zero = f32x4.splat(0)
  let index = lanes(0)
  let sum = f64x2.splat(0)
  for (let at: usize = 0, end = <usize>n << 2; at < end; at += 16) {
    const weight = weightsAt(ws, at)
    const o = v128.load(output + at)
    const y = v128.load(target + at)
    const rate = pairs(weighted(exp(o), weight, index, all))
    const counted = v128.and(weighted(o, weight, index, all), f32x4.ne(y, zero))
    const counts = v128.and(y, i32x4.lt_s(index, all))
    sum = f64x2.add(sum, f64x2.sub(rate, products(counted, counts)))
    index = i32x4.add(index, i32x4.splat(4))
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
  const all = i32x4.splat(n)
  let index = lanes(0)
  for (let at: usize = 0, end = <usize>n << 2; at < end; at += 16) {
    const d = f32x4.sub(exp(v128.load(output + at)), v128.load(target + at))
    v128.store(dOutput + at, weighted(d, weightsAt(ws, at), index, all))
    index = i32x4.add(index, i32x4.splat(4))
  }
}
