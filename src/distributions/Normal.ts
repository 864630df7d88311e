/**
 * Independent normals N(mean, exp(logStd)^2): the reparameterization that Bayes by Backprop is built on.
 *
 * A weight is sampled as w = mean + exp(logStd) eps with eps ~ N(0, 1), so the sample has a derivative by the
 * parameters (Kingma & Welling 2014, section 2.4). `logStd` is the natural logarithm of the standard deviation.
 * Each function stands above its gradient. Parameters are tensors of the variable's shape, or scalars of shape `[]`
 * shared by all of it.
 *
 * @since 0.1.0
 */
import { assertConfig } from "../core/errors.ts"
import type { Key } from "../core/Key.ts"
import { log } from "../core/math.ts"
import * as Shape from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import { kernels, type NormalGrad, type NormalParams } from "../kernels/index.ts"
import { assertStd } from "./std.ts"

/** @category models @since 0.1.0 */
export type Normal = NormalParams

/** @category models @since 0.1.0 */
export type Grad = NormalGrad

/** q, whose divergence is taken, and p, from which. @category models @since 0.1.0 */
export interface Pair {
  readonly q: Normal
  readonly p: Normal
}

/**
 * A normal with scalar parameters, rounded to `dtype`.
 *
 * **Errors**: `ConfigError` unless mean is finite in `dtype` (float32 ends at 3.4e38) and std from 1e-150 to 1e150,
 * so that 1 / std^2 is finite as well.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: {
  readonly mean: number
  readonly std: number
  readonly dtype?: Shape.DType
}): Normal => {
  assertConfig(Number.isFinite(options.mean), "mean of a normal", "a finite number", options.mean)
  assertStd("std of a normal", "a finite number above 0", options.std)
  const mean = Tensor.scalar(options.mean, options.dtype)
  assertConfig(
    Number.isFinite(Tensor.item(mean)),
    "mean of a normal",
    `a number that ${mean.dtype} can hold`,
    options.mean
  )
  return { mean, logStd: Tensor.scalar(log(options.std), options.dtype) }
}

/** Parameters with tensors at both leaves. @category guards @since 0.1.0 */
export const isNormal = (u: unknown): u is Normal =>
  typeof u === "object" &&
  u !== null &&
  "mean" in u &&
  "logStd" in u &&
  Tensor.isTensor(u.mean) &&
  Tensor.isTensor(u.logStd)

/** Standard normal noise: element i depends on the key and i alone. @category sampling @since 0.1.0 */
export const standard = (key: Key, spec: Shape.TensorSpec): Tensor.Tensor =>
  kernels(spec.dtype).standardNormal(key, spec)

/**
 * w = mean + exp(logStd) eps.
 *
 * **Source**: Blundell et al. 2015, section 3.2, with std = exp(logStd) in place of their log(1 + exp(rho)).
 *
 * @example
 * ```ts
 * import { Normal, Tensor } from "effect-bayes"
 *
 * const q = Normal.make({ mean: 2, std: 0.5 })
 * Tensor.toArray(Normal.sample(q, Tensor.from([-1, 0, 1]))) // => [1.5, 2, 2.5]
 * ```
 *
 * @category sampling
 * @since 0.1.0
 */
export const sample = (q: Normal, eps: Tensor.Tensor): Tensor.Tensor => kernels(eps.dtype).normalSample(q, eps)

/** The gradient of `sample` carried back: { mean: dw, logStd: dw exp(logStd) eps }. @category sampling @since 0.1.0 */
export const sampleVjp = (q: Normal, eps: Tensor.Tensor, dw: Tensor.Tensor): Grad =>
  kernels(eps.dtype).normalSampleVjp(q, eps, dw)

/** exp(logStd) eps, `sample` less the mean. @category sampling @since 0.2.0 */
export const deviation = ({ logStd }: Normal, eps: Tensor.Tensor): Tensor.Tensor =>
  sample({ mean: Tensor.scalar(0, eps.dtype), logStd }, eps)

/** exp(logStd)^2, of logStd's shape. @category moments @since 0.2.0 */
export const variance = ({ logStd }: Normal): Tensor.Tensor => kernels(logStd.dtype).normalVariance(logStd)

/** The gradient of `variance` carried back: { mean: 0, logStd: 2 dv exp(logStd)^2 }. @category moments @since 0.2.0 */
export const varianceVjp = (q: Normal, dv: Tensor.Tensor): Grad => ({
  mean: Tensor.zeros(q.mean),
  logStd: kernels(dv.dtype).normalVarianceVjp(q.logStd, dv)
})

/** log N(x; p), elementwise. **Units**: nats. @category density @since 0.1.0 */
export const logProb = (p: Normal, x: Tensor.Tensor): Tensor.Tensor => kernels(x.dtype).normalLogProb(p, x)

/** The elementwise derivatives of `logProb` by mean, logStd and x. @category density @since 0.1.0 */
export const logProbGrad = (p: Normal, x: Tensor.Tensor): Grad & { readonly x: Tensor.Tensor } =>
  kernels(x.dtype).normalLogProbGrad(p, x)

const HALF_LOG_2PI_E = 1.4189385332046727

/** q's parameters give the shape of the variable, so neither may be a scalar that stands for many. */
const assertOneShape = (q: Normal): void => Shape.assertSame("normal, entropy of q, logStd", q.mean, q.logStd)

/**
 * The entropy, (log 2 pi e) / 2 + logStd.
 *
 * **Units**: nats, summed over elements. **Errors**: `ShapeError` unless mean and logStd have one shape, the variable's.
 *
 * @category information
 * @since 0.1.0
 */
export const entropy = (q: Normal): number => {
  assertOneShape(q)
  return kernels(q.logStd.dtype).sum(q.logStd) + Shape.size(q.logStd.shape) * HALF_LOG_2PI_E
}

/** Its gradient: 0 by the mean, 1 by each logStd. @category information @since 0.1.0 */
export const entropyGrad = (q: Normal): Grad => {
  assertOneShape(q)
  return { mean: Tensor.zeros(q.mean), logStd: Tensor.full(q.logStd, 1) }
}

/**
 * The Kullback-Leibler divergence KL(q || p) = E_q[log q - log p].
 *
 * **Units**: nats, summed over elements. **Numerics**: computed in float64 from a form that is never negative and
 * exactly 0 where q = p. Parameters of p may be scalars, those of q have the variable's shape.
 *
 * @example
 * ```ts
 * import { Normal } from "effect-bayes"
 *
 * const q = Normal.make({ mean: 1, std: 1 })
 * Normal.kl({ q, p: Normal.make({ mean: 0, std: 1 }) }) // => 0.5
 * Normal.kl({ q, p: q }) // => 0
 * ```
 *
 * @category information
 * @since 0.1.0
 */
export const kl = ({ q, p }: Pair): number => kernels(q.mean.dtype).normalKl(q, p)

/** The derivatives of `kl` by q's parameters, elementwise. @category information @since 0.1.0 */
export const klGrad = ({ q, p }: Pair): Grad => kernels(q.mean.dtype).normalKlGrad(q, p)

/** The derivatives of `kl` by p's parameters; summed over weights where a parameter is a scalar. @category information @since 0.1.0 */
export const klGradPrior = ({ q, p }: Pair): Grad => kernels(q.mean.dtype).normalKlGradPrior(q, p)
