/**
 * How a sum is cut: blocks of 4096 elements, in each of which elements i and i + 2 of each four go to float64 lane i, the
 * fours in order; then the lanes are added, then the blocks' sums in order. So its bits depend on the elements alone.
 *
 * A reduction writes its arguments from `rest` on, and its block function loops over `first` to `last`; `partials` has
 * room for one float64 for each block.
 */
import { parallel } from "./jobs"

/** Elements of a block. */
export const REDUCTION_BLOCK: i32 = 4096

/** The partial sums' pointer, the number of elements, and what the reduction itself needs. */
export const reduction: usize = memory.data(128, 16)
const REST: usize = 16

@inline
export function rest(args: usize): usize {
  return args + REST
}

@inline
export function first(block: i32): i32 {
  return block * REDUCTION_BLOCK
}

@inline
export function last(args: usize, block: i32): i32 {
  return min(load<i32>(args, 4), (block + 1) * REDUCTION_BLOCK)
}

/** The numbers of the lanes from element i on. */
@inline
export function lanes(i: i32): v128 {
  return i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3))
}

/** x, of the elements from i on of n; 0 where a lane's element is padding. */
@inline
export function real(x: v128, i: i32, n: i32): v128 {
  return v128.and(x, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n - i)))
}

/** The last two lanes in float64; f64x2.promote_low_f32x4 gives the first two. */
@inline
export function promoteHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3))
}

/** Lanes 0 and 2, and 1 and 3, added in float64. */
@inline
export function pairs(x: v128): v128 {
  return f64x2.add(f64x2.promote_low_f32x4(x), promoteHigh(x))
}

/** The same of products, which are exact. */
@inline
export function products(x: v128, y: v128): v128 {
  const low = f64x2.mul(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y))
  return f64x2.add(low, f64x2.mul(promoteHigh(x), promoteHigh(y)))
}

@inline
export function addLanes(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** Puts a block's sum where it belongs. */
@inline
export function finish(args: usize, block: i32, sum: v128): void {
  store<f64>(load<usize>(args) + (<usize>block << 3), addLanes(sum))
}

/** Runs a reduction's blocks and adds their sums. `cost` is about how many nanoseconds an element takes. */
export function reduce(f: i32, partials: usize, n: i32, cost: f64): f64 {
  store<usize>(reduction, partials)
  store<i32>(reduction, n, 4)
  const blocks = (n + REDUCTION_BLOCK - 1) / REDUCTION_BLOCK
  parallel(f, reduction, blocks, <f64>n * cost)
  let sum: f64 = 0
  for (let i = 0; i < blocks; i++) sum += load<f64>(partials + (<usize>i << 3))
  return sum
}
