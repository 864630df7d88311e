/** Layers: the one interface, the lifting of a deterministic layer into a Bayesian one, and what composes. @since 0.1.0 */
export {
  type ActivationName,
  activations,
  elu,
  gelu,
  identity,
  leakyRelu,
  relu,
  sigmoid,
  silu,
  softplus,
  tanh
} from "./activation.ts"
export * as BayesianLinear from "./BayesianLinear.ts"
export { bayesian, type Options as BayesianOptions } from "./bayesian.ts"
export * as Conv1d from "./Conv1d.ts"
export * as Conv2d from "./Conv2d.ts"
export * as Dropout from "./Dropout.ts"
export type { Estimator, EstimatorNoise, FlipoutNoise, OutputNoise } from "./Estimator.ts"
export { freeze } from "./freeze.ts"
export { builtin, fromSpec } from "./fromSpec.ts"
export type {
  Any as AnyLayer,
  AtMean,
  Channels,
  Empty,
  Layer,
  Noise as NoiseOf,
  Params as ParamsOf,
  Pullback
} from "./Layer.ts"
export { atMean, deterministic, predictive } from "./Layer.ts"
export * as Linear from "./Linear.ts"
export { type Converted, type Moped, type MopedOptions, moped } from "./moped.ts"
export { operations } from "./operations.ts"
export { parallel } from "./parallel.ts"
export { AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d, type PoolOptions } from "./pooling.ts"
export type { LayerDefinition, Registry } from "./Registry.ts"
export { flatten, Reshape } from "./reshape.ts"
export { residual } from "./residual.ts"
export { sequential } from "./sequential.ts"
