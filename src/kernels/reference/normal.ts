/**
 * Independent normals N(mean, exp(logStd)^2): sample, log density and KL divergence, each above its gradient.
 *
 * The KL of two normals, with t = log(sigma_q / sigma_p) and d = (mu_q - mu_p) / sigma_p, is
 * (e^2t - 1 - 2t) / 2 + d^2 / 2. Its first part is `expm1MinusX(2t) / 2`, which is never negative and 0 only at t = 0,
 * so nothing has to be clamped and the divergence is exactly 0 where q = p.
 */
import { ShapeError } from "../../core/errors.ts"
import { exp, expm1, expm1MinusX, HALF_LOG_2PI } from "../../core/math.ts"
import * as Shape from "../../core/Shape.ts"
import { allocate, type Storage, storage } from "../../core/storage.ts"
import { cast, fromStorage, type Tensor } from "../../core/Tensor.ts"
import type { NormalGrad, NormalParams } from "../Kernels.ts"

/** The parameter's storage and its step: 0 where one scalar serves every element. */
const parameter = (where: string, variable: Tensor, t: Tensor): readonly [Storage, 0 | 1] => {
  if (t.dtype === variable.dtype && t.shape.length === 0) return [t[storage], 0]
  Shape.assertSame(where, variable, t)
  return [t[storage], 1]
}

const parameters = (variable: Tensor, p: NormalParams) => {
  const [means, meanStep] = parameter("normal, mean", variable, p.mean)
  const [logStds, logStdStep] = parameter("normal, logStd", variable, p.logStd)
  return {
    n: variable[storage].length,
    mean: (i: number): number => means[i * meanStep]!,
    logStd: (i: number): number => logStds[i * logStdStep]!
  }
}

export const normalSample = (q: NormalParams, eps: Tensor): Tensor => {
  const { n, mean, logStd } = parameters(eps, q)
  const es = eps[storage]
  const ws = allocate(eps.dtype, n)
  for (let i = 0; i < n; i++) ws[i] = mean(i) + exp(logStd(i)) * es[i]!
  return fromStorage(eps.shape, ws)
}

export const normalSampleVjp = (q: NormalParams, eps: Tensor, dw: Tensor): NormalGrad => {
  Shape.assertSame("normal, gradient of the sample", eps, dw)
  const { n, logStd } = parameters(eps, q)
  const es = eps[storage]
  const ds = dw[storage]
  const out = allocate(eps.dtype, n)
  for (let i = 0; i < n; i++) out[i] = ds[i]! * exp(logStd(i)) * es[i]!
  return { mean: dw, logStd: fromStorage(eps.shape, out) }
}

export const normalVariance = (logStd: Tensor): Tensor => {
  const ls = logStd[storage]
  const out = allocate(logStd.dtype, ls.length)
  for (let i = 0; i < ls.length; i++) out[i] = exp(2 * ls[i]!)
  return fromStorage(logStd.shape, out)
}

export const normalVarianceVjp = (logStd: Tensor, dv: Tensor): Tensor => {
  Shape.assertSame("normal, gradient of the variance", logStd, dv)
  const ls = logStd[storage]
  const ds = dv[storage]
  const out = allocate(logStd.dtype, ls.length)
  for (let i = 0; i < ls.length; i++) out[i] = 2 * ds[i]! * exp(2 * ls[i]!)
  return fromStorage(logStd.shape, out)
}

export const normalLogProb = (p: NormalParams, x: Tensor): Tensor => {
  const { n, mean, logStd } = parameters(x, p)
  const xs = x[storage]
  const out = allocate(x.dtype, n)
  for (let i = 0; i < n; i++) {
    const z = (xs[i]! - mean(i)) * exp(-logStd(i))
    out[i] = -0.5 * z * z - logStd(i) - HALF_LOG_2PI
  }
  return fromStorage(x.shape, out)
}

export const normalLogProbGrad = (p: NormalParams, x: Tensor): NormalGrad & { readonly x: Tensor } => {
  const { n, mean, logStd } = parameters(x, p)
  const xs = x[storage]
  const dMean = allocate(x.dtype, n)
  const dLogStd = allocate(x.dtype, n)
  const dx = allocate(x.dtype, n)
  for (let i = 0; i < n; i++) {
    const precision = exp(-logStd(i))
    const z = (xs[i]! - mean(i)) * precision
    dMean[i] = z * precision
    dLogStd[i] = z * z - 1
    dx[i] = -z * precision
  }
  return { mean: fromStorage(x.shape, dMean), logStd: fromStorage(x.shape, dLogStd), x: fromStorage(x.shape, dx) }
}

/** q's parameters give the shape of the variable, so neither may be a scalar that stands for many. */
export const variableOf = (q: NormalParams): Tensor => {
  if (Shape.equals(q.mean.shape, q.logStd.shape)) return q.mean
  throw new ShapeError({
    where: "normal, KL of q",
    expected: `mean and logStd of one shape, ${Shape.format(q.mean.shape)}`,
    actual: Shape.format(q.logStd.shape)
  })
}

export const normalKl = (q: NormalParams, p: NormalParams): number => {
  const a = parameters(variableOf(q), q)
  const b = parameters(variableOf(q), p)
  let sum = 0
  for (let i = 0; i < a.n; i++) {
    const t = a.logStd(i) - b.logStd(i)
    const d = (a.mean(i) - b.mean(i)) * exp(-b.logStd(i))
    sum += 0.5 * (expm1MinusX(2 * t) + d * d)
  }
  return sum
}

export const normalKlGrad = (q: NormalParams, p: NormalParams): NormalGrad => {
  const variable = variableOf(q)
  const a = parameters(variable, q)
  const b = parameters(variable, p)
  const dMean = allocate(variable.dtype, a.n)
  const dLogStd = allocate(variable.dtype, a.n)
  for (let i = 0; i < a.n; i++) {
    dMean[i] = (a.mean(i) - b.mean(i)) * exp(-2 * b.logStd(i))
    dLogStd[i] = expm1(2 * (a.logStd(i) - b.logStd(i)))
  }
  return { mean: fromStorage(variable.shape, dMean), logStd: fromStorage(variable.shape, dLogStd) }
}

export const normalKlGradPrior = (q: NormalParams, p: NormalParams): NormalGrad => {
  const a = parameters(variableOf(q), q)
  const b = parameters(variableOf(q), p)
  const dMean = new Float64Array(p.mean[storage].length)
  const dLogStd = new Float64Array(p.logStd[storage].length)
  for (let i = 0; i < a.n; i++) {
    const precision = exp(-b.logStd(i))
    const d = (a.mean(i) - b.mean(i)) * precision
    dMean[dMean.length === 1 ? 0 : i]! -= d * precision
    dLogStd[dLogStd.length === 1 ? 0 : i]! -= expm1(2 * (a.logStd(i) - b.logStd(i))) + d * d
  }
  return {
    mean: cast(fromStorage(p.mean.shape, dMean), p.mean.dtype),
    logStd: cast(fromStorage(p.logStd.shape, dLogStd), p.logStd.dtype)
  }
}
