/**
 * KL(q || p) of independent normals, and its derivatives by the parameters of a p that all elements share.
 *
 * With t = logStd_q - logStd_p and d = (mean_q - mean_p) / std_p, an element's divergence is
 * (expm1MinusX(2 t) + d^2) / 2, in float32: never negative, and 0 where q = p. Where all of eight elements have a q much
 * narrower than p, as they often do in training, a shorter way gives the same bits. A parameter of p has a step of 1, or
 * of 0 where one number serves every element: then a vector of it stands in the arguments, and a mask of 0 keeps the
 * place there.
 */
import { finish, first, last, pairs, real, reduce, reduction, rest } from "./blocks"
import { exp, expm1 } from "./exponential"
import { expm1MinusX, expm1MinusXBelow, isBelow } from "./expm1MinusX"

/** What is summed. */
const DIVERGENCE: i32 = 0
const BY_MEAN: i32 = 1
const BY_LOG_STD: i32 = 2

/** 2 t of elements i to i + 3. */
@inline
function twice(args: usize, i: i32, priorLogStd: v128): v128 {
  const t = f32x4.sub(v128.load(load<usize>(rest(args), 4) + (<usize>i << 2)), priorLogStd)
  return f32x4.add(t, t)
}

/** d of elements i to i + 3. */
@inline
function distance(args: usize, i: i32, precision: v128): v128 {
  const more = rest(args)
  const at = <usize>i << 2
  const priorMean = v128.load(load<usize>(more, 8) + (at & load<usize>(more, 16)))
  return f32x4.mul(f32x4.sub(v128.load(load<usize>(more) + at), priorMean), precision)
}

/** The terms of elements i to i + 3, where p has this logStd and this precision. */
@inline
function term(kind: i32, args: usize, i: i32, logStd: v128, precision: v128): v128 {
  const d = distance(args, i, precision)
  if (kind == BY_MEAN) return f32x4.mul(d, precision)
  const t = twice(args, i, logStd)
  return f32x4.add(kind == DIVERGENCE ? expm1MinusX(t) : expm1(t), f32x4.mul(d, d))
}

/** Whether elements i to i + 7 can go the shorter way. */
@inline
function allBelow(args: usize, i: i32, logStd: v128, next: v128): bool {
  return i32x4.bitmask(v128.and(isBelow(twice(args, i, logStd)), isBelow(twice(args, i + 4, next)))) == 15
}

/** The divergence of elements i to i + 3 in the shorter way. */
@inline
function termBelow(args: usize, i: i32, logStd: v128, precision: v128): v128 {
  const d = distance(args, i, precision)
  return f32x4.add(expm1MinusXBelow(twice(args, i, logStd)), f32x4.mul(d, d))
}

/** p's logStd of elements i to i + 3: `shared` says that one serves every element. */
@inline
function priorLogStd(shared: bool, args: usize, i: i32): v128 {
  const pointer = load<usize>(rest(args), 12)
  return v128.load(shared ? pointer : pointer + (<usize>i << 2))
}

@inline
function terms(kind: i32, shared: bool, args: usize, block: i32): void {
  const end = last(args, block)
  let i = first(block)
  let l = priorLogStd(true, args, 0)
  let p = exp(f32x4.neg(l))
  let sum = f64x2.splat(0)
  for (; i + 8 <= end; i += 8) {
    let m = l
    let q = p
    if (!shared) {
      l = priorLogStd(false, args, i)
      m = priorLogStd(false, args, i + 4)
      p = exp(f32x4.neg(l))
      q = exp(f32x4.neg(m))
    }
    let v: v128
    let w: v128
    if (kind == DIVERGENCE && allBelow(args, i, l, m)) {
      v = termBelow(args, i, l, p)
      w = termBelow(args, i + 4, m, q)
    } else {
      v = term(kind, args, i, l, p)
      w = term(kind, args, i + 4, m, q)
    }
    sum = f64x2.add(f64x2.add(sum, pairs(v)), pairs(w))
  }
  for (; i < end; i += 4) {
    if (!shared) {
      l = priorLogStd(false, args, i)
      p = exp(f32x4.neg(l))
    }
    sum = f64x2.add(sum, pairs(real(term(kind, args, i, l, p), i, end)))
  }
  finish(args, block, sum)
}

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
@inline
function parameter(pointer: usize, step: i32, shared: usize): usize {
  if (step) return pointer
  v128.store(shared, v128.load32_splat(pointer))
  return shared
}

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
