/** Sums over all elements of a tensor. Products are exact, as they are made in float64. */
import { finish, first, last, promoteHigh, real, reduce, reduction, rest } from "./blocks"

function sumBlock(args: usize, block: i32): void {
  const x = load<usize>(rest(args))
  const end = last(args, block)
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (let i = first(block); i < end; i += 4) {
    const v = real(v128.load(x + (<usize>i << 2)), i, end)
    low = f64x2.add(low, f64x2.promote_low_f32x4(v))
    high = f64x2.add(high, promoteHigh(v))
  }
  finish(args, block, low, high)
}

/** The sum of n elements. */
export function sum(x: usize, n: i32, partials: usize): f64 {
  store<usize>(rest(reduction), x)
  return reduce(sumBlock.index, partials, n, 0.2)
}

function dotBlock(args: usize, block: i32): void {
  const x = load<usize>(rest(args))
  const y = load<usize>(rest(args), 4)
  const end = last(args, block)
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (let i = first(block); i < end; i += 4) {
    const v = real(v128.load(x + (<usize>i << 2)), i, end)
    const w = real(v128.load(y + (<usize>i << 2)), i, end)
    low = f64x2.add(low, f64x2.mul(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(w)))
    high = f64x2.add(high, f64x2.mul(promoteHigh(v), promoteHigh(w)))
  }
  finish(args, block, low, high)
}

/** The sum of n products. */
export function dot(x: usize, y: usize, n: i32, partials: usize): f64 {
  store<usize>(rest(reduction), x)
  store<usize>(rest(reduction), y, 4)
  return reduce(dotBlock.index, partials, n, 0.4)
}

/** How many blocks hold something that is not finite: x - x is 0 where x is, else NaN. */
function infiniteBlock(args: usize, block: i32): void {
  const x = load<usize>(rest(args))
  const end = last(args, block)
  let zero = f32x4.splat(0)
  for (let i = first(block); i < end; i += 4) {
    const v = real(v128.load(x + (<usize>i << 2)), i, end)
    zero = f32x4.add(zero, f32x4.sub(v, v))
  }
  const found = v128.any_true(f32x4.ne(zero, f32x4.splat(0)))
  store<f64>(load<usize>(args) + (<usize>block << 3), found ? 1 : 0)
}

/** 1 if none of n elements is NaN or infinite, else 0. */
export function allFinite(x: usize, n: i32, partials: usize): i32 {
  store<usize>(rest(reduction), x)
  return reduce(infiniteBlock.index, partials, n, 0.1) == 0 ? 1 : 0
}
