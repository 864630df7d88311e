/**
 * Where a tensor's numbers lie. Only `core` and `kernels` may import this file (`npm test` checks it), so that an
 * engine is free to keep them elsewhere: in a region of WebAssembly memory today, on a GPU one day.
 *
 * @since 0.1.0
 */
import type { DType } from "./Shape.ts"

/** The array types that can hold a tensor. */
export type Storage = Float32Array<ArrayBufferLike> | Float64Array<ArrayBufferLike>

/** The property under which a tensor keeps its storage; row-major, as long as the product of the shape. */
export const storage: unique symbol = Symbol.for("effect-bayes/Tensor/storage")

/** Fresh storage, all zeros. */
export const allocate = (dtype: DType, length: number): Storage =>
  dtype === "float32" ? new Float32Array(length) : new Float64Array(length)
