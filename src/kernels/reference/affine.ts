/**
 * The linear map y = x W^T + b and the three products of its gradient, each a plain triple loop.
 *
 * Every sum runs over its index upwards in float64 and is rounded once, so a row of the result depends on that row of
 * the input alone: the same bits in any batch.
 */
import { ShapeError } from "../../core/errors.ts"
import * as Shape from "../../core/Shape.ts"
import { allocate, storage } from "../../core/storage.ts"
import { fromStorage, type Tensor } from "../../core/Tensor.ts"
import { rounded } from "./rounded.ts"

/** The leading axes as one count of rows, and the last axis. */
const asMatrix = (where: string, t: Tensor): { readonly rows: number; readonly columns: number } => {
  const columns = Shape.axis(where, t.shape, t.shape.length - 1)
  return { rows: Shape.size(t.shape.slice(0, -1)), columns }
}

export const affine = (x: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor => {
  const { rows, columns } = asMatrix("affine, input", x)
  const outputs = Shape.axis("affine, weight", weight.shape, 0)
  Shape.assertSame("affine, weight", { dtype: x.dtype, shape: [outputs, columns] }, weight)
  if (bias !== undefined) Shape.assertSame("affine, bias", { dtype: x.dtype, shape: [outputs] }, bias)
  const xs = x[storage]
  const ws = weight[storage]
  const bs = bias?.[storage]
  const ys = allocate(x.dtype, rows * outputs)
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      let sum = bs === undefined ? 0 : bs[o]!
      for (let i = 0; i < columns; i++) sum += xs[r * columns + i]! * ws[o * columns + i]!
      ys[r * outputs + o] = sum
    }
  }
  return fromStorage([...x.shape.slice(0, -1), outputs], ys)
}

export const affineWeightGrad = (x: Tensor, dy: Tensor): Tensor => {
  const { rows, columns } = asMatrix("affine, input", x)
  const outputs = asMatrix("affine, dy", dy).columns
  Shape.assertSame("affine, dy", { dtype: x.dtype, shape: [...x.shape.slice(0, -1), outputs] }, dy)
  const xs = x[storage]
  const ds = dy[storage]
  const sums = new Float64Array(outputs * columns)
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      const d = ds[r * outputs + o]!
      for (let i = 0; i < columns; i++) sums[o * columns + i]! += d * xs[r * columns + i]!
    }
  }
  return rounded([outputs, columns], x.dtype, sums)
}

export const affineBiasGrad = (dy: Tensor): Tensor => {
  const { rows, columns } = asMatrix("affine, dy", dy)
  const ds = dy[storage]
  const sums = new Float64Array(columns)
  for (let r = 0; r < rows; r++) for (let o = 0; o < columns; o++) sums[o]! += ds[r * columns + o]!
  return rounded([columns], dy.dtype, sums)
}

export const affineInputGrad = (dy: Tensor, weight: Tensor): Tensor => {
  const { rows, columns: outputs } = asMatrix("affine, dy", dy)
  const [, columns] = weight.shape
  if (columns === undefined) {
    throw new ShapeError({ where: "affine, weight", expected: "two axes", actual: Shape.format(weight.shape) })
  }
  Shape.assertSame("affine, weight", { dtype: dy.dtype, shape: [outputs, columns] }, weight)
  const ds = dy[storage]
  const ws = weight[storage]
  const sums = new Float64Array(rows * columns)
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      const d = ds[r * outputs + o]!
      for (let i = 0; i < columns; i++) sums[r * columns + i]! += d * ws[o * columns + i]!
    }
  }
  return rounded([...dy.shape.slice(0, -1), columns], dy.dtype, sums)
}
