/** The arithmetic of parameter records, put off until it can run in one pass with what it leads to. */
import { assertSame } from "../../core/Shape.ts"
import type { Tensor } from "../../core/Tensor.ts"
import { run } from "./current.ts"

export const axpy = (a: number, x: Tensor, y: Tensor): Tensor => {
  assertSame("axpy", y, x)
  return run((engine) => {
    const { shape, size } = engine.bring(y)
    return engine.defer(engine.operations.opAxpy, shape, size, x, y, undefined, a)
  })
}

export const scale = (a: number, x: Tensor): Tensor =>
  run((engine) => {
    const { shape, size } = engine.bring(x)
    return engine.defer(engine.operations.opScale, shape, size, x, undefined, undefined, a)
  })

export const multiply = (x: Tensor, y: Tensor): Tensor => {
  assertSame("multiply", x, y)
  return run((engine) => {
    const { shape, size } = engine.bring(x)
    return engine.defer(engine.operations.opMultiply, shape, size, x, y)
  })
}
