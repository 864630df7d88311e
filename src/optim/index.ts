/** Optimizers as init/update pairs, what they are chained from, and learning-rate schedules. @since 0.1.0 */
export { clipByGlobalNorm } from "./clip.ts"
export { frozen, type GroupsState, groups } from "./groups.ts"
export * as Optimizer from "./Optimizer.ts"
export { adam, adamw, rmsprop, sgd } from "./optimizers.ts"
export * as Schedule from "./schedule.ts"
export {
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
