/**
 * Independent normals: samples, variances and log densities with their gradients, put off like all elementwise work
 * (`assembly/normal.ts`, `normalLogProb.ts`).
 */
import { exp, HALF_LOG_2PI } from "../../core/math.ts"
import { assertSame } from "../../core/Shape.ts"
import type { Tensor } from "../../core/Tensor.ts"
import type { NormalGrad, NormalParams } from "../Kernels.ts"
import { run } from "./current.ts"
import { numbers, spread, stepOf } from "./normalParams.ts"

export const normalSample = (q: NormalParams, eps: Tensor): Tensor =>
  run((engine) => {
    const { shape, size } = engine.bring(eps)
    const mean = spread(engine, "normal, mean", eps, q.mean)
    const logStd = spread(engine, "normal, logStd", eps, q.logStd)
    return engine.defer(engine.operations.opNormalSample, shape, size, mean, logStd, eps)
  })

export const normalSampleVjp = (q: NormalParams, eps: Tensor, dw: Tensor): NormalGrad => {
  assertSame("normal, gradient of the sample", eps, dw)
  stepOf("normal, mean", eps, q.mean)
  const logStd = run((engine) => {
    const { shape, size } = engine.bring(eps)
    const std = spread(engine, "normal, logStd", eps, q.logStd)
    return engine.defer(engine.operations.opNormalSampleVjp, shape, size, std, eps, dw)
  })
  return { mean: dw, logStd }
}

export const normalVariance = (logStd: Tensor): Tensor =>
  run((engine) => {
    const { shape, size } = engine.bring(logStd)
    return engine.defer(engine.operations.opNormalVariance, shape, size, logStd)
  })

export const normalVarianceVjp = (logStd: Tensor, dv: Tensor): Tensor => {
  assertSame("normal, gradient of the variance", logStd, dv)
  return run((engine) => {
    const { shape, size } = engine.bring(logStd)
    return engine.defer(engine.operations.opNormalVarianceVjp, shape, size, logStd, dv)
  })
}

export const normalLogProb = (p: NormalParams, x: Tensor): Tensor => {
  const scalars = numbers(x, p)
  return run((engine) => {
    const { shape, size } = engine.bring(x)
    const { opNormalLogProb, opNormalLogProbScalars } = engine.operations
    if (scalars === undefined) {
      const mean = spread(engine, "normal, mean", x, p.mean)
      const logStd = spread(engine, "normal, logStd", x, p.logStd)
      return engine.defer(opNormalLogProb, shape, size, mean, logStd, x)
    }
    const [mean, logStd] = scalars
    const constant = logStd + HALF_LOG_2PI
    return engine.defer(opNormalLogProbScalars, shape, size, x, undefined, undefined, mean, exp(-logStd), constant)
  })
}

export const normalLogProbGrad = (p: NormalParams, x: Tensor): NormalGrad & { readonly x: Tensor } =>
  run((engine) => {
    const { shape, size } = engine.bring(x)
    const { opNormalLogProbMeanGrad, opNormalLogProbLogStdGrad, opScale } = engine.operations
    const means = spread(engine, "normal, mean", x, p.mean)
    const logStds = spread(engine, "normal, logStd", x, p.logStd)
    const mean = engine.defer(opNormalLogProbMeanGrad, shape, size, means, logStds, x)
    const logStd = engine.defer(opNormalLogProbLogStdGrad, shape, size, means, logStds, x)
    return { mean, logStd, x: engine.defer(opScale, shape, size, mean, undefined, undefined, -1) }
  })
