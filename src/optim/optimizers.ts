/**
 * Optimizers by their usual names, each a chain of transformations. Defaults are PyTorch's.
 *
 * @since 0.1.0
 */
import { chain, type Optimizer } from "./Optimizer.ts"
import type { Schedule } from "./schedule.ts"
import {
  type AdamOptions,
  type AdamState,
  type LearningRateState,
  type MomentumState,
  momentum,
  scaleByAdam,
  scaleByLearningRate
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
