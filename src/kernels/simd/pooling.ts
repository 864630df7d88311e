/** Poolings and their pullbacks: shapes checked here, numbers made in `assembly/pooling*.ts`. */
import * as Shape from "../../core/Shape.ts"
import type { Tensor } from "../../core/Tensor.ts"
import type { Pool } from "../Kernels.ts"
import { sizes } from "../reference/pooling.ts"
import type { Window } from "../Window.ts"
import { run } from "./current.ts"
import type { Engine } from "./Engine.ts"

/** Says what the calls that follow are about. */
const describe = (engine: Engine, p: ReturnType<typeof sizes>, window: Window): void => {
  const { kernel, stride, padding, dilation } = window
  const images = [p.rows, p.channels, ...p.size] as const
  engine.exports.setGeometry(...images, p.channels, p.channels, ...kernel, ...stride, ...padding, ...dilation)
}

export const pool2d = (pool: Pool, x: Tensor, window: Window): Tensor => {
  const p = sizes(window, x.shape)
  return run((engine) => {
    const xs = engine.pointer(x)
    const y = engine.tensor(p.shape, Shape.size(p.shape))
    if (y.size === 0) return y
    describe(engine, p, window)
    if (pool === "max") engine.exports.maxPool(xs, y.pointer)
    else engine.exports.averagePool(xs, y.pointer)
    return y
  })
}

export const pool2dVjp = (pool: Pool, x: Tensor, dy: Tensor, window: Window): Tensor => {
  const p = sizes(window, x.shape)
  Shape.assertSame("pooling, dy", { dtype: "float32", shape: p.shape }, dy)
  return run((engine) => {
    const xs = pool === "max" ? engine.pointer(x) : 0
    const ds = engine.pointer(dy)
    const dx = engine.tensor(x.shape, Shape.size(x.shape))
    if (dx.size === 0) return dx
    describe(engine, p, window)
    if (pool === "max") engine.exports.maxPoolVjp(xs, ds, dx.pointer)
    else engine.exports.averagePoolVjp(ds, dx.pointer)
    return dx
  })
}
