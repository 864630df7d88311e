/**
 * Independent normals N(mean, exp(logStd)^2): samples and variances, each above its pullback.
 *
 * Where logStd is one scalar, a sample is an axpy of eps with the factor exp(logStd); where the mean is one, opFill makes
 * a buffer of it.
 */
import { exp } from "./exponential"

/** mean + exp(logStd) eps; a, b, c are mean, logStd and eps. */
function normalSample(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, f32x4.add(v128.load(a + i), f32x4.mul(exp(v128.load(b + i)), v128.load(c + i))))
  }
}
export const opNormalSample: i32 = normalSample.index

/** Its gradient by logStd, dw exp(logStd) eps; a, b, c are logStd, eps and dw. */
function normalSampleVjp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, f32x4.mul(f32x4.mul(v128.load(c + i), exp(v128.load(a + i))), v128.load(b + i)))
  }
}
export const opNormalSampleVjp: i32 = normalSampleVjp.index

/** exp(2 a). */
function normalVariance(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const logStd = v128.load(a + i)
    v128.store(out + i, exp(f32x4.add(logStd, logStd)))
  }
}
export const opNormalVariance: i32 = normalVariance.index

/** Its pullback 2 dv exp(2 logStd); a, b are logStd and dv. */
function normalVarianceVjp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const logStd = v128.load(a + i)
    const dv = v128.load(b + i)
    v128.store(out + i, f32x4.mul(f32x4.add(dv, dv), exp(f32x4.add(logStd, logStd))))
  }
}
export const opNormalVarianceVjp: i32 = normalVarianceVjp.index
