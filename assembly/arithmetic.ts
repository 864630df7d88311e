/**
 * The elementwise operations of a program that are plain arithmetic.
 *
 * Every operation has the signature (out, a, b, c, scalars, n, at): pointers to n floats (n a multiple of 16, buffers are
 * padded that far), to four scalars, and the number of the first element.
 */

/** s0 a + b. */
export function axpy(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const factor = v128.load32_splat(s)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, f32x4.add(f32x4.mul(factor, v128.load(a + i)), v128.load(b + i)))
  }
}
export const opAxpy: i32 = axpy.index

/** s0 a. */
export function scale(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const factor = v128.load32_splat(s)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) v128.store(out + i, f32x4.mul(factor, v128.load(a + i)))
}
export const opScale: i32 = scale.index

/** a b. */
function multiply(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, f32x4.mul(v128.load(a + i), v128.load(b + i)))
  }
}
export const opMultiply: i32 = multiply.index

/** s0 everywhere. */
function fill(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const value = v128.load32_splat(s)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) v128.store(out + i, value)
}
export const opFill: i32 = fill.index
