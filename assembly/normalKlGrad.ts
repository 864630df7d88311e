/**
 * The gradients of KL(q || p) of independent normals, elementwise: (mean_q - mean_p) / std_p^2 and
 * e^(2 (logStd_q - logStd_p)) - 1.
 *
 * Where p's parameter is one scalar for all elements, the operation ending in Scalar takes it as s0.
 */
import { exp, expm1, expm1OfModerate, isModerate } from "./exponential"

/** Where both logarithms are below this, twice their difference is moderate. */
const MODERATE_QUARTER: usize = memory.data<f32>([21.5])

/** e^(2 (logStd - prior)) - 1. */
@inline
function excess(moderate: bool, logStd: v128, prior: v128): v128 {
  const t = f32x4.sub(logStd, prior)
  const t2 = f32x4.add(t, t)
  return moderate ? expm1OfModerate(t2) : expm1(t2)
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
  const end = <usize>n << 2
  if (isModerate(a, n, MODERATE_QUARTER) && isModerate(b, n, MODERATE_QUARTER)) {
    for (let i: usize = 0; i < end; i += 16) v128.store(out + i, excess(true, v128.load(a + i), v128.load(b + i)))
  } else {
    for (let i: usize = 0; i < end; i += 16) v128.store(out + i, excess(false, v128.load(a + i), v128.load(b + i)))
  }
}
export const opNormalKlLogStdGrad: i32 = normalKlLogStdGrad.index

/** By q's logStd a; s0 is p's. */
function normalKlLogStdGradScalar(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const prior = v128.load32_splat(s)
  const end = <usize>n << 2
  if (isModerate(a, n, MODERATE_QUARTER) && abs(load<f32>(s)) <= load<f32>(MODERATE_QUARTER)) {
    for (let i: usize = 0; i < end; i += 16) v128.store(out + i, excess(true, v128.load(a + i), prior))
  } else {
    for (let i: usize = 0; i < end; i += 16) v128.store(out + i, excess(false, v128.load(a + i), prior))
  }
}
export const opNormalKlLogStdGradScalar: i32 = normalKlLogStdGradScalar.index
