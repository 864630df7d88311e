/** The linear map y = x W^T + b and the three products of its gradient: shapes checked here, numbers made in `assembly/affine.ts`. */
import { ShapeError } from "../../core/errors.ts"
import * as Shape from "../../core/Shape.ts"
import type { Tensor } from "../../core/Tensor.ts"
import { run } from "./current.ts"
import type { Engine } from "./Engine.ts"
import type { SimdTensor } from "./SimdTensor.ts"

/** The leading axes as one count of rows. */
const rowsOf = ({ shape }: Tensor): number => {
  let rows = 1
  for (let axis = 0; axis < shape.length - 1; axis++) rows *= shape[axis]!
  return rows
}

const columnsOf = (where: string, t: Tensor): number => Shape.axis(where, t.shape, t.shape.length - 1)

const FLOAT32 = "float32"

/** What x is the relu of, where that has been made and x has not. */
const underRelu = (engine: Engine, x: Tensor): SimdTensor | undefined => {
  const { operation, a } = engine.bring(x)
  return operation === engine.operations.opRelu && a !== undefined && a.pointer !== 0 ? a : undefined
}

export const affine = (x: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor => {
  const columns = columnsOf("affine, input", x)
  const outputs = Shape.axis("affine, weight", weight.shape, 0)
  Shape.assertSame("affine, weight", { dtype: FLOAT32, shape: [outputs, columns] }, weight)
  if (bias !== undefined) Shape.assertSame("affine, bias", { dtype: FLOAT32, shape: [outputs] }, bias)
  const rows = rowsOf(x)
  return run((engine) => {
    const { exports } = engine
    const inner = exports.affineTakesRelu(rows, outputs) === 1 ? underRelu(engine, x) : undefined
    engine.prepare(inner ?? x, weight, bias)
    const xs = engine.pointer(inner ?? x)
    const ws = engine.pointer(weight)
    const bs = bias === undefined ? 0 : engine.pointer(bias)
    const y = engine.tensor([...x.shape.slice(0, -1), outputs], rows * outputs)
    if (inner !== undefined) {
      exports.affineOfRelu(xs, ws, bs, y.pointer, rows, columns, outputs)
      return y
    }
    const tmp = engine.room(exports.affineTmp(rows, columns, outputs))
    exports.affine(xs, ws, bs, y.pointer, rows, columns, outputs, tmp)
    return y
  })
}

export const affineWeightGrad = (x: Tensor, dy: Tensor): Tensor => {
  const columns = columnsOf("affine, input", x)
  const outputs = columnsOf("affine, dy", dy)
  Shape.assertSame("affine, dy", { dtype: FLOAT32, shape: [...x.shape.slice(0, -1), outputs] }, dy)
  const rows = rowsOf(x)
  return run((engine) => {
    const { exports } = engine
    engine.prepare(x, dy)
    const xs = engine.pointer(x)
    const ds = engine.pointer(dy)
    const dw = engine.tensor([outputs, columns], outputs * columns)
    const tmp = engine.room(exports.affineWeightGradTmp(rows, columns, outputs))
    exports.affineWeightGrad(xs, ds, dw.pointer, rows, columns, outputs, tmp)
    return dw
  })
}

export const affineBiasGrad = (dy: Tensor): Tensor => {
  const outputs = columnsOf("affine, dy", dy)
  return run((engine) => {
    const ds = engine.pointer(dy)
    const db = engine.tensor([outputs], outputs)
    engine.exports.affineBiasGrad(ds, db.pointer, rowsOf(dy), outputs)
    return db
  })
}

export const affineInputGrad = (dy: Tensor, weight: Tensor): Tensor => {
  const outputs = columnsOf("affine, dy", dy)
  const [, columns] = weight.shape
  if (columns === undefined) {
    throw new ShapeError({ where: "affine, weight", expected: "two axes", actual: Shape.format(weight.shape) })
  }
  Shape.assertSame("affine, weight", { dtype: FLOAT32, shape: [outputs, columns] }, weight)
  const rows = rowsOf(dy)
  return run((engine) => {
    const { exports } = engine
    engine.prepare(dy, weight)
    const ds = engine.pointer(dy)
    const ws = engine.pointer(weight)
    const dx = engine.tensor([...dy.shape.slice(0, -1), columns], rows * columns)
    const tmp = engine.room(exports.affineInputGradTmp(rows, columns, outputs))
    exports.affineInputGrad(ds, ws, dx.pointer, rows, columns, outputs, tmp)
    return dx
  })
}
