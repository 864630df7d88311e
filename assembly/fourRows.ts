/**
 * Four rows of logits at a time, a lane each: where they are, their labels and weights, and their turn to a vector for each
 * class and back. All of it is read and written as vectors, since words that are written one by one and then read as a
 * vector keep the processor waiting.
 */
import { lanes, promoteHigh } from "./blocks"
import { constant, ONE } from "./constant"
import { transpose, transposeTo } from "./transpose"

/** What stands of four rows: pointers to their logits and to their outputs, labels, row weights; weights in float64. */
export const four: usize = memory.data(96, 16)
const OUTPUTS: usize = 16
export const LABELS: usize = 32
export const WEIGHTS: usize = 48
export const FACTORS: usize = 64

/** Describes four rows; the number of the first that counts and has no label, or -1. Lanes behind the last row have its logits. */
@inline
export function open(
  row: i32,
  rows: i32,
  C: i32,
  logits: usize,
  labels: usize,
  weights: usize,
  classWeights: usize,
  out: usize,
  spare: usize
): i32 {
  const number = lanes(row)
  const inside = i32x4.lt_s(number, i32x4.splat(rows))
  const weight = v128.and(weights ? v128.load(weights + (<usize>row << 2)) : constant(ONE), inside)
  const zero = f32x4.splat(0)
  const counts = f32x4.ne(weight, zero)
  const value = v128.load(labels + (<usize>row << 2))
  const label = i32x4.trunc_sat_f32x4_s(value)
  const within = v128.and(f32x4.ge(value, zero), f32x4.lt(value, f32x4.splat(<f32>C)))
  const bad = v128.andnot(counts, v128.and(within, f32x4.eq(f32x4.convert_i32x4_s(label), value)))
  if (v128.any_true(bad)) return row + ctz(i32x4.bitmask(bad))
  v128.store(four, weight, WEIGHTS)
  v128.store(four, v128.and(label, counts), LABELS)
  v128.store(four, f64x2.promote_low_f32x4(weight), FACTORS)
  v128.store(four, promoteHigh(weight), FACTORS + 16)
  if (classWeights) {
    for (let lane: usize = 0; lane < 4; lane++) {
      const classWeight = load<f64>(classWeights + (<usize>load<i32>(four + (lane << 2), LABELS) << 3))
      const factor = four + (lane << 3)
      store<f64>(factor, load<f64>(factor, FACTORS) * classWeight, FACTORS)
    }
  }
  const offset = i32x4.mul(i32x4.min_s(number, i32x4.splat(rows - 1)), i32x4.splat(C << 2))
  v128.store(four, i32x4.add(i32x4.splat(<i32>logits), offset))
  v128.store(four, v128.bitselect(i32x4.add(i32x4.splat(<i32>out), offset), i32x4.splat(<i32>spare), inside), OUTPUTS)
  return -1
}

/** Puts the logits of four rows at `tmp`, a vector for each class. */
@inline
export function gather(C: i32, tmp: usize): void {
  const r0 = load<usize>(four), r1 = load<usize>(four, 4), r2 = load<usize>(four, 8), r3 = load<usize>(four, 12)
  const end = <usize>C << 2
  let c: usize = 0
  for (; c + 16 <= end; c += 16, tmp += 64) {
    transpose(v128.load(r0 + c), v128.load(r1 + c), v128.load(r2 + c), v128.load(r3 + c), tmp, 16)
  }
  for (; c < end; c += 4, tmp += 16) {
    let x = v128.load32_zero(r0 + c)
    x = v128.load_lane<f32>(r1 + c, x, 1)
    x = v128.load_lane<f32>(r2 + c, x, 2)
    v128.store(tmp, v128.load_lane<f32>(r3 + c, x, 3))
  }
}

/** Puts what stands at `tmp`, a vector for each class, into the outputs of four rows. */
@inline
export function scatter(C: i32, tmp: usize): void {
  const r0 = load<usize>(four, OUTPUTS), r1 = load<usize>(four, OUTPUTS + 4)
  const r2 = load<usize>(four, OUTPUTS + 8), r3 = load<usize>(four, OUTPUTS + 12)
  const end = <usize>C << 2
  let c: usize = 0
  for (; c + 16 <= end; c += 16, tmp += 64) {
    const x0 = v128.load(tmp), x1 = v128.load(tmp, 16), x2 = v128.load(tmp, 32), x3 = v128.load(tmp, 48)
    transposeTo(x0, x1, x2, x3, r0 + c, r1 + c, r2 + c, r3 + c)
  }
  for (; c < end; c += 4, tmp += 16) {
    const x = v128.load(tmp)
    v128.store_lane<f32>(r0 + c, x, 0)
    v128.store_lane<f32>(r1 + c, x, 1)
    v128.store_lane<f32>(r2 + c, x, 2)
    v128.store_lane<f32>(r3 + c, x, 3)
  }
}
