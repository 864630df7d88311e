/** What estimators do elementwise to the outputs of linear maps, and dropout. */
import { constant, ONE } from "./constant"

/** mean + sqrt(variance) eps; a, b, c are mean, variance and eps. */
function momentsSample(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, f32x4.add(v128.load(a + i), f32x4.mul(f32x4.sqrt(v128.load(b + i)), v128.load(c + i))))
  }
}
export const opMomentsSample: i32 = momentsSample.index

/** Its gradient by the variance: dy eps / (2 sqrt(variance)), and 0 where the variance is 0; a, b, c are variance, eps and dy. */
function momentsSampleVjp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const zero = f32x4.splat(0)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const variance = v128.load(a + i)
    const root = f32x4.sqrt(variance)
    const grad = f32x4.div(f32x4.mul(v128.load(c + i), v128.load(b + i)), f32x4.add(root, root))
    v128.store(out + i, v128.andnot(grad, f32x4.eq(variance, zero)))
  }
}
export const opMomentsSampleVjp: i32 = momentsSampleVjp.index

/** a (1 + b). */
function dropout(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const one = constant(ONE)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, f32x4.mul(v128.load(a + i), f32x4.add(one, v128.load(b + i))))
  }
}
export const opDropout: i32 = dropout.index
