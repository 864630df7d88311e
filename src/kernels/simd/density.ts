/**
 * Log densities of single numbers, and the divergence from a Laplace distribution: `assembly/density.ts`,
 * `densityGrad.ts` and `laplaceKl.ts`. Distributions whose constants float32 cannot hold are the reference engine's.
 */
import { HALF_LOG_2PI, log, log1p } from "../../core/math.ts"
import { assertSame } from "../../core/Shape.ts"
import { studentTDensity } from "../../core/studentT.ts"
import type { Tensor } from "../../core/Tensor.ts"
import type { Density, Laplace, NormalGrad, NormalParams } from "../Kernels.ts"
import * as reference from "../reference/density.ts"
import { run } from "./current.ts"
import type { OperationName } from "./OperationName.ts"

/** Sizes of scales and degrees of freedom whose squares and inverses are float32 with room to spare. */
const LEAST = 1e-6
const MOST = 1e6

const inRange = (x: number): boolean => x >= LEAST && x <= MOST

const hasKernel = (p: Density): boolean => {
  if (p.kind === "scale-mixture") return p.weight > 0 && p.weight < 1 && inRange(p.std1) && inRange(p.std2)
  return Math.abs(p.mean) <= MOST && inRange(p.scale) && (p.kind === "laplace" || inRange(p.df))
}

export const logDensity = (p: Density, x: Tensor): number => {
  if (!hasKernel(p)) return reference.logDensity(p, x)
  return run((engine) => {
    const { exports } = engine
    const { size } = engine.bring(x)
    const [xs, room] = [engine.pointer(x), engine.partials(size)]
    switch (p.kind) {
      case "scale-mixture": {
        const c1 = log(p.weight) - log(p.std1) - HALF_LOG_2PI
        const c2 = log1p(-p.weight) - log(p.std2) - HALF_LOG_2PI
        return exports.mixtureLogDensity(xs, size, p.std1, p.std2, c1, c2, room)
      }
      case "laplace":
        return exports.laplaceLogDensity(xs, size, p.mean, p.scale, -log(2 * p.scale), room)
      case "student-t": {
        const peak = studentTDensity(p.df).logPdf(0) - log(p.scale)
        return exports.studentTLogDensity(xs, size, p.mean, p.scale, p.df, peak, room)
      }
    }
  })
}

/** The operation of each derivative, and its scalars. */
const derivative = (p: Density): readonly [name: OperationName, ...scalars: ReadonlyArray<number>] => {
  switch (p.kind) {
    case "scale-mixture": {
      const difference = log(p.weight) - log1p(-p.weight) - log(p.std1) + log(p.std2)
      return ["opMixtureGrad", 1 / p.std1, 1 / p.std2, difference]
    }
    case "laplace":
      return ["opLaplaceGrad", p.mean, 1 / p.scale]
    case "student-t":
      return ["opStudentTGrad", p.mean, 1 / p.scale, p.df, -(p.df + 1) / p.scale]
  }
}

export const logDensityGrad = (p: Density, x: Tensor): Tensor => {
  if (!hasKernel(p)) return reference.logDensityGrad(p, x)
  const [name, ...scalars] = derivative(p)
  return run((engine) => {
    const { shape, size } = engine.bring(x)
    return engine.defer(engine.operations[name], shape, size, x, undefined, undefined, ...scalars)
  })
}

const assertParams = (q: NormalParams): void =>
  assertSame("KL from a Laplace distribution, logStd of q", q.mean, q.logStd)

export const laplaceKl = (q: NormalParams, p: Laplace): number => {
  if (!hasKernel(p)) return reference.laplaceKl(q, p)
  assertParams(q)
  return run((engine) => {
    const { size } = engine.bring(q.mean)
    const [mean, logStd] = [engine.pointer(q.mean), engine.pointer(q.logStd)]
    const constant = log(2 * p.scale) - HALF_LOG_2PI - 0.5
    return engine.exports.laplaceKl(mean, logStd, size, p.mean, p.scale, constant, engine.partials(size))
  })
}

export const laplaceKlGrad = (q: NormalParams, p: Laplace): NormalGrad => {
  if (!hasKernel(p)) return reference.laplaceKlGrad(q, p)
  assertParams(q)
  return run((engine) => {
    const { shape, size } = engine.bring(q.mean)
    const { opLaplaceKlMeanGrad, opLaplaceKlLogStdGrad } = engine.operations
    const by = (operation: typeof opLaplaceKlMeanGrad) =>
      engine.defer(operation, shape, size, q.mean, q.logStd, undefined, p.mean, 1 / p.scale)
    return { mean: by(opLaplaceKlMeanGrad), logStd: by(opLaplaceKlLogStdGrad) }
  })
}
