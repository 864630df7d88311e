/** The vocabulary: tensors, trees of them, keys, noise and errors. @since 0.1.0 */
export { attempt } from "./attempt.ts"
export { ConfigError, DataError, ShapeError } from "./errors.ts"
export * as Key from "./Key.ts"
export * as Noise from "./Noise.ts"
export * as Shape from "./Shape.ts"
export * as Spec from "./Spec.ts"
export * as Tensor from "./Tensor.ts"
export * as Tree from "./Tree.ts"
