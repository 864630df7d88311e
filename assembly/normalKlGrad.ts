/**
 * The gradients of KL(q || p) of independent normals, elementwise: (mean_q - mean_p) / std_p^2 and
 * e^(2 (logStd_q - logStd_p)) - 1.
 *
 * Where p's parameter is one scalar for all elements, the operation ending in Scalar takes it as s0.
 */
import { exp, expm1 } from "./exponential"

/** e^(2 (logStd - prior)) - 1. */
// @ts-ignore: decorator
@inline
function excess(logStd: v128, prior: v128): v128 {
  const t = f32x4.sub(logStd, prior)
  return expm1(f32x4.add(t, t))
}

/** By q's mean; a, b, c are the means of q and p, and logStd of p. */
function normalKlMeanGrad(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const logStd = v128.load(c + i)
    const precision = exp(f32x4.neg(f32x4.add(logStd, logStd)))
    v128.store(out + i, f32x4.mul(f32x4.sub(v128.load(a + i), v128.load(b + i)), precision))
  }
}
export const opNormalKlMeanGrad: i32 = normalKlMeanGrad.index

/** By q's mean a; s0 and s1 are p's mean and exp(-2 logStd). */
function normalKlMeanGradScalar(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const mean = v128.load32_splat(s)
  const precision = v128.load32_splat(s, 4)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, f32x4.mul(f32x4.sub(v128.load(a + i), mean), precision))
  }
}
export const opNormalKlMeanGradScalar: i32 = normalKlMeanGradScalar.index

/** By q's logStd a, where b is p's. */
function normalKlLogStdGrad(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, excess(v128.load(a + i), v128.load(b + i)))
  }
}
export const opNormalKlLogStdGrad: i32 = normalKlLogStdGrad.index

/** By q's logStd a; s0 is p's. */
function normalKlLogStdGradScalar(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const prior = v128.load32_splat(s)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) v128.store(out + i, excess(v128.load(a + i), prior))
}
export const opNormalKlLogStdGradScalar: i32 = normalKlLogStdGradScalar.index
