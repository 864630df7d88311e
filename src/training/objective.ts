/**
 * The negative ELBO of a batch, per datum, and its gradient.
 *
 * loss = mean over the batch of -log p(y | x, w) + temperature factor KL(q || prior) / N: with both at 1, an unbiased
 * estimate, whatever the batch, of the negative evidence lower bound of all N training rows divided by N.
 *
 * @since 0.1.0
 */
import { assertConfig, ShapeError } from "../core/errors.ts"
import * as Leaves from "../core/Leaves.ts"
import { axis, format } from "../core/Shape.ts"
import type { Tensor } from "../core/Tensor.ts"
import { kernels } from "../kernels/index.ts"
import type { Model, Params } from "./Model.ts"

/** Standardized rows x [B, ...in] and y [B, targets]. @category models @since 0.1.0 */
export interface Batch {
  readonly x: Tensor
  readonly y: Tensor
  /** [B], if rows count differently: a row of weight 2 is in the likelihood what the row twice is. */
  readonly weights?: Tensor
}

/** @category models @since 0.1.0 */
export interface Weighting {
  /** Rows of the training set, whatever their weights: the KL counts once for all of them. */
  readonly rows: number
  /** Weight of the KL, default 1: the Bayesian posterior. 0 leaves the KL out, below 1 is a "cold" posterior. */
  readonly temperature?: number
  /** What this step makes of the KL beside that, default 1: see `KlWeighting.factor`. */
  readonly factor?: number
}

/** @category models @since 0.1.0 */
export interface Loss {
  /** What is minimized: nats per datum, lower is better. */
  readonly negElboMean: number
  /** Negative log-likelihood of the batch by its number of rows: nats per datum. May be negative, as densities may exceed 1. */
  readonly nllMean: number
  /** KL(q || prior) in nats, summed over all weights. */
  readonly klNats: number
  /** What the KL is multiplied by: negElboMean = nllMean + klWeight klNats. */
  readonly klWeight: number
}

/** Checks a weighting. **Errors**: `ConfigError` (thrown). @category assertions @since 0.1.0 */
export const assertWeighting = ({ rows, temperature = 1, factor = 1 }: Weighting): void => {
  assertConfig(Number.isSafeInteger(rows) && rows > 0, "rows", "the number of training rows, above 0", rows)
  assertConfig(Number.isFinite(temperature) && temperature >= 0, "temperature", "a finite number from 0", temperature)
  assertConfig(Number.isFinite(factor) && factor >= 0, "factor of the KL", "a finite number from 0", factor)
}

/** What the KL is multiplied by. **Errors**: `ConfigError` (thrown) for an impossible weighting. */
export const klWeightOf = (weighting: Weighting): number => {
  assertWeighting(weighting)
  return ((weighting.temperature ?? 1) * (weighting.factor ?? 1)) / weighting.rows
}

/** The number of rows of a batch, which must have some. */
const rowsOf = ({ x }: Batch): number => {
  const rows = axis("batch, x", x.shape, 0)
  if (rows > 0) return rows
  throw new ShapeError({ where: "batch, x", expected: "at least one row", actual: format(x.shape) })
}

/** The network's output for a batch, and the gradient of the loss by every parameter. */
export const gradient = <P, E, L>(
  model: Model<P, E, L>,
  params: Params<P, L>,
  batch: Batch,
  eps: E,
  klWeight: number,
  addKl = (dKl: Tensor, d: Tensor): Tensor => kernels(d.dtype).axpy(klWeight, dKl, d)
): { readonly output: Tensor; readonly grads: Params<P, L> } => {
  const perRow = 1 / rowsOf(batch)
  const { y: output, pullback } = model.network.vjp(params.network, batch.x, eps)
  const grad = model.likelihood.nllGrad(params.likelihood, output, batch.y, batch.weights)
  const { dParams } = pullback(kernels(output.dtype).scale(perRow, grad.dOutput), { dx: false })
  return {
    output,
    grads: {
      network: klWeight === 0 ? dParams : Leaves.zip(model.network.klGrad(params.network, eps), dParams, addKl),
      likelihood: Leaves.map(grad.dParams, (d) => kernels(d.dtype).scale(perRow, d))
    }
  }
}

/** The loss of what the network gives for a batch. */
export const lossAt = <P, E, L>(
  model: Model<P, E, L>,
  params: Params<P, L>,
  output: Tensor,
  batch: Batch,
  eps: E,
  klWeight: number
): Loss => {
  const nllMean = model.likelihood.nll(params.likelihood, output, batch.y, batch.weights) / rowsOf(batch)
  const klNats = model.network.kl(params.network, eps)
  return { negElboMean: klWeight === 0 ? nllMean : nllMean + klWeight * klNats, nllMean, klNats, klWeight }
}

/** The loss alone. @category objective @since 0.1.0 */
export const negElbo = <P, E, L>(
  model: Model<P, E, L>,
  params: Params<P, L>,
  batch: Batch,
  eps: E,
  weighting: Weighting
): Loss => lossAt(model, params, model.network.forward(params.network, batch.x, eps), batch, eps, klWeightOf(weighting))

/** The loss and its gradient by every parameter. @category objective @since 0.1.0 */
export const negElboGrad = <P, E, L>(
  model: Model<P, E, L>,
  params: Params<P, L>,
  batch: Batch,
  eps: E,
  weighting: Weighting
): { readonly loss: Loss; readonly grads: Params<P, L> } => {
  const klWeight = klWeightOf(weighting)
  const { output, grads } = gradient(model, params, batch, eps, klWeight)
  return { loss: lossAt(model, params, output, batch, eps, klWeight), grads }
}
