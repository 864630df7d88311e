/**
 * The likelihood of labels given logits [rows, C], softmax and cross entropy in one, and its gradient: four rows at a time,
 * a lane each, so that few classes cost no more than many.
 *
 * With e_c = exp(logit_c - largest), -log p(right) = largest - logit_right + log1p(the sum of e_c without the largest's
 * own 1), and p(right) - 1 = -(the sum of e_c without e_right) / (the sum of all): no digit is lost near p = 1. Sums over
 * classes and rows are in float64.
 */
import { promoteHigh } from "./blocks"
import { exp } from "./exponential"
import { FACTORS, four, gather, LABELS, open, scatter, WEIGHTS } from "./fourRows"
import { log1p } from "./logarithm"

/** The largest logit and log1p of the rest, of each. */
const tops: usize = memory.data(32, 16)

/** Bytes of `tmp`: C vectors, and a row for the lanes behind the last row to write to. */
export function categoricalTmp(C: i32): i32 {
  return 16 * C + 4 * C
}

/** Puts the logits at `tmp`; the largest. */
@inline
function largest(C: i32, tmp: usize): v128 {
  gather(C, tmp)
  let top = v128.load(tmp)
  for (let c: usize = 16, end = <usize>C << 4; c < end; c += 16) top = f32x4.pmax(top, v128.load(tmp + c))
  return top
}

/** log1p of the sum of e_c without that of the first that is the largest. */
@inline
function logRest(C: i32, top: v128, tmp: usize): v128 {
  let left = i32x4.splat(-1) // where the largest is still to come
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (let c: usize = 0, end = <usize>C << 4; c < end; c += 16) {
    const x = v128.load(tmp + c)
    const found = v128.and(f32x4.eq(x, top), left)
    left = v128.andnot(left, found)
    const e = v128.andnot(exp(f32x4.sub(x, top)), found)
    low = f64x2.add(low, f64x2.promote_low_f32x4(e))
    high = f64x2.add(high, promoteHigh(e))
  }
  const others = i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2)
  return log1p(others)
}

/**
 * -log p in nats, summed over rows; or -1 - row where that row's label is none of 0 ... C - 1. labels [rows, 1]; weights
 * [rows] and classWeights [C], which are float64, may each be 0, for none.
 */
export function categoricalNll(
  logits: usize,
  labels: usize,
  weights: usize,
  classWeights: usize,
  rows: i32,
  C: i32,
  tmp: usize
): f64 {
  let sum: f64 = 0
  for (let row = 0; row < rows; row += 4) {
    const bad = open(row, rows, C, logits, labels, weights, classWeights, tmp, tmp)
    if (bad >= 0) return <f64>(-1 - bad)
    const top = largest(C, tmp)
    v128.store(tops, top)
    v128.store(tops, logRest(C, top, tmp), 16)
    for (let lane: usize = 0; lane < 16; lane += 4) {
      if (load<f32>(four + lane, WEIGHTS) == 0) continue
      const right = load<f32>(load<usize>(four + lane) + (<usize>load<i32>(four + lane, LABELS) << 2))
      const nll = <f64>load<f32>(tops + lane) - <f64>right + <f64>load<f32>(tops + lane, 16)
      sum += load<f64>(four + (lane << 1), FACTORS) * nll
    }
  }
  return sum
}

/** factor x / total, of float64 in four lanes, as float32. */
@inline
function ratio(lowX: v128, highX: v128, low: v128, high: v128): v128 {
  const first = f64x2.div(f64x2.mul(v128.load(four, FACTORS), lowX), low)
  const second = f64x2.div(f64x2.mul(v128.load(four, FACTORS + 16), highX), high)
  return i64x2.shuffle(f32x4.demote_f64x2_zero(first), f32x4.demote_f64x2_zero(second), 0, 2)
}

/** Its derivatives by the logits, in `out`. The number of the first row whose label is none, or -1. */
export function categoricalNllGrad(
  logits: usize,
  labels: usize,
  weights: usize,
  classWeights: usize,
  rows: i32,
  C: i32,
  out: usize,
  tmp: usize
): i32 {
  const end = <usize>C << 4
  const one = f64x2.splat(1)
  for (let row = 0; row < rows; row += 4) {
    const bad = open(row, rows, C, logits, labels, weights, classWeights, out, tmp + end)
    if (bad >= 0) return bad
    const top = largest(C, tmp)
    const labelsOf = v128.load(four, LABELS)
    let right = f32x4.splat(0)
    let low = f64x2.splat(0)
    let high = f64x2.splat(0)
    for (let c: usize = 0; c < end; c += 16) {
      const e = exp(f32x4.sub(v128.load(tmp + c), top))
      v128.store(tmp + c, e)
      const here = i32x4.eq(labelsOf, i32x4.splat(<i32>(c >> 4)))
      right = v128.bitselect(e, right, here)
      const wrong = v128.andnot(e, here)
      low = f64x2.add(low, f64x2.promote_low_f32x4(wrong))
      high = f64x2.add(high, promoteHigh(wrong))
    }
    const lowAll = f64x2.add(low, f64x2.promote_low_f32x4(right))
    const highAll = f64x2.add(high, promoteHigh(right))
    const counts = f32x4.ne(v128.load(four, WEIGHTS), f32x4.splat(0))
    const scale = ratio(one, one, lowAll, highAll)
    const less = f32x4.neg(ratio(low, high, lowAll, highAll))
    for (let c: usize = 0; c < end; c += 16) {
      const here = i32x4.eq(labelsOf, i32x4.splat(<i32>(c >> 4)))
      const p = f32x4.mul(v128.load(tmp + c), scale)
      v128.store(tmp + c, v128.and(v128.bitselect(less, p, here), counts))
    }
    scatter(C, tmp)
  }
  return -1
}
