/** Convolutions and the products of their gradient: shapes checked here, numbers made in `assembly/conv2d*.ts`. */
import * as Shape from "../../core/Shape.ts"
import type { Tensor } from "../../core/Tensor.ts"
import type { Convolution } from "../Kernels.ts"
import { sizes } from "../reference/convolution.ts"
import { axesOfImages } from "../reference/taps.ts"
import { run } from "./current.ts"
import type { Engine } from "./Engine.ts"

const FLOAT32 = "float32"

/** Says what the calls that follow are about. */
const describe = (engine: Engine, p: ReturnType<typeof sizes>, outputs: number, geometry: Convolution): void => {
  const { kernel, stride, padding, dilation, groups } = geometry
  const images = [p.rows, p.channels, ...p.size] as const
  engine.exports.setGeometry(...images, outputs, groups, ...kernel, ...stride, ...padding, ...dilation)
}

export const conv2d = (x: Tensor, weight: Tensor, bias: Tensor | undefined, geometry: Convolution): Tensor => {
  const outputs = Shape.axis("conv2d, weight", weight.shape, 0)
  const p = sizes(geometry, x.shape, outputs)
  Shape.assertSame("conv2d, weight", { dtype: FLOAT32, shape: p.weight }, weight)
  if (bias !== undefined) Shape.assertSame("conv2d, bias", { dtype: FLOAT32, shape: [outputs] }, bias)
  const shape = [p.rows, outputs, ...p.out]
  return run((engine) => {
    const xs = engine.pointer(x)
    const ws = engine.pointer(weight)
    const bs = bias === undefined ? 0 : engine.pointer(bias)
    const y = engine.tensor(shape, Shape.size(shape))
    describe(engine, p, outputs, geometry)
    engine.exports.conv2d(xs, ws, bs, y.pointer, engine.room(engine.exports.conv2dTmp()))
    return y
  })
}

export const conv2dWeightGrad = (x: Tensor, dy: Tensor, geometry: Convolution): Tensor => {
  const outputs = Shape.axis("conv2d, dy", dy.shape, 1)
  const p = sizes(geometry, x.shape, outputs)
  Shape.assertSame("conv2d, dy", { dtype: FLOAT32, shape: [p.rows, outputs, ...p.out] }, dy)
  return run((engine) => {
    const xs = engine.pointer(x)
    const ds = engine.pointer(dy)
    const dw = engine.tensor(p.weight, Shape.size(p.weight))
    describe(engine, p, outputs, geometry)
    engine.exports.conv2dWeightGrad(xs, ds, dw.pointer, engine.room(engine.exports.conv2dWeightGradTmp()))
    return dw
  })
}

export const conv2dBiasGrad = (dy: Tensor): Tensor => {
  const { rows, channels, area } = axesOfImages("conv2d, dy", dy.shape)
  return run((engine) => {
    const ds = engine.pointer(dy)
    const db = engine.tensor([channels], channels)
    engine.exports.conv2dBiasGrad(ds, db.pointer, rows, channels, area)
    return db
  })
}

export const conv2dInputGrad = (dy: Tensor, weight: Tensor, inShape: Shape.Shape, geometry: Convolution): Tensor => {
  const outputs = Shape.axis("conv2d, weight", weight.shape, 0)
  const p = sizes(geometry, inShape, outputs)
  Shape.assertSame("conv2d, weight", { dtype: FLOAT32, shape: p.weight }, weight)
  Shape.assertSame("conv2d, dy", { dtype: FLOAT32, shape: [p.rows, outputs, ...p.out] }, dy)
  return run((engine) => {
    const ds = engine.pointer(dy)
    const ws = engine.pointer(weight)
    const dx = engine.tensor(inShape, Shape.size(inShape))
    describe(engine, p, outputs, geometry)
    engine.exports.conv2dInputGrad(ds, ws, dx.pointer, engine.room(engine.exports.conv2dInputGradTmp()))
    return dx
  })
}
