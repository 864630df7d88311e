/**
 * KL(q || p) of independent normals, and its derivatives by the parameters of a p that all elements share.
 *
 * With t = logStd_q - logStd_p and d = (mean_q - mean_p) / std_p, an element's divergence is
 * (expm1MinusX(2 t) + d^2) / 2, in float32: never negative, and 0 where q = p. A parameter of p has a step of 1, or of 0
 * where one number serves every element: then a vector of it stands in the arguments, and a mask of 0 keeps the place there.
 */
import { finish, first, last, pairs, real, reduce, reduction, rest } from "./blocks"
import { exp, expm1 } from "./exponential"
import { expm1MinusX } from "./expm1MinusX"

/** What is summed. */
const DIVERGENCE: i32 = 0
const BY_MEAN: i32 = 1
const BY_LOG_STD: i32 = 2

// @ts-ignore: decorator
@inline
function term(kind: i32, mean: v128, logStd: v128, priorMean: v128, priorLogStd: v128, precision: v128): v128 {
  const d = f32x4.mul(f32x4.sub(mean, priorMean), precision)
  if (kind == BY_MEAN) return f32x4.mul(d, precision)
  const t = f32x4.sub(logStd, priorLogStd)
  const t2 = f32x4.add(t, t)
  return f32x4.add(kind == DIVERGENCE ? expm1MinusX(t2) : expm1(t2), f32x4.mul(d, d))
}

/** The terms of elements i to i + 3. `shared` says that one logStd of p serves every element, with its precision. */
// @ts-ignore: decorator
@inline
function termsAt(kind: i32, shared: bool, args: usize, i: i32, sharedLogStd: v128, sharedPrecision: v128): v128 {
  const more = rest(args)
  const at = <usize>i << 2
  const priorLogStd = shared ? sharedLogStd : v128.load(load<usize>(more, 12) + at)
  const precision = shared ? sharedPrecision : exp(f32x4.neg(priorLogStd))
  const priorMean = v128.load(load<usize>(more, 8) + (at & load<usize>(more, 16)))
  return term(kind, v128.load(load<usize>(more) + at), v128.load(load<usize>(more, 4) + at), priorMean, priorLogStd, precision)
}

// @ts-ignore: decorator
@inline
function terms(kind: i32, shared: bool, args: usize, block: i32): void {
  const logStd = v128.load(load<usize>(rest(args), 12))
  const precision = exp(f32x4.neg(logStd))
  const end = last(args, block)
  let sum = f64x2.splat(0)
  let i = first(block)
  for (; i + 8 <= end; i += 8) {
    const v = termsAt(kind, shared, args, i, logStd, precision)
    const w = termsAt(kind, shared, args, i + 4, logStd, precision)
    sum = f64x2.add(f64x2.add(sum, pairs(v)), pairs(w))
  }
  for (; i < end; i += 4) {
    sum = f64x2.add(sum, pairs(real(termsAt(kind, shared, args, i, logStd, precision), i, end)))
  }
  finish(args, block, sum)
}

// @ts-ignore: decorator
@inline
function eitherTerms(kind: i32, args: usize, block: i32): void {
  if (load<i32>(rest(args), 20)) terms(kind, true, args, block)
  else terms(kind, false, args, block)
}

function divergenceBlock(args: usize, block: i32): void {
  eitherTerms(DIVERGENCE, args, block)
}
function byMeanBlock(args: usize, block: i32): void {
  eitherTerms(BY_MEAN, args, block)
}
function byLogStdBlock(args: usize, block: i32): void {
  eitherTerms(BY_LOG_STD, args, block)
}

/** Writes a parameter of p: its own pointer, or that of a vector at `shared` where one number serves all. */
// @ts-ignore: decorator
@inline
function parameter(pointer: usize, step: i32, shared: usize): usize {
  if (step) return pointer
  v128.store(shared, v128.load32_splat(pointer))
  return shared
}

// @ts-ignore: decorator
@inline
function overElements(
  f: i32,
  mean: usize,
  logStd: usize,
  priorMean: usize,
  meanStep: i32,
  priorLogStd: usize,
  logStdStep: i32,
  n: i32,
  partials: usize
): f64 {
  const more = rest(reduction)
  store<usize>(more, mean)
  store<usize>(more, logStd, 4)
  store<usize>(more, parameter(priorMean, meanStep, more + 32), 8)
  store<usize>(more, parameter(priorLogStd, logStdStep, more + 48), 12)
  store<i32>(more, meanStep ? -1 : 0, 16)
  store<i32>(more, logStdStep ? 0 : 1, 20)
  return reduce(f, partials, n, 2)
}

/** The divergence in nats, summed over n elements. */
export function normalKl(
  mean: usize,
  logStd: usize,
  priorMean: usize,
  meanStep: i32,
  priorLogStd: usize,
  logStdStep: i32,
  n: i32,
  partials: usize
): f64 {
  return 0.5 * overElements(divergenceBlock.index, mean, logStd, priorMean, meanStep, priorLogStd, logStdStep, n, partials)
}

/** Its derivative by a mean of p that all elements share. */
export function normalKlByPriorMean(
  mean: usize,
  logStd: usize,
  priorMean: usize,
  priorLogStd: usize,
  logStdStep: i32,
  n: i32,
  partials: usize
): f64 {
  return -overElements(byMeanBlock.index, mean, logStd, priorMean, 0, priorLogStd, logStdStep, n, partials)
}

/** Its derivative by a logStd of p that all elements share. */
export function normalKlByPriorLogStd(
  mean: usize,
  logStd: usize,
  priorMean: usize,
  meanStep: i32,
  priorLogStd: usize,
  n: i32,
  partials: usize
): f64 {
  return -overElements(byLogStdBlock.index, mean, logStd, priorMean, meanStep, priorLogStd, 0, n, partials)
}
