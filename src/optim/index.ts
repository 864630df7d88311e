/** Optimizers as init/update pairs, what they are chained from, and learning-rate schedules. @since 0.1.0 */
export * as Optimizer from "./Optimizer.ts"
export { adam, sgd } from "./optimizers.ts"
export * as Schedule from "./schedule.ts"
export {
  type AdamOptions,
  type AdamState,
  type LearningRateState,
  type MomentumState,
  momentum,
  scaleByAdam,
  scaleByLearningRate
} from "./transforms.ts"
