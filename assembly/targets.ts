/**
 * What the likelihoods of independent targets share: elements i = row T + target in vectors of four, the weights of their
 * rows beside them, sums in float64. Batches are small, so all of it is one thread's work.
 */

import { real } from "./blocks"

const ONES: usize = memory.data<f32>([1, 1, 1, 1])

/** Bytes that the weights of n elements take. */
@inline
export function spreadBytes(n: i32): i32 {
  return (4 * n + 31) & ~15
}

/** Where the weight of each element stands: the rows' own, or one for each of its T elements at `tmp`, or ones. */
export function spread(weights: usize, rows: i32, T: i32, tmp: usize): usize {
  if (weights == 0) return ONES
  if (T == 1) return weights
  let at = tmp
  for (let row = 0; row < rows; row++) {
    const weight = load<f32>(weights + (<usize>row << 2))
    for (const end = at + (<usize>T << 2); at < end; at += 4) store<f32>(at, weight)
  }
  return tmp
}

/** x, of the elements at byte `at` of n, times their weights; but 0 where a weight is 0, whatever x is, and in padding. */
@inline
export function weighted(x: v128, spread: usize, at: usize, n: i32): v128 {
  const weight = v128.load(spread == ONES ? ONES : spread + at) // ones stand in one place
  return real(v128.and(f32x4.mul(weight, x), f32x4.ne(weight, f32x4.splat(0))), <i32>(at >> 2), n)
}

/** How many rows there are, each counted as often as its weight says. */
export function weightOfRows(weights: usize, rows: i32): f64 {
  if (weights == 0) return rows
  let sum: f64 = 0
  for (let row = 0; row < rows; row++) sum += load<f32>(weights + (<usize>row << 2))
  return sum
}
