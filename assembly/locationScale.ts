/**
 * The likelihoods of targets that are an output plus a scale times noise, which is normal or has Student's t, and their
 * gradients by the outputs and by the scales' logarithms.
 *
 * With z = (target - output) / scale an element's -log p is tail(z) + logScale + a constant. There is a logScale for each
 * target ([T]) or for each element: in vectors of four the first repeats after T vectors, the second after all of them.
 */
import { addLanes, pairs, promoteHigh } from "./blocks"
import { constant, HALF, ONE } from "./constant"
import { exp } from "./exponential"
import { log1p } from "./logarithm"
import { spread, spreadBytes, weighted, weightOfRows } from "./targets"

const NORMAL: i32 = 0
const STUDENT: i32 = 1

/** Vectors of logScale after which it repeats. */
@inline
function period(scales: i32, n: i32): i32 {
  return scales == n ? (n + 3) >> 2 : scales
}

/** Bytes of `tmp`: logScale, 1 / scale and its sums of the gradient in their vectors, and the weights of all elements. */
export function locationScaleTmp(rows: i32, T: i32): i32 {
  return 64 * (((rows * T + 3) >> 2) + T) + spreadBytes(rows * T)
}

/** Writes logScale and then 1 / scale in vectors that repeat. */
function repeat(logScale: usize, scales: i32, vectors: i32, tmp: usize): void {
  for (let i = 0, k = 0; i < 4 * vectors; i++, k = k + 1 == scales ? 0 : k + 1) {
    store<f32>(tmp + (<usize>i << 2), load<f32>(logScale + (<usize>k << 2)))
  }
  const end = tmp + (<usize>vectors << 4)
  for (let at = tmp; at < end; at += 16) v128.store(at + (<usize>vectors << 4), exp(f32x4.neg(v128.load(at))))
}

/** x y, but 0 where x is, even if y is infinite. */
@inline
function times(x: v128, y: v128): v128 {
  return v128.and(f32x4.mul(x, y), f32x4.ne(x, f32x4.splat(0)))
}

/** -log of the density of the noise, without its constant. */
@inline
function tail(kind: i32, z: v128, df: v128): v128 {
  const half = constant(HALF)
  if (kind == NORMAL) return f32x4.mul(half, f32x4.mul(z, z))
  return f32x4.mul(f32x4.mul(half, f32x4.add(df, constant(ONE))), log1p(f32x4.div(f32x4.mul(z, z), df)))
}

/** tail'(z). */
@inline
function slope(kind: i32, z: v128, df: v128): v128 {
  return kind == NORMAL ? z : f32x4.div(f32x4.add(df, constant(ONE)), f32x4.add(f32x4.div(df, z), z))
}

@inline
function nll(
  kind: i32,
  output: usize,
  target: usize,
  logScale: usize,
  scales: i32,
  weights: usize,
  rows: i32,
  T: i32,
  tmp: usize,
  df: f32
): f64 {
  const n = rows * T
  const vectors = period(scales, n)
  const turn = <usize>vectors << 4
  const ws = spread(weights, rows, T, tmp + 2 * turn)
  repeat(logScale, scales, vectors, tmp)
  const dfs = f32x4.splat(df)
  let sum = f64x2.splat(0)
  for (let at: usize = 0, k: usize = 0, end = <usize>n << 2; at < end; at += 16, k = k + 16 == turn ? 0 : k + 16) {
    const z = times(f32x4.sub(v128.load(target + at), v128.load(output + at)), v128.load(tmp + turn + k))
    const a = weighted(tail(kind, z, dfs), ws, at, n)
    const b = weighted(v128.load(tmp + k), ws, at, n)
    sum = f64x2.add(sum, f64x2.add(pairs(a), pairs(b)))
  }
  return addLanes(sum)
}

/** Adds four terms to the sums of their place among the vectors that repeat. */
@inline
function gather(sums: usize, x: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(x)))
  v128.store(sums, f64x2.add(v128.load(sums, 16), promoteHigh(x)), 16)
}

/** The sum of each target's lanes, in order. */
function sumLanes(sums: usize, T: i32, out: usize): void {
  for (let k = 0; k < T; k++) {
    let sum: f64 = 0
    for (let i = k; i < 4 * T; i += T) sum += load<f64>(sums + (<usize>i << 3))
    store<f32>(out + (<usize>k << 2), <f32>sum)
  }
}

@inline
function gradient(
  kind: i32,
  output: usize,
  target: usize,
  logScale: usize,
  scales: i32,
  weights: usize,
  rows: i32,
  T: i32,
  dOutput: usize,
  dLogScale: usize,
  tmp: usize,
  df: f32
): void {
  const n = rows * T
  const vectors = period(scales, n)
  const turn = <usize>vectors << 4
  const sums = tmp + 2 * turn
  const ws = spread(weights, rows, T, tmp + 4 * turn)
  repeat(logScale, scales, vectors, tmp)
  const shared = scales != n
  if (shared) memory.fill(sums, 0, 2 * turn)
  const dfs = f32x4.splat(df)
  const one = constant(ONE)
  for (let at: usize = 0, k: usize = 0, end = <usize>n << 2; at < end; at += 16, k = k + 16 == turn ? 0 : k + 16) {
    const precision = v128.load(tmp + turn + k)
    const z = times(f32x4.sub(v128.load(output + at), v128.load(target + at)), precision)
    const s = slope(kind, z, dfs)
    v128.store(dOutput + at, weighted(times(s, precision), ws, at, n))
    const d = weighted(f32x4.sub(one, times(z, s)), ws, at, n)
    if (shared) gather(sums + 2 * k, d)
    else v128.store(dLogScale + at, d)
  }
  if (shared) sumLanes(sums, T, dLogScale)
}

/**
 * -log p in nats, summed over targets and rows. logScale has T or rows T elements; weights may be 0, for none. The noise
 * has Student's t of `df` degrees of freedom, or is normal if they are infinite; `peak` is the logarithm of its density at 0.
 */
export function locationScaleNll(
  output: usize,
  target: usize,
  logScale: usize,
  scales: i32,
  weights: usize,
  rows: i32,
  T: i32,
  tmp: usize,
  df: f64,
  peak: f64
): f64 {
  const sum =
    df == Infinity
      ? nll(NORMAL, output, target, logScale, scales, weights, rows, T, tmp, 0)
      : nll(STUDENT, output, target, logScale, scales, weights, rows, T, tmp, <f32>df)
  return sum - peak * <f64>T * weightOfRows(weights, rows)
}

/** Its derivatives by the outputs, and by logScale in its size. */
export function locationScaleNllGrad(
  output: usize,
  target: usize,
  logScale: usize,
  scales: i32,
  weights: usize,
  rows: i32,
  T: i32,
  dOutput: usize,
  dLogScale: usize,
  tmp: usize,
  df: f64
): void {
  if (df == Infinity) gradient(NORMAL, output, target, logScale, scales, weights, rows, T, dOutput, dLogScale, tmp, 0)
  else gradient(STUDENT, output, target, logScale, scales, weights, rows, T, dOutput, dLogScale, tmp, <f32>df)
}
