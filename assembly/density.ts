/**
 * Log densities of a number, summed over a tensor's elements; `densityGrad.ts` has their derivatives.
 *
 * An element's part is in float32, without the constant of all elements, which is added in float64 at the end. A
 * distribution's mean and scales are rounded to float32, like the tensors they are compared with.
 */
import { finish, first, last, pairs, real, reduce, reduction, rest } from "./blocks"
import { constant, HALF, SIGN } from "./constant"
import { expOfModerate } from "./exponential"
import { log1p, log1pOfFinite } from "./logarithm"

const MIXTURE: i32 = 0
const LAPLACE: i32 = 1
const STUDENT: i32 = 2

/**
 * e^-|d|, the smaller of two densities by the larger one, or e^least where it is less: so little is not seen beside the
 * larger one, and what is made of it shall not be subnormal, which processors are slow to make.
 */
@inline
export function smaller(d: v128, least: usize): v128 {
  return expOfModerate(f32x4.pmax(v128.or(d, constant(SIGN)), constant(least)))
}

/** For a logarithm: e^-27 is 2e-12, whose third power is a normal number. */
const LEAST: usize = memory.data<f32>([-27])

/**
 * The difference of the exponents of two normal densities at x = z std. It holds (z1 - z2)(z1 + z2), which keeps its sign
 * where squares overflow; r is the difference of the constants.
 */
@inline
export function difference(z1: v128, z2: v128, r: v128): v128 {
  return f32x4.sub(r, f32x4.mul(f32x4.mul(constant(HALF), f32x4.sub(z1, z2)), f32x4.add(z1, z2)))
}

/** log of the sum of two densities e^a + e^b, less its second constant: the larger, and log1p(e^-|a - b|). */
@inline
function mixture(x: v128, p: v128, q: v128, r: v128): v128 {
  const z1 = f32x4.mul(x, p)
  const z2 = f32x4.mul(x, q)
  const d = difference(z1, z2, r)
  const one = f32x4.gt(d, f32x4.splat(0))
  const z = v128.bitselect(z1, z2, one)
  const rest = f32x4.sub(log1pOfFinite(smaller(d, LEAST)), f32x4.mul(f32x4.mul(constant(HALF), z), z))
  return f32x4.add(v128.and(r, one), rest)
}

/** What is summed of four elements x. p, q and r are the density's numbers. */
@inline
function term(kind: i32, x: v128, p: v128, q: v128, r: v128): v128 {
  if (kind == MIXTURE) return mixture(x, p, q, r)
  const d = f32x4.sub(x, p)
  if (kind == LAPLACE) return f32x4.abs(d)
  const z = f32x4.mul(d, q)
  return log1p(f32x4.mul(f32x4.mul(z, z), r))
}

@inline
function terms(kind: i32, args: usize, block: i32): void {
  const more = rest(args)
  const x = load<usize>(more)
  const p = v128.load32_splat(more, 4)
  const q = v128.load32_splat(more, 8)
  const r = v128.load32_splat(more, 12)
  const end = last(args, block)
  let sum = f64x2.splat(0)
  let i = first(block)
  for (; i + 4 <= end; i += 4) sum = f64x2.add(sum, pairs(term(kind, v128.load(x + (<usize>i << 2)), p, q, r)))
  if (i < end) sum = f64x2.add(sum, pairs(real(term(kind, v128.load(x + (<usize>i << 2)), p, q, r), i, end)))
  finish(args, block, sum)
}

function mixtureBlock(args: usize, block: i32): void {
  terms(MIXTURE, args, block)
}
function laplaceBlock(args: usize, block: i32): void {
  terms(LAPLACE, args, block)
}
function studentBlock(args: usize, block: i32): void {
  terms(STUDENT, args, block)
}

function overElements(f: i32, x: usize, n: i32, p: f64, q: f64, r: f64, partials: usize): f64 {
  const more = rest(reduction)
  store<usize>(more, x)
  store<f32>(more, <f32>p, 4)
  store<f32>(more, <f32>q, 8)
  store<f32>(more, <f32>r, 12)
  return reduce(f, partials, n, 2)
}

/** Of e^(c1 - z1^2 / 2) + e^(c2 - z2^2 / 2) with z = x / std. */
export function mixtureLogDensity(x: usize, n: i32, std1: f64, std2: f64, c1: f64, c2: f64, partials: usize): f64 {
  return <f64>n * c2 + overElements(mixtureBlock.index, x, n, 1 / std1, 1 / std2, c1 - c2, partials)
}

/** Of Laplace's distribution, the logarithm of its density at its mean being `peak`. */
export function laplaceLogDensity(x: usize, n: i32, mean: f64, scale: f64, peak: f64, partials: usize): f64 {
  return <f64>n * peak - overElements(laplaceBlock.index, x, n, mean, 0, 0, partials) / scale
}

/** Of mean + scale t with Student's t, the logarithm of the density at the mean being `peak`. */
export function studentTLogDensity(x: usize, n: i32, mean: f64, scale: f64, df: f64, peak: f64, partials: usize): f64 {
  return <f64>n * peak - 0.5 * (df + 1) * overElements(studentBlock.index, x, n, mean, 1 / scale, 1 / df, partials)
}
