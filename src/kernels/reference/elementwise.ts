/** Elementwise maps with their derivatives, and the arithmetic of parameter records. */
import { tanh } from "../../core/math.ts"
import * as Shape from "../../core/Shape.ts"
import { allocate, storage } from "../../core/storage.ts"
import { fromStorage, type Tensor } from "../../core/Tensor.ts"
import type { Elementwise } from "../Kernels.ts"

/** Each function beside its derivative, which may use the value y = f(x). At relu's kink the derivative is 0. */
const functions: Readonly<
  Record<Elementwise, { readonly f: (x: number) => number; readonly df: (x: number, y: number) => number }>
> = {
  relu: { f: (x) => Math.max(x, 0), df: (x) => (x > 0 ? 1 : 0) },
  tanh: { f: tanh, df: (_, y) => 1 - y * y }
}

export const elementwise = (name: Elementwise, x: Tensor): Tensor => {
  const { f } = functions[name]
  const xs = x[storage]
  const ys = allocate(x.dtype, xs.length)
  for (let i = 0; i < xs.length; i++) ys[i] = f(xs[i]!)
  return fromStorage(x.shape, ys)
}

export const elementwiseVjp = (name: Elementwise, x: Tensor, y: Tensor, dy: Tensor): Tensor => {
  Shape.assertSame(`${name}, dy`, x, dy)
  const { df } = functions[name]
  const xs = x[storage]
  const ys = y[storage]
  const ds = dy[storage]
  const out = allocate(x.dtype, xs.length)
  for (let i = 0; i < xs.length; i++) out[i] = ds[i]! * df(xs[i]!, ys[i]!)
  return fromStorage(x.shape, out)
}

export const axpy = (a: number, x: Tensor, y: Tensor): Tensor => {
  Shape.assertSame("axpy", y, x)
  const xs = x[storage]
  const ys = y[storage]
  const out = allocate(y.dtype, ys.length)
  for (let i = 0; i < ys.length; i++) out[i] = a * xs[i]! + ys[i]!
  return fromStorage(y.shape, out)
}

export const scale = (a: number, x: Tensor): Tensor => {
  const xs = x[storage]
  const out = allocate(x.dtype, xs.length)
  for (let i = 0; i < xs.length; i++) out[i] = a * xs[i]!
  return fromStorage(x.shape, out)
}

export const sum = (x: Tensor): number => {
  const xs = x[storage]
  let total = 0
  for (let i = 0; i < xs.length; i++) total += xs[i]!
  return total
}

export const allFinite = (x: Tensor): boolean => {
  const xs = x[storage]
  for (let i = 0; i < xs.length; i++) if (!Number.isFinite(xs[i]!)) return false
  return true
}
