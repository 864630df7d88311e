/** Sums over all elements of a tensor, in float64 over fixed blocks: see `assembly/reductions.ts`. */
import * as Shape from "../../core/Shape.ts"
import type { Tensor } from "../../core/Tensor.ts"
import { run } from "./current.ts"

export const sum = (x: Tensor): number =>
  run((engine) => {
    const { size } = engine.bring(x)
    return engine.exports.sum(engine.pointer(x), size, engine.partials(size))
  })

export const dot = (x: Tensor, y: Tensor): number => {
  Shape.assertSame("dot", x, y)
  return run((engine) => {
    const { size } = engine.bring(x)
    return engine.exports.dot(engine.pointer(x), engine.pointer(y), size, engine.partials(size))
  })
}

export const allFinite = (x: Tensor): boolean =>
  run((engine) => {
    const { size } = engine.bring(x)
    return engine.exports.allFinite(engine.pointer(x), size, engine.partials(size)) === 1
  })
