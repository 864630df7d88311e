/** What estimators do elementwise, put off like all such work (`assembly/estimators.ts`), and to channels (`channels.ts`). */
import * as Shape from "../../core/Shape.ts"
import type { Tensor } from "../../core/Tensor.ts"
import { channelsOf } from "../reference/estimators.ts"
import { run } from "./current.ts"
import type { Engine } from "./Engine.ts"

export const momentsSample = (mean: Tensor, variance: Tensor, eps: Tensor): Tensor => {
  Shape.assertSame("sample from moments, variance", mean, variance)
  Shape.assertSame("sample from moments, noise", mean, eps)
  return run((engine) => {
    const { shape, size } = engine.bring(mean)
    return engine.defer(engine.operations.opMomentsSample, shape, size, mean, variance, eps)
  })
}

export const momentsSampleVjp = (variance: Tensor, eps: Tensor, dy: Tensor): Tensor => {
  Shape.assertSame("sample from moments, noise", variance, eps)
  Shape.assertSame("sample from moments, dy", variance, dy)
  return run((engine) => {
    const { shape, size } = engine.bring(variance)
    return engine.defer(engine.operations.opMomentsSampleVjp, shape, size, variance, eps, dy)
  })
}

/** The noise of every row, where one row of it serves all. */
const ofRows = (engine: Engine, x: Tensor, eps: Tensor): Tensor => {
  const [rows = 0] = x.shape
  if (eps.shape[0] !== 1 || rows === 1) return eps
  const row = engine.pointer(eps)
  const { shape, size } = engine.bring(x)
  const width = size / rows
  const all = engine.tensor(shape, size)
  for (let i = 0; i < rows; i++) engine.exports.copy(row, all.pointer + 4 * i * width, width, 0)
  return all
}

export const dropout = (x: Tensor, eps: Tensor): Tensor => {
  const rows = Shape.axis("dropout, input", x.shape, 0)
  Shape.assertSame(
    "dropout, noise",
    { dtype: "float32", shape: [eps.shape[0] === 1 ? 1 : rows, ...x.shape.slice(1)] },
    eps
  )
  return run((engine) => {
    const { shape, size } = engine.bring(x)
    return engine.defer(engine.operations.opDropout, shape, size, x, ofRows(engine, x, eps))
  })
}

/** Where a channel of a row is one element, its factor is too: a product like any other. */
export const scaleChannels = (x: Tensor, by: Tensor, axis: "first" | "last"): Tensor => {
  const { rows, channels, perRow, perChannel } = channelsOf(x, by, axis)
  return run((engine) => {
    const { shape, size } = engine.bring(x)
    if (perRow === channels) return engine.defer(engine.operations.opMultiply, shape, size, x, by)
    engine.prepare(x, by)
    const [xs, bs] = [engine.pointer(x), engine.pointer(by)]
    const y = engine.tensor(shape, size)
    if (axis === "first") engine.exports.scaleFirst(xs, bs, y.pointer, rows * channels, perChannel)
    else engine.exports.scaleLast(xs, bs, y.pointer, rows, channels === 0 ? 0 : perRow / channels, channels)
    return y
  })
}
