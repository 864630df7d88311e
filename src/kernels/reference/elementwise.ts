/** Elementwise maps with their derivatives, and the arithmetic of parameter records. */
import { sigmoid, sigmoidGrad, softplus } from "../../core/logistic.ts"
import { exp, expm1, normalCdf, normalPdf, tanh } from "../../core/math.ts"
import * as Shape from "../../core/Shape.ts"
import { allocate, storage } from "../../core/storage.ts"
import { fromStorage, type Tensor } from "../../core/Tensor.ts"
import type { Elementwise } from "../Kernels.ts"

/** A function beside its derivative, which may use the value y = f(x). */
interface Differentiable {
  readonly f: (x: number) => number
  readonly df: (x: number, y: number) => number
}

const plain = {
  relu: { f: (x) => Math.max(x, 0), df: (x) => (x > 0 ? 1 : 0) },
  tanh: { f: tanh, df: (_, y) => 1 - y * y },
  gelu: { f: (x) => x * normalCdf(x), df: (x) => normalCdf(x) + x * normalPdf(x) },
  silu: { f: (x) => x * sigmoid(x), df: (x) => sigmoid(x) + x * sigmoidGrad(x) },
  sigmoid: { f: sigmoid, df: sigmoidGrad },
  softplus: { f: softplus, df: sigmoid }
} satisfies Record<string, Differentiable>

/** At a kink the derivative is that from the left. */
const differentiable = (self: Elementwise): Differentiable => {
  if (self.kind === "leaky-relu") {
    const { slope } = self
    return { f: (x) => (x > 0 ? x : slope * x), df: (x) => (x > 0 ? 1 : slope) }
  }
  if (self.kind === "elu") {
    const { alpha } = self
    return { f: (x) => (x > 0 ? x : alpha * expm1(x)), df: (x) => (x > 0 ? 1 : alpha * exp(x)) }
  }
  return plain[self.kind]
}

export const elementwise = (self: Elementwise, x: Tensor): Tensor => {
  const { f } = differentiable(self)
  const xs = x[storage]
  const ys = allocate(x.dtype, xs.length)
  for (let i = 0; i < xs.length; i++) ys[i] = f(xs[i]!)
  return fromStorage(x.shape, ys)
}

export const elementwiseVjp = (self: Elementwise, x: Tensor, y: Tensor, dy: Tensor): Tensor => {
  Shape.assertSame(`${self.kind}, y`, x, y)
  Shape.assertSame(`${self.kind}, dy`, x, dy)
  const { df } = differentiable(self)
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

export const multiply = (x: Tensor, y: Tensor): Tensor => {
  Shape.assertSame("multiply", x, y)
  const xs = x[storage]
  const ys = y[storage]
  const out = allocate(x.dtype, xs.length)
  for (let i = 0; i < xs.length; i++) out[i] = xs[i]! * ys[i]!
  return fromStorage(x.shape, out)
}

export const sum = (x: Tensor): number => {
  const xs = x[storage]
  let total = 0
  for (let i = 0; i < xs.length; i++) total += xs[i]!
  return total
}

export const dot = (x: Tensor, y: Tensor): number => {
  Shape.assertSame("dot", x, y)
  const xs = x[storage]
  const ys = y[storage]
  let total = 0
  for (let i = 0; i < xs.length; i++) total += xs[i]! * ys[i]!
  return total
}

export const allFinite = (x: Tensor): boolean => {
  const xs = x[storage]
  for (let i = 0; i < xs.length; i++) if (!Number.isFinite(xs[i]!)) return false
  return true
}
