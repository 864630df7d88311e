/**
 * The cross-correlation y[b, o, i, j] = bias[o] + sum over c, k, l of weight[o, c, k, l] x[b, c, i s + k d - p, ...],
 * and the products of its gradient.
 *
 * Each is a loop over rows, pairs of channels and taps of the kernel around one over the outputs that a tap reaches.
 * Sums are in float64, in that order, and are rounded once: a row of the result depends on that row alone.
 */
import { ShapeError } from "../../core/errors.ts"
import * as Shape from "../../core/Shape.ts"
import { allocate, storage } from "../../core/storage.ts"
import { fromStorage, type Tensor } from "../../core/Tensor.ts"
import type { Convolution } from "../Kernels.ts"
import { outSize } from "../Window.ts"
import { rounded } from "./rounded.ts"
import { axesOfImages, taps } from "./taps.ts"

/** The sizes of one convolution. */
export const sizes = (geometry: Convolution, shape: Shape.Shape, outputs: number) => {
  const { rows, channels, size, area } = axesOfImages("conv2d, input", shape)
  const { kernel, groups } = geometry
  if (channels % groups !== 0 || outputs % groups !== 0) {
    const actual = `${channels} in, ${outputs} out`
    throw new ShapeError({ where: "conv2d, channels", expected: `multiples of ${groups} groups`, actual })
  }
  const out = outSize("conv2d", geometry, size)
  const within = channels / groups
  return { rows, channels, size, area, within, out, weight: [outputs, within, ...kernel] }
}

/** The sizes, and the taps: outputs o of group g read the inputs g within to (g + 1) within. */
const plan = (geometry: Convolution, shape: Shape.Shape, outputs: number) => {
  const all = sizes(geometry, shape, outputs)
  const { size, within, out } = all
  const { groups, stride } = geometry
  return {
    ...all,
    width: size[1],
    outArea: out[0] * out[1],
    outWidth: out[1],
    strideY: stride[0],
    strideX: stride[1],
    taps: taps(geometry, size, out),
    /** The first of the input channels that output channel o reads. */
    firstOf: (o: number) => Math.floor(o / (outputs / groups)) * within
  }
}

export const conv2d = (x: Tensor, weight: Tensor, bias: Tensor | undefined, geometry: Convolution): Tensor => {
  const outputs = Shape.axis("conv2d, weight", weight.shape, 0)
  const p = plan(geometry, x.shape, outputs)
  Shape.assertSame("conv2d, weight", { dtype: x.dtype, shape: p.weight }, weight)
  if (bias !== undefined) Shape.assertSame("conv2d, bias", { dtype: x.dtype, shape: [outputs] }, bias)
  const xs = x[storage]
  const ws = weight[storage]
  const bs = bias?.[storage]
  const ys = allocate(x.dtype, p.rows * outputs * p.outArea)
  const sums = new Float64Array(p.outArea)
  for (let b = 0; b < p.rows; b++) {
    for (let o = 0; o < outputs; o++) {
      sums.fill(bs === undefined ? 0 : bs[o]!)
      let w = o * p.within * p.taps.length
      for (let c = 0; c < p.within; c++) {
        const image = (b * p.channels + p.firstOf(o) + c) * p.area
        for (const { top, left, fromY, toY, fromX, toX } of p.taps) {
          const factor = ws[w++]!
          for (let i = fromY; i < toY; i++) {
            const line = image + (i * p.strideY + top) * p.width + left
            const outLine = i * p.outWidth
            for (let j = fromX; j < toX; j++) sums[outLine + j]! += factor * xs[line + j * p.strideX]!
          }
        }
      }
      ys.set(sums, (b * outputs + o) * p.outArea)
    }
  }
  return fromStorage([p.rows, outputs, ...p.out], ys)
}

export const conv2dWeightGrad = (x: Tensor, dy: Tensor, geometry: Convolution): Tensor => {
  const outputs = Shape.axis("conv2d, dy", dy.shape, 1)
  const p = plan(geometry, x.shape, outputs)
  Shape.assertSame("conv2d, dy", { dtype: x.dtype, shape: [p.rows, outputs, ...p.out] }, dy)
  const xs = x[storage]
  const ds = dy[storage]
  const sums = new Float64Array(Shape.size(p.weight))
  for (let b = 0; b < p.rows; b++) {
    for (let o = 0; o < outputs; o++) {
      const outImage = (b * outputs + o) * p.outArea
      let w = o * p.within * p.taps.length
      for (let c = 0; c < p.within; c++) {
        const image = (b * p.channels + p.firstOf(o) + c) * p.area
        for (const { top, left, fromY, toY, fromX, toX } of p.taps) {
          let sum = 0
          for (let i = fromY; i < toY; i++) {
            const line = image + (i * p.strideY + top) * p.width + left
            const outLine = outImage + i * p.outWidth
            for (let j = fromX; j < toX; j++) sum += ds[outLine + j]! * xs[line + j * p.strideX]!
          }
          sums[w++]! += sum
        }
      }
    }
  }
  return rounded(p.weight, x.dtype, sums)
}

export const conv2dBiasGrad = (dy: Tensor): Tensor => {
  const { rows, channels, area } = axesOfImages("conv2d, dy", dy.shape)
  const ds = dy[storage]
  const sums = new Float64Array(channels)
  for (let b = 0; b < rows; b++) {
    for (let o = 0; o < channels; o++) {
      const image = (b * channels + o) * area
      for (let i = 0; i < area; i++) sums[o]! += ds[image + i]!
    }
  }
  return rounded([channels], dy.dtype, sums)
}

export const conv2dInputGrad = (dy: Tensor, weight: Tensor, inShape: Shape.Shape, geometry: Convolution): Tensor => {
  const outputs = Shape.axis("conv2d, weight", weight.shape, 0)
  const p = plan(geometry, inShape, outputs)
  Shape.assertSame("conv2d, weight", { dtype: dy.dtype, shape: p.weight }, weight)
  Shape.assertSame("conv2d, dy", { dtype: dy.dtype, shape: [p.rows, outputs, ...p.out] }, dy)
  const ds = dy[storage]
  const ws = weight[storage]
  const sums = new Float64Array(Shape.size(inShape))
  for (let b = 0; b < p.rows; b++) {
    for (let o = 0; o < outputs; o++) {
      const outImage = (b * outputs + o) * p.outArea
      let w = o * p.within * p.taps.length
      for (let c = 0; c < p.within; c++) {
        const image = (b * p.channels + p.firstOf(o) + c) * p.area
        for (const { top, left, fromY, toY, fromX, toX } of p.taps) {
          const factor = ws[w++]!
          for (let i = fromY; i < toY; i++) {
            const line = image + (i * p.strideY + top) * p.width + left
            const outLine = outImage + i * p.outWidth
            for (let j = fromX; j < toX; j++) sums[line + j * p.strideX]! += factor * ds[outLine + j]!
          }
        }
      }
    }
  }
  return rounded(inShape, dy.dtype, sums)
}
