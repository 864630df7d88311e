/**
 * Where a tensor's numbers lie. Only `core` and `kernels` may import this file (`npm test` checks it), so that an
 * engine is free to keep them elsewhere: in a region of WebAssembly memory today, on a GPU one day.
 *
 * @since 0.1.0
 */
import { assertConfig, ShapeError } from "./errors.ts"
import type { DType } from "./Shape.ts"

/** The array types that can hold a tensor. */
export type Storage = Float32Array<ArrayBufferLike> | Float64Array<ArrayBufferLike>

/** The property under which a tensor keeps its storage; row-major, as long as the product of the shape. */
export const storage: unique symbol = Symbol("effect-bayes/Tensor/storage")

/** Fresh storage, all zeros. **Errors**: `ShapeError` if there is no such array, `ConfigError` for another dtype. */
export const allocate = (dtype: DType, length: number): Storage => {
  assertConfig(dtype === "float32" || dtype === "float64", "dtype", '"float32" or "float64"', dtype)
  try {
    return dtype === "float32" ? new Float32Array(length) : new Float64Array(length)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const expected = "a size that fits into memory"
    throw new ShapeError({ where: "a new tensor", expected, actual: `${length} elements of ${dtype}` })
  }
}
