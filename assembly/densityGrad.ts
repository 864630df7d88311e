/** The derivatives of the log densities of `density.ts`, as operations of a program: of each element a. */
import { constant, ONE, SIGN } from "./constant"
import { difference, smaller } from "./density"

/** For a derivative: e^-80 is 2e-35, and squares of scales, by which derivatives differ, are 1e24 of each other at most. */
const LEAST: usize = memory.data<f32>([-80])

/**
 * Of the mixture of two normals around 0: the derivative of each, by its share of the density. s: 1 / std1, 1 / std2 and
 * the difference of the logarithms at 0.
 */
function mixtureGrad(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const p = v128.load32_splat(s)
  const q = v128.load32_splat(s, 4)
  const r = v128.load32_splat(s, 8)
  const one = constant(ONE)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const x = v128.load(a + i)
    const z1 = f32x4.mul(x, p)
    const z2 = f32x4.mul(x, q)
    const d = difference(z1, z2, r)
    const e = smaller(d, LEAST)
    const share = f32x4.div(one, f32x4.add(one, e))
    const rest = f32x4.mul(e, share)
    const isSecond = f32x4.lt(d, f32x4.splat(0))
    const first = f32x4.mul(f32x4.mul(v128.bitselect(rest, share, isSecond), z1), p)
    const second = f32x4.mul(f32x4.mul(v128.bitselect(share, rest, isSecond), z2), q)
    v128.store(out + i, f32x4.neg(f32x4.add(first, second)))
  }
}
export const opMixtureGrad: i32 = mixtureGrad.index

/** Of Laplace's distribution, 0 at its mean. s: the mean and 1 / scale. */
function laplaceGrad(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const mean = v128.load32_splat(s)
  const slope = v128.load32_splat(s, 4)
  const zero = f32x4.splat(0)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const d = f32x4.sub(mean, v128.load(a + i))
    const signed = v128.and(v128.or(slope, v128.and(d, constant(SIGN))), f32x4.ne(d, zero))
    v128.store(out + i, v128.or(signed, f32x4.ne(d, d))) // NaN stays
  }
}
export const opLaplaceGrad: i32 = laplaceGrad.index

/** Of Student's t. s: the mean, 1 / scale, the degrees of freedom df, -(df + 1) / scale. */
function studentTGrad(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const mean = v128.load32_splat(s)
  const precision = v128.load32_splat(s, 4)
  const df = v128.load32_splat(s, 8)
  const factor = v128.load32_splat(s, 12)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const z = f32x4.mul(f32x4.sub(v128.load(a + i), mean), precision)
    v128.store(out + i, f32x4.div(factor, f32x4.add(f32x4.div(df, z), z)))
  }
}
export const opStudentTGrad: i32 = studentTGrad.index
