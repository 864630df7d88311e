/** The divergence of two normals, a sum (`assembly/normalKl.ts`), and its gradient, put off (`assembly/normalKlGrad.ts`). */
import { exp } from "../../core/math.ts"
import * as Shape from "../../core/Shape.ts"
import type { NormalGrad, NormalParams } from "../Kernels.ts"
import * as reference from "../reference/normal.ts"
import { run } from "./current.ts"
import type { Engine } from "./Engine.ts"
import { numbers, spread, stepOf } from "./normalParams.ts"

/** Throws unless q's parameters are alike. */
const assertVariable = (q: NormalParams): void => Shape.assertSame("normal, logStd", reference.variableOf(q), q.logStd)

export const normalKl = (q: NormalParams, p: NormalParams): number => {
  assertVariable(q)
  const meanStep = stepOf("normal, mean", q.mean, p.mean)
  const logStdStep = stepOf("normal, logStd", q.mean, p.logStd)
  return run((engine) => {
    const { size } = engine.bring(q.mean)
    return engine.exports.normalKl(
      engine.pointer(q.mean),
      engine.pointer(q.logStd),
      engine.pointer(p.mean),
      meanStep,
      engine.pointer(p.logStd),
      logStdStep,
      size,
      engine.partials(size)
    )
  })
}

/** One prior that all weights share is the case there is a kernel for. */
export const normalKlGradPrior = (q: NormalParams, p: NormalParams): NormalGrad => {
  assertVariable(q)
  const meanStep = stepOf("normal, mean", q.mean, p.mean)
  const logStdStep = stepOf("normal, logStd", q.mean, p.logStd)
  if (meanStep === 1 || logStdStep === 1) return reference.normalKlGradPrior(q, p)
  return run((engine) => {
    const { size } = engine.bring(q.mean)
    const [mean, logStd] = [engine.pointer(q.mean), engine.pointer(q.logStd)]
    const [priorMean, priorLogStd] = [engine.pointer(p.mean), engine.pointer(p.logStd)]
    const room = engine.partials(size)
    const { normalKlByPriorMean, normalKlByPriorLogStd } = engine.exports
    return {
      mean: engine.scalar(normalKlByPriorMean(mean, logStd, priorMean, priorLogStd, 0, size, room)),
      logStd: engine.scalar(normalKlByPriorLogStd(mean, logStd, priorMean, 0, priorLogStd, size, room))
    }
  })
}

export const normalKlGrad = (q: NormalParams, p: NormalParams): NormalGrad => {
  assertVariable(q)
  const scalars = numbers(q.mean, p)
  return run((engine) => {
    const { shape, size } = engine.bring(q.mean)
    const { operations } = engine
    if (scalars === undefined) return byTensors(engine, q, p)
    const [mean, logStd] = scalars
    const precision = exp(-2 * logStd)
    const { opNormalKlMeanGradScalar, opNormalKlLogStdGradScalar } = operations
    return {
      mean: engine.defer(opNormalKlMeanGradScalar, shape, size, q.mean, undefined, undefined, mean, precision),
      logStd: engine.defer(opNormalKlLogStdGradScalar, shape, size, q.logStd, undefined, undefined, logStd)
    }
  })
}

/** Where p's parameters are tensors, or too extreme for float32 arithmetic, whose results may not be. */
const byTensors = (engine: Engine, q: NormalParams, p: NormalParams): NormalGrad => {
  const { shape, size } = engine.bring(q.mean)
  if (p.mean.shape.length === 0 && p.logStd.shape.length === 0) return reference.normalKlGrad(q, p)
  const { opNormalKlMeanGrad, opNormalKlLogStdGrad } = engine.operations
  const mean = spread(engine, "normal, mean", q.mean, p.mean)
  const logStd = spread(engine, "normal, logStd", q.mean, p.logStd)
  return {
    mean: engine.defer(opNormalKlMeanGrad, shape, size, q.mean, mean, logStd),
    logStd: engine.defer(opNormalKlLogStdGrad, shape, size, q.logStd, logStd)
  }
}
