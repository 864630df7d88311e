/**
 * The leaf updates of optimizers that keep moments of the gradient, with their constants as scalars.
 *
 * Adam's update m / c1 / (sqrt(v / c2) + epsilon) is written m / (sqrt(v) c1 / sqrt(c2) + c1 epsilon): one root and one
 * division an element, and nothing overflows that does not in that. RMSprop's is the same of g with factors 1 and epsilon.
 */

/** s0 a + s1 b: the moment a decayed, and its part of the gradient b. */
function firstMoment(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const decay = v128.load32_splat(s)
  const rest = v128.load32_splat(s, 4)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, f32x4.add(f32x4.mul(decay, v128.load(a + i)), f32x4.mul(rest, v128.load(b + i))))
  }
}
export const opFirstMoment: i32 = firstMoment.index

/** s0 a + s1 b^2. */
function secondMoment(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const decay = v128.load32_splat(s)
  const rest = v128.load32_splat(s, 4)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const g = v128.load(b + i)
    v128.store(out + i, f32x4.add(f32x4.mul(decay, v128.load(a + i)), f32x4.mul(f32x4.mul(rest, g), g)))
  }
}
export const opSecondMoment: i32 = secondMoment.index

/** a / (s0 sqrt(b) + s1). */
function momentUpdate(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const factor = v128.load32_splat(s)
  const epsilon = v128.load32_splat(s, 4)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, f32x4.div(v128.load(a + i), f32x4.add(f32x4.mul(f32x4.sqrt(v128.load(b + i)), factor), epsilon)))
  }
}
export const opMomentUpdate: i32 = momentUpdate.index
