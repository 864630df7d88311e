/**
 * The log density of independent normals N(mean, exp(logStd)^2) and its gradients, elementwise, in nats. a, b, c are mean,
 * logStd and x. With z = (x - mean) / std, the gradients are z / std by the mean, -z / std by x, and z^2 - 1 by logStd.
 *
 * Where both parameters are scalars, opNormalLogProbScalars takes x as a, and as s0 the mean, as s1 exp(-logStd), as s2
 * logStd + log(2 pi) / 2. Elsewhere a scalar becomes a buffer by opFill.
 */
import { constant, HALF, ONE } from "./constant"
import { exp } from "./exponential"

const HALF_LOG_2PI: usize = memory.data<f32>([0.9189385])

/** -z^2 / 2 - constant. */
@inline
function logDensity(z: v128, constantPart: v128): v128 {
  return f32x4.sub(f32x4.neg(f32x4.mul(f32x4.mul(z, constant(HALF)), z)), constantPart)
}

/** -z^2 / 2 - logStd - log(2 pi) / 2. */
function normalLogProb(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const halfLog2Pi = constant(HALF_LOG_2PI)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const logStd = v128.load(b + i)
    const z = f32x4.mul(f32x4.sub(v128.load(c + i), v128.load(a + i)), exp(f32x4.neg(logStd)))
    v128.store(out + i, logDensity(z, f32x4.add(logStd, halfLog2Pi)))
  }
}
export const opNormalLogProb: i32 = normalLogProb.index

/** z / std: the gradient by the mean, whose negative is that by x. */
function normalLogProbMeanGrad(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const precision = exp(f32x4.neg(v128.load(b + i)))
    v128.store(out + i, f32x4.mul(f32x4.mul(f32x4.sub(v128.load(c + i), v128.load(a + i)), precision), precision))
  }
}
export const opNormalLogProbMeanGrad: i32 = normalLogProbMeanGrad.index

/** z^2 - 1: the gradient by logStd. */
function normalLogProbLogStdGrad(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const one = constant(ONE)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const z = f32x4.mul(f32x4.sub(v128.load(c + i), v128.load(a + i)), exp(f32x4.neg(v128.load(b + i))))
    v128.store(out + i, f32x4.sub(f32x4.mul(z, z), one))
  }
}
export const opNormalLogProbLogStdGrad: i32 = normalLogProbLogStdGrad.index

/** -z^2 / 2 - s2. */
function normalLogProbScalars(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const mean = v128.load32_splat(s)
  const precision = v128.load32_splat(s, 4)
  const constantPart = v128.load32_splat(s, 8)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const z = f32x4.mul(f32x4.sub(v128.load(a + i), mean), precision)
    v128.store(out + i, logDensity(z, constantPart))
  }
}
export const opNormalLogProbScalars: i32 = normalLogProbScalars.index
