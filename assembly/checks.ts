/** Whether what a program has made may be kept. */

/** Sets the word at the pointer s0 to 1 if one of the first s1 elements of the whole tensor is NaN or infinite. */
export function nonFinite(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const flag = load<usize>(s)
  const real = min(n, load<i32>(s, 4) - at)
  const vectors = <usize>(real >> 2) << 4
  let sum = f32x4.splat(0)
  // x * 0 is 0 for finite x alone, and NaN stays NaN in a sum
  const zero = f32x4.splat(0)
  for (let i: usize = 0; i < vectors; i += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(a + i), zero))
  let bad = v128.any_true(f32x4.ne(sum, sum))
  for (let i = vectors; i < <usize>real << 2; i += 4) {
    const x = load<f32>(a + i) * 0
    bad = bad || x != x
  }
  if (bad) atomic.store<i32>(flag, 1)
}
export const opNonFinite: i32 = nonFinite.index
