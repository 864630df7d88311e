/** What estimators do elementwise, put off like all such work (`assembly/estimators.ts`). */
import { assertSame } from "../../core/Shape.ts"
import type { Tensor } from "../../core/Tensor.ts"
import * as reference from "../reference/dropout.ts"
import { run } from "./current.ts"

export const momentsSample = (mean: Tensor, variance: Tensor, eps: Tensor): Tensor => {
  assertSame("sample from moments, variance", mean, variance)
  assertSame("sample from moments, noise", mean, eps)
  return run((engine) => {
    const { shape, size } = engine.bring(mean)
    return engine.defer(engine.operations.opMomentsSample, shape, size, mean, variance, eps)
  })
}

export const momentsSampleVjp = (variance: Tensor, eps: Tensor, dy: Tensor): Tensor => {
  assertSame("sample from moments, noise", variance, eps)
  assertSame("sample from moments, dy", variance, dy)
  return run((engine) => {
    const { shape, size } = engine.bring(variance)
    return engine.defer(engine.operations.opMomentsSampleVjp, shape, size, variance, eps, dy)
  })
}

/** Noise that all rows share, [1, ...], is left to the reference engine. */
export const dropout = (x: Tensor, eps: Tensor): Tensor => {
  if (eps.shape[0] !== x.shape[0]) return reference.dropout(x, eps)
  assertSame("dropout, noise", x, eps)
  return run((engine) => {
    const { shape, size } = engine.bring(x)
    return engine.defer(engine.operations.opDropout, shape, size, x, eps)
  })
}
