/** The largest element, or the mean, of each window of an image, each beside its vector-Jacobian product. */
import * as Shape from "../../core/Shape.ts"
import { allocate, type Storage, storage } from "../../core/storage.ts"
import { fromStorage, type Tensor } from "../../core/Tensor.ts"
import type { Pool } from "../Kernels.ts"
import { outSize, type Window } from "../Window.ts"
import { rounded } from "./rounded.ts"
import { axesOfImages, taps } from "./taps.ts"

/** The sizes of one pooling. */
export const sizes = (window: Window, shape: Shape.Shape) => {
  const { rows, channels, size, area } = axesOfImages("pooling, input", shape)
  const out = outSize("pooling", window, size)
  return { rows, channels, size, area, out, shape: [rows, channels, ...out] }
}

const plan = (window: Window, shape: Shape.Shape) => {
  const all = sizes(window, shape)
  const { rows, channels, size, out } = all
  return {
    ...all,
    images: rows * channels,
    width: size[1],
    outArea: out[0] * out[1],
    outWidth: out[1],
    strideY: window.stride[0],
    strideX: window.stride[1],
    taps: taps(window, size, out)
  }
}

/** Calls `f(output, input)` for each element of each window of the image that begins at `image`, tap by tap. */
const visit = (p: ReturnType<typeof plan>, image: number, f: (output: number, input: number) => void): void => {
  for (const { top, left, fromY, toY, fromX, toX } of p.taps) {
    for (let i = fromY; i < toY; i++) {
      const line = image + (i * p.strideY + top) * p.width + left
      for (let j = fromX; j < toX; j++) f(i * p.outWidth + j, line + j * p.strideX)
    }
  }
}

/** Which element is the largest of each window: the first of equal ones, and a NaN before any number. */
const largest = (p: ReturnType<typeof plan>, xs: Storage, image: number, found: Int32Array): void => {
  found.fill(-1)
  visit(p, image, (output, input) => {
    const best = found[output]!
    if (best < 0 || xs[input]! > xs[best]! || Number.isNaN(xs[input]!)) found[output] = input
  })
}

export const pool2d = (pool: Pool, x: Tensor, window: Window): Tensor => {
  const p = plan(window, x.shape)
  const xs = x[storage]
  const ys = allocate(x.dtype, p.images * p.outArea)
  const found = new Int32Array(p.outArea)
  const sums = new Float64Array(p.outArea)
  const count = window.kernel[0] * window.kernel[1]
  for (let n = 0; n < p.images; n++) {
    if (pool === "max") {
      largest(p, xs, n * p.area, found)
      for (let k = 0; k < p.outArea; k++) ys[n * p.outArea + k] = xs[found[k]!]!
    } else {
      sums.fill(0)
      visit(p, n * p.area, (output, input) => {
        sums[output]! += xs[input]!
      })
      for (let k = 0; k < p.outArea; k++) ys[n * p.outArea + k] = sums[k]! / count
    }
  }
  return fromStorage(p.shape, ys)
}

export const pool2dVjp = (pool: Pool, x: Tensor, dy: Tensor, window: Window): Tensor => {
  const p = plan(window, x.shape)
  Shape.assertSame("pooling, dy", { dtype: x.dtype, shape: p.shape }, dy)
  const xs = x[storage]
  const ds = dy[storage]
  const sums = new Float64Array(xs.length)
  const found = new Int32Array(p.outArea)
  const count = window.kernel[0] * window.kernel[1]
  for (let n = 0; n < p.images; n++) {
    if (pool === "max") {
      largest(p, xs, n * p.area, found)
      for (let k = 0; k < p.outArea; k++) sums[found[k]!]! += ds[n * p.outArea + k]!
    } else {
      visit(p, n * p.area, (output, input) => {
        sums[input]! += ds[n * p.outArea + output]! / count
      })
    }
  }
  return rounded(x.shape, x.dtype, sums)
}
