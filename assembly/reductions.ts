/** Sums over all elements of a tensor. Products are exact, as they are made in float64. */
import { finish, first, last, pairs, products, real, reduce, reduction, rest } from "./blocks"

function sumBlock(args: usize, block: i32): void {
  const x = load<usize>(rest(args))
  const end = last(args, block)
  let sum = f64x2.splat(0)
  let i = first(block)
  for (; i + 4 <= end; i += 4) sum = f64x2.add(sum, pairs(v128.load(x + (<usize>i << 2))))
  if (i < end) sum = f64x2.add(sum, pairs(real(v128.load(x + (<usize>i << 2)), i, end)))
  finish(args, block, sum)
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
  let sum = f64x2.splat(0)
  let i = first(block)
  for (; i + 4 <= end; i += 4) {
    sum = f64x2.add(sum, products(v128.load(x + (<usize>i << 2)), v128.load(y + (<usize>i << 2))))
  }
  if (i < end) {
    const v = real(v128.load(x + (<usize>i << 2)), i, end)
    sum = f64x2.add(sum, products(v, real(v128.load(y + (<usize>i << 2)), i, end)))
  }
  finish(args, block, sum)
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
  let i = first(block)
  for (; i + 4 <= end; i += 4) {
    const v = v128.load(x + (<usize>i << 2))
    zero = f32x4.add(zero, f32x4.sub(v, v))
  }
  if (i < end) {
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
