/**
 * Activations and their pullbacks. An activation is y = f(a); its pullback takes x, y and dy as a, b, c and gives dy f'(x).
 * At a kink the derivative is that from the left. A scalar of the activation is s0.
 */
import { constant, ONE } from "./constant"
import { exp, expm1 } from "./exponential"
import { sigmoid, sigmoidGrad, softplus, tanh } from "./logistic"
import { gelu, geluGrad } from "./gelu"
import { relu } from "./relu"

/** max(a, 0). */
function mapRelu(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) v128.store(out + i, relu(v128.load(a + i)))
}
export const opRelu: i32 = mapRelu.index

/** dy where x is positive, else 0. */
function reluVjp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const zero = f32x4.splat(0)
  const one = constant(ONE)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const slope = v128.and(f32x4.gt(v128.load(a + i), zero), one)
    v128.store(out + i, f32x4.mul(v128.load(c + i), slope))
  }
}
export const opReluVjp: i32 = reluVjp.index

/** x where it is positive, else s0 x. */
function leakyRelu(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const slope = v128.load32_splat(s)
  const zero = f32x4.splat(0)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const x = v128.load(a + i)
    v128.store(out + i, v128.bitselect(x, f32x4.mul(slope, x), f32x4.gt(x, zero)))
  }
}
export const opLeakyRelu: i32 = leakyRelu.index

/** dy where x is positive, else s0 dy. */
function leakyReluVjp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const slope = v128.load32_splat(s)
  const zero = f32x4.splat(0)
  const one = constant(ONE)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, f32x4.mul(v128.load(c + i), v128.bitselect(one, slope, f32x4.gt(v128.load(a + i), zero))))
  }
}
export const opLeakyReluVjp: i32 = leakyReluVjp.index

/** x where it is positive, else s0 (e^x - 1). */
function elu(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const alpha = v128.load32_splat(s)
  const zero = f32x4.splat(0)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const x = v128.load(a + i)
    v128.store(out + i, v128.bitselect(x, f32x4.mul(alpha, expm1(x)), f32x4.gt(x, zero)))
  }
}
export const opElu: i32 = elu.index

/** dy where x is positive, else s0 e^x dy. */
function eluVjp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const alpha = v128.load32_splat(s)
  const zero = f32x4.splat(0)
  const one = constant(ONE)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const x = v128.load(a + i)
    const slope = v128.bitselect(one, f32x4.mul(alpha, exp(x)), f32x4.gt(x, zero))
    v128.store(out + i, f32x4.mul(v128.load(c + i), slope))
  }
}
export const opEluVjp: i32 = eluVjp.index

/** Hyperbolic tangent. */
function mapTanh(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) v128.store(out + i, tanh(v128.load(a + i)))
}
export const opTanh: i32 = mapTanh.index

/** dy (1 - y^2), where 1 - y^2 = (1 - y)(1 + y) keeps the digits that y has. */
function tanhVjp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const one = constant(ONE)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const y = v128.load(b + i)
    v128.store(out + i, f32x4.mul(v128.load(c + i), f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y))))
  }
}
export const opTanhVjp: i32 = tanhVjp.index

/** 1 / (1 + e^-a). */
function mapSigmoid(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) v128.store(out + i, sigmoid(v128.load(a + i)))
}
export const opSigmoid: i32 = mapSigmoid.index

/** dy sigmoid(x) sigmoid(-x). */
function sigmoidVjp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, f32x4.mul(v128.load(c + i), sigmoidGrad(v128.load(a + i))))
  }
}
export const opSigmoidVjp: i32 = sigmoidVjp.index

/** ln(1 + e^a). */
function mapSoftplus(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) v128.store(out + i, softplus(v128.load(a + i)))
}
export const opSoftplus: i32 = mapSoftplus.index

/** dy sigmoid(x). */
function softplusVjp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, f32x4.mul(v128.load(c + i), sigmoid(v128.load(a + i))))
  }
}
export const opSoftplusVjp: i32 = softplusVjp.index

/** a sigmoid(a). */
function silu(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const x = v128.load(a + i)
    v128.store(out + i, f32x4.mul(x, sigmoid(x)))
  }
}
export const opSilu: i32 = silu.index

/** dy (sigmoid(x) + x sigmoid(x) sigmoid(-x)). */
function siluVjp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const x = v128.load(a + i)
    v128.store(out + i, f32x4.mul(v128.load(c + i), f32x4.add(sigmoid(x), f32x4.mul(x, sigmoidGrad(x)))))
  }
}
export const opSiluVjp: i32 = siluVjp.index

/** a Phi(a), with the normal's distribution function. */
function mapGelu(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) v128.store(out + i, gelu(v128.load(a + i)))
}
export const opGelu: i32 = mapGelu.index

/** dy (Phi(x) + x phi(x)). */
function geluVjp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    v128.store(out + i, f32x4.mul(v128.load(c + i), geluGrad(v128.load(a + i))))
  }
}
export const opGeluVjp: i32 = geluVjp.index
