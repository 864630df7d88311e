/**
 * Bayesian neural networks in pure functions: a weight is a distribution.
 *
 * @since 0.1.0
 */
export * from "./core/index.ts"
export * from "./data/index.ts"
export * from "./distributions/index.ts"
export * from "./files/index.ts"
export { Threads } from "./kernels/index.ts"
export * from "./layers/index.ts"
export * from "./optim/index.ts"
export * from "./prediction/index.ts"
export * from "./training/index.ts"
