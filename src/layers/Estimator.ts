/**
 * How the expectation over the weights is estimated: which noise a pass draws, and which numbers it makes of it.
 *
 * All have the same mean and variance of each output and unbiased gradients (but for local reparameterization where one
 * row has several places, see there); they differ in what the rows of a batch share, and so in the variance of the
 * gradient.
 *
 * @since 0.2.0
 */
import { ConfigError, ShapeError } from "../core/errors.ts"
import { equals, formatSpec, type TensorSpec } from "../core/Shape.ts"
import type { Tensor } from "../core/Tensor.ts"
import type { Factorized, Posterior } from "../distributions/index.ts"
import type { Any, Channels, Layer } from "./Layer.ts"

/** Their names. @category models @since 0.2.0 */
export const estimators = ["reparameterization", "localReparameterization", "flipout"] as const

/** @category models @since 0.2.0 */
export type Estimator = (typeof estimators)[number]

/**
 * Noise of local reparameterization: `output` is [B, ...out], `weights` is there where the KL is sampled and wants them.
 *
 * @category models
 * @since 0.2.0
 */
export interface OutputNoise<N> {
  readonly output: Tensor
  readonly weights?: N
}

/** Noise of flipout: `signIn` [B, in] and `signOut` [B, out] are +1 or -1. @category models @since 0.2.0 */
export interface FlipoutNoise<N> {
  readonly weights: N
  readonly signIn: Tensor
  readonly signOut: Tensor
}

/** The noise of an estimator over a posterior with noise N. @category type-level @since 0.2.0 */
export type EstimatorNoise<K extends Estimator, N> = K extends "flipout"
  ? FlipoutNoise<N>
  : K extends "localReparameterization"
    ? OutputNoise<N>
    : N

/** The part of a layer that an estimator decides. */
export type Estimated<Q, E> = Pick<Layer<Q, E>, "noise" | "forward" | "vjp" | "kl" | "klGrad">

/** Throws unless it is the name of an estimator. **Errors**: `ConfigError`. */
export const assertEstimator = (estimator: Estimator): void => {
  if (estimators.includes(estimator)) return
  throw new ConfigError({
    option: "estimator",
    expected: estimators.map((name) => `"${name}"`).join(", "),
    actual: JSON.stringify(estimator) ?? "undefined"
  })
}

/** Throws unless a leaf of the noise is as the batch needs it. **Errors**: `ShapeError`. */
export const assertNoise = (where: string, expected: TensorSpec, actual: TensorSpec): void => {
  if (expected.dtype === actual.dtype && equals(expected.shape, actual.shape)) return
  const [rows, drawn] = [expected.shape[0], actual.shape[0]]
  const hint = `It was drawn for another number of rows, ${drawn}: draw it with noise(key, ${rows})`
  throw new ShapeError({
    where,
    expected: formatSpec(expected),
    actual: formatSpec(actual),
    ...(rows === drawn ? {} : { hint })
  })
}

/** The channels of a linear map. **Errors**: `ConfigError` for any other layer. */
export const channelsOf = (estimator: Estimator, layer: Any): Channels => {
  const { linear, channels } = layer
  if (linear === true && channels !== undefined && channels !== "same") return channels
  throw new ConfigError({
    option: `estimator "${estimator}", layer`,
    expected: "a linear map, such as Linear or Conv2d",
    actual: `"${layer.spec.kind}"`,
    hint: 'Lift the linear maps inside it each for itself, or use "reparameterization", which works for every layer'
  })
}

/** The posterior as one of independent weights. **Errors**: `ConfigError` for any other. */
export const factorized = <Q, W, N>(estimator: Estimator, posterior: Posterior<Q, W, N>): Factorized<Q, W, N> => {
  if (isFactorized(posterior)) return posterior
  throw new ConfigError({
    option: `estimator "${estimator}", posterior`,
    expected: "one of independent weights (Factorized), such as meanField",
    actual: `"${posterior.spec.kind}"`,
    hint: '"reparameterization" works for every posterior'
  })
}

const isFactorized = <Q, W, N>(posterior: Posterior<Q, W, N>): posterior is Factorized<Q, W, N> =>
  ["variance", "momentsPullback", "deviation", "deviationPullback"].every(
    (name) => typeof (posterior as unknown as Readonly<Record<string, unknown>>)[name] === "function"
  )
