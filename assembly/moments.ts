/**
 * The leaf updates of optimizers that keep moments of the gradient, with their constants as scalars.
 *
 * Adam's update m / c1 / (sqrt(v / c2) + epsilon) is written m / (sqrt(v) c1 / sqrt(c2) + c1 epsilon): one root and one
 * division an element, and nothing overflows that does not in that. RMSprop's is the same of g with factors 1 and epsilon.
 */

/** decay m + rest g. */
@inline
export function firstMomentOf(decay: v128, m: v128, rest: v128, g: v128): v128 {
  return f32x4.add(f32x4.mul(decay, m), f32x4.mul(rest, g))
}

/** decay v + rest g^2. */
@inline
export function secondMomentOf(decay: v128, v: v128, rest: v128, g: v128): v128 {
  return f32x4.add(f32x4.mul(decay, v), f32x4.mul(f32x4.mul(rest, g), g))
}

/** m / (factor sqrt(v) + epsilon). */
@inline
export function updateOf(m: v128, v: v128, factor: v128, epsilon: v128): v128 {
  return f32x4.div(m, f32x4.add(f32x4.mul(f32x4.sqrt(v), factor), epsilon))
}

/** s0 a + s1 b: the moment a decayed, and its part of the gradient b. */
export function firstMoment(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const decay = v128.load32_splat(s)
  const rest = v128.load32_splat(s, 4)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, firstMomentOf(decay, v128.load(a + i), rest, v128.load(b + i)))
  }
}
export const opFirstMoment: i32 = firstMoment.index

/** s0 a + s1 b^2. */
export function secondMoment(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const decay = v128.load32_splat(s)
  const rest = v128.load32_splat(s, 4)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, secondMomentOf(decay, v128.load(a + i), rest, v128.load(b + i)))
  }
}
export const opSecondMoment: i32 = secondMoment.index

/** a / (s0 sqrt(b) + s1). */
export function momentUpdate(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const factor = v128.load32_splat(s)
  const epsilon = v128.load32_splat(s, 4)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, updateOf(v128.load(a + i), v128.load(b + i), factor, epsilon))
  }
}
export const opMomentUpdate: i32 = momentUpdate.index
