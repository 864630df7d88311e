/**
 * The divergence of normals from one Laplace distribution, and its gradient.
 *
 * With m = mean - prior mean and a = |m| / std, E|w - prior mean| is that of a folded normal,
 * |m| + 2 std (phi(a) - a Phi(-a)), and Phi(-a) = e^(-a^2/2) T(a). A divergence is this over the scale, less logStd and a
 * constant of all elements.
 */
import { finish, first, last, pairs, real, reduce, reduction, rest } from "./blocks"
import { constant, ONE, SIGN } from "./constant"
import { exp } from "./exponential"
import { gaussian, INVERSE_SQRT_2PI, scaledTail } from "./gelu"

/**
 * What is left of a normal so many std from its mean, 5e-27, is not seen beside |m| or 1. Further out it would come to be
 * subnormal, which processors are slow with.
 */
const FAR: usize = memory.data<f32>([11])

/** |m| / std, but 0 where m is, and at most what is far. */
@inline
function standardized(m: v128, std: v128): v128 {
  const a = f32x4.abs(f32x4.div(m, std))
  return f32x4.pmin(v128.and(a, f32x4.ne(m, f32x4.splat(0))), constant(FAR))
}

/** The part of elements i to i + 3 that is not constant. */
@inline
function termsAt(args: usize, i: i32): v128 {
  const more = rest(args)
  const at = <usize>i << 2
  const logStd = v128.load(load<usize>(more, 4) + at)
  const m = f32x4.sub(v128.load(load<usize>(more) + at), v128.load32_splat(more, 8))
  const std = exp(logStd)
  const a = standardized(m, std)
  const beyond = f32x4.mul(gaussian(a), f32x4.sub(constant(INVERSE_SQRT_2PI), f32x4.mul(a, scaledTail(a))))
  const folded = f32x4.add(f32x4.abs(m), f32x4.mul(f32x4.add(std, std), beyond))
  return f32x4.sub(f32x4.mul(folded, v128.load32_splat(more, 12)), logStd)
}

function divergenceBlock(args: usize, block: i32): void {
  const end = last(args, block)
  let sum = f64x2.splat(0)
  let i = first(block)
  for (; i + 4 <= end; i += 4) sum = f64x2.add(sum, pairs(termsAt(args, i)))
  if (i < end) sum = f64x2.add(sum, pairs(real(termsAt(args, i), i, end)))
  finish(args, block, sum)
}

/** The divergence in nats, summed over n elements, each with a `constant`: log(2 scale) - log(2 pi e) / 2. */
export function laplaceKl(
  mean: usize,
  logStd: usize,
  n: i32,
  priorMean: f64,
  scale: f64,
  constant: f64,
  partials: usize
): f64 {
  const more = rest(reduction)
  store<usize>(more, mean)
  store<usize>(more, logStd, 4)
  store<f32>(more, <f32>priorMean, 8)
  store<f32>(more, <f32>(1 / scale), 12)
  return <f64>n * constant + reduce(divergenceBlock.index, partials, n, 3)
}

/** Its derivative by the mean a, with logStd b: (2 Phi(m / std) - 1) / scale. s: the prior's mean and 1 / scale. */
function laplaceKlMeanGrad(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const priorMean = v128.load32_splat(s)
  const precision = v128.load32_splat(s, 4)
  const one = constant(ONE)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const m = f32x4.sub(v128.load(a + i), priorMean)
    const z = standardized(m, exp(v128.load(b + i)))
    const tail = f32x4.mul(gaussian(z), scaledTail(z))
    const within = f32x4.sub(one, f32x4.add(tail, tail))
    v128.store(out + i, f32x4.mul(v128.or(within, v128.and(m, constant(SIGN))), precision))
  }
}
export const opLaplaceKlMeanGrad: i32 = laplaceKlMeanGrad.index

/** Its derivative by logStd b, with mean a: 2 std phi(m / std) / scale - 1. s: the prior's mean and 1 / scale. */
function laplaceKlLogStdGrad(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const priorMean = v128.load32_splat(s)
  const factor = f32x4.mul(f32x4.mul(v128.load32_splat(s, 4), f32x4.splat(2)), constant(INVERSE_SQRT_2PI))
  const one = constant(ONE)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const std = exp(v128.load(b + i))
    const z = standardized(f32x4.sub(v128.load(a + i), priorMean), std)
    v128.store(out + i, f32x4.sub(f32x4.mul(f32x4.mul(std, gaussian(z)), factor), one))
  }
}
export const opLaplaceKlLogStdGrad: i32 = laplaceKlLogStdGrad.index
