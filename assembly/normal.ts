/**
 * Independent normals N(mean, exp(logStd)^2): samples and variances, each above its pullback.
 *
 * Where logStd is one scalar, a sample is an axpy of eps with the factor exp(logStd); where the mean is one, opFill makes
 * a buffer of it. Blocks of moderate logStd, which nearly all are, have a loop of their own.
 */
import { exp, expOfModerate, isModerate, MODERATE } from "./exponential"

/** The same for twice logStd. */
const MODERATE_HALF: usize = memory.data<f32>([43.5])

@inline
function sample(moderate: bool, out: usize, mean: usize, logStd: usize, eps: usize, n: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const l = v128.load(logStd + i)
    const std = moderate ? expOfModerate(l) : exp(l)
    v128.store(out + i, f32x4.add(v128.load(mean + i), f32x4.mul(std, v128.load(eps + i))))
  }
}

/** mean + exp(logStd) eps; a, b, c are mean, logStd and eps. */
function normalSample(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  if (isModerate(b, n, MODERATE)) sample(true, out, a, b, c, n)
  else sample(false, out, a, b, c, n)
}
export const opNormalSample: i32 = normalSample.index

@inline
function sampleVjp(moderate: bool, out: usize, logStd: usize, eps: usize, dw: usize, n: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const l = v128.load(logStd + i)
    const std = moderate ? expOfModerate(l) : exp(l)
    v128.store(out + i, f32x4.mul(f32x4.mul(v128.load(dw + i), std), v128.load(eps + i)))
  }
}

/** Its gradient by logStd, dw exp(logStd) eps; a, b, c are logStd, eps and dw. */
function normalSampleVjp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  if (isModerate(a, n, MODERATE)) sampleVjp(true, out, a, b, c, n)
  else sampleVjp(false, out, a, b, c, n)
}
export const opNormalSampleVjp: i32 = normalSampleVjp.index

@inline
function twice(pointer: usize): v128 {
  const x = v128.load(pointer)
  return f32x4.add(x, x)
}

/** exp(logStd)^2. */
@inline
function varianceOf(moderate: bool, logStd: usize): v128 {
  const x = twice(logStd)
  return moderate ? expOfModerate(x) : exp(x)
}

/** exp(2 a). */
function normalVariance(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const end = <usize>n << 2
  if (isModerate(a, n, MODERATE_HALF)) {
    for (let i: usize = 0; i < end; i += 16) v128.store(out + i, varianceOf(true, a + i))
  } else {
    for (let i: usize = 0; i < end; i += 16) v128.store(out + i, varianceOf(false, a + i))
  }
}
export const opNormalVariance: i32 = normalVariance.index

/** Its pullback 2 dv exp(2 logStd); a, b are logStd and dv. */
function normalVarianceVjp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const end = <usize>n << 2
  if (isModerate(a, n, MODERATE_HALF)) {
    for (let i: usize = 0; i < end; i += 16) v128.store(out + i, f32x4.mul(twice(b + i), varianceOf(true, a + i)))
  } else {
    for (let i: usize = 0; i < end; i += 16) v128.store(out + i, f32x4.mul(twice(b + i), varianceOf(false, a + i)))
  }
}
export const opNormalVarianceVjp: i32 = normalVarianceVjp.index
