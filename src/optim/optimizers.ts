/**
 * Optimizers by their usual names, each a chain of transformations. Defaults are PyTorch's.
 *
 * @since 0.1.0
 */
import type { Empty } from "../core/Tree.ts"
import { chain, type Optimizer } from "./Optimizer.ts"
import type { Schedule } from "./schedule.ts"
import {
  type AdamOptions,
  type AdamState,
  addDecayedWeights,
  type LearningRateState,
  type MomentumState,
  momentum,
  type RmsOptions,
  type RmsState,
  scaleByAdam,
  scaleByLearningRate,
  scaleByRms
} from "./transforms.ts"

/**
 * Stochastic gradient descent, with momentum (default 0) and Nesterov's form of it.
 *
 * @example
 * ```ts
 * import { Optimizer, sgd, Tensor } from "effect-bayes"
 *
 * const optimizer = sgd({ learningRate: 0.1 })
 * const params = { w: Tensor.from([1, 2], { dtype: "float64" }) }
 * const [updates] = optimizer.update({ w: Tensor.from([10, 0], { dtype: "float64" }) }, optimizer.init(params), params)
 * Tensor.toArray(Optimizer.apply(params, updates).w) // => [0, 2]
 * ```
 *
 * @category optimizers
 * @since 0.1.0
 */
export const sgd = (options: {
  readonly learningRate: number | Schedule
  readonly momentum?: number
  readonly nesterov?: boolean
}): Optimizer<readonly [MomentumState, LearningRateState]> =>
  chain(
    momentum(options.momentum ?? 0, { nesterov: options.nesterov ?? false }),
    scaleByLearningRate(options.learningRate)
  )

/** Adam: debiased moments, then the rate. @category optimizers @since 0.1.0 */
export const adam = (
  options: { readonly learningRate: number | Schedule } & AdamOptions
): Optimizer<readonly [AdamState, LearningRateState]> =>
  chain(scaleByAdam(options), scaleByLearningRate(options.learningRate))

/**
 * Adam with decoupled weight decay (`weightDecay`, default 0.01): p <- p - rate (Adam's update + weightDecay p).
 *
 * **Source**: Loshchilov & Hutter 2019, algorithm 2, in PyTorch's form, where the rate multiplies the decay too.
 *
 * @category optimizers
 * @since 0.2.0
 */
export const adamw = (
  options: { readonly learningRate: number | Schedule; readonly weightDecay?: number } & AdamOptions
): Optimizer<readonly [AdamState, Empty, LearningRateState]> =>
  chain(scaleByAdam(options), addDecayedWeights(options.weightDecay ?? 0.01), scaleByLearningRate(options.learningRate))

/**
 * RMSprop: the gradient over the root of its running mean square, with momentum (default 0), then the rate.
 *
 * @category optimizers
 * @since 0.2.0
 */
export const rmsprop = (
  options: { readonly learningRate: number | Schedule; readonly momentum?: number } & RmsOptions
): Optimizer<readonly [RmsState, MomentumState, LearningRateState]> =>
  chain(scaleByRms(options), momentum(options.momentum ?? 0), scaleByLearningRate(options.learningRate))
