/**
 * Log densities of a single number, each above its derivative, applied to every element of a tensor; and the divergence
 * of a normal from a Laplace distribution, which is in closed form.
 */
import { sigmoid, softplus } from "../../core/logistic.ts"
import { exp, HALF_LOG_2PI, log, log1p, normalCdf, normalPdf } from "../../core/math.ts"
import * as Shape from "../../core/Shape.ts"
import { allocate, storage } from "../../core/storage.ts"
import { studentTDensity } from "../../core/studentT.ts"
import { fromStorage, type Tensor } from "../../core/Tensor.ts"
import type { Density, Laplace, NormalGrad, NormalParams, ScaleMixture, StudentT } from "../Kernels.ts"
import { standardized } from "./standardized.ts"

interface Pointwise {
  readonly logP: (x: number) => number
  readonly dLogP: (x: number) => number
}

/**
 * log of the sum of two densities e^a + e^b = e^a (1 + e^-(a - b)), where a is the larger. With z = x / std the
 * difference a - b holds z1^2 - z2^2 = (z1 - z2)(z1 + z2), which keeps its sign where the squares overflow.
 */
const scaleMixture = ({ weight, std1, std2 }: ScaleMixture): Pointwise => {
  const c1 = log(weight) - log(std1) - HALF_LOG_2PI
  const c2 = log1p(-weight) - log(std2) - HALF_LOG_2PI
  const difference = (z1: number, z2: number): number => c1 - c2 - 0.5 * (z1 - z2) * (z1 + z2)
  return {
    logP: (x) => {
      const [z1, z2] = [x / std1, x / std2]
      const d = difference(z1, z2)
      return (d > 0 ? c1 - 0.5 * z1 * z1 : c2 - 0.5 * z2 * z2) + softplus(-Math.abs(d))
    },
    dLogP: (x) => {
      const [z1, z2] = [x / std1, x / std2]
      const d = difference(z1, z2)
      return -(sigmoid(d) * (z1 / std1) + sigmoid(-d) * (z2 / std2))
    }
  }
}

/** At its kink the derivative is 0. */
const laplace = ({ mean, scale }: Laplace): Pointwise => {
  const constant = -Math.LN2 - log(scale)
  return {
    logP: (x) => constant - Math.abs(x - mean) / scale,
    dLogP: (x) => Math.sign(mean - x) / scale
  }
}

const studentT = ({ df, mean, scale }: StudentT): Pointwise => {
  const { logPdf, dLogPdf } = studentTDensity(df)
  const logScale = log(scale)
  return {
    logP: (x) => logPdf((x - mean) / scale) - logScale,
    dLogP: (x) => dLogPdf((x - mean) / scale) / scale
  }
}

const pointwise = (p: Density): Pointwise =>
  p.kind === "laplace" ? laplace(p) : p.kind === "student-t" ? studentT(p) : scaleMixture(p)

export const logDensity = (p: Density, x: Tensor): number => {
  const { logP } = pointwise(p)
  const xs = x[storage]
  let sum = 0
  for (let i = 0; i < xs.length; i++) sum += logP(xs[i]!)
  return sum
}

export const logDensityGrad = (p: Density, x: Tensor): Tensor => {
  const { dLogP } = pointwise(p)
  const xs = x[storage]
  const out = allocate(x.dtype, xs.length)
  for (let i = 0; i < xs.length; i++) out[i] = dLogP(xs[i]!)
  return fromStorage(x.shape, out)
}

/** KL = log(2 scale) + E|x - mean| / scale - entropy, the expectation being the mean of a folded normal. */
export const laplaceKl = (q: NormalParams, { mean, scale }: Laplace): number => {
  Shape.assertSame("KL from a Laplace distribution, logStd of q", q.mean, q.logStd)
  const means = q.mean[storage]
  const logStds = q.logStd[storage]
  const constant = Math.LN2 + log(scale) - HALF_LOG_2PI - 0.5
  let sum = 0
  for (let i = 0; i < means.length; i++) {
    const m = means[i]! - mean
    const a = standardized(m, logStds[i]!) // the folded normal's one parameter
    const folded = 2 * exp(logStds[i]!) * normalPdf(a) + m * (2 * normalCdf(a) - 1)
    sum += constant - logStds[i]! + folded / scale
  }
  return sum
}

export const laplaceKlGrad = (q: NormalParams, { mean, scale }: Laplace): NormalGrad => {
  Shape.assertSame("KL from a Laplace distribution, logStd of q", q.mean, q.logStd)
  const means = q.mean[storage]
  const logStds = q.logStd[storage]
  const dMean = allocate(q.mean.dtype, means.length)
  const dLogStd = allocate(q.mean.dtype, means.length)
  for (let i = 0; i < means.length; i++) {
    const a = standardized(means[i]! - mean, logStds[i]!)
    dMean[i] = (2 * normalCdf(a) - 1) / scale
    dLogStd[i] = (2 * exp(logStds[i]!) * normalPdf(a)) / scale - 1
  }
  return { mean: fromStorage(q.mean.shape, dMean), logStd: fromStorage(q.mean.shape, dLogStd) }
}
