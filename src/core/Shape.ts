/**
 * The shape of a tensor: its axes from the slowest to the fastest (row-major), `[]` for a scalar.
 *
 * @since 0.1.0
 */
import { ShapeError } from "./errors.ts"

/** @category models @since 0.1.0 */
export type Shape = ReadonlyArray<number>

/** Precision of a tensor's elements: 32 bits (the default everywhere) or 64. @category models @since 0.1.0 */
export type DType = "float32" | "float64"

/**
 * A shape and a dtype: what is known of a tensor before it exists (JAX's `ShapeDtypeStruct`). Every `Tensor` is one.
 *
 * @category models
 * @since 0.1.0
 */
export interface TensorSpec {
  readonly shape: Shape
  readonly dtype: DType
}

/** The number of elements of a tensor of this shape. @category getters @since 0.1.0 */
export const size = (shape: Shape): number => {
  let n = 1
  for (const length of shape) n *= length
  return n
}

/** @category predicates @since 0.1.0 */
export const equals = (a: Shape, b: Shape): boolean => {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Whether shape and dtype are the same. @category predicates @since 0.4.0 */
export const isSame = (a: TensorSpec, b: TensorSpec): boolean => a.dtype === b.dtype && equals(a.shape, b.shape)

/** Checks that every axis is a whole number from 0. @category assertions @since 0.1.0 */
export const assertValid = (shape: Shape): void => {
  for (const length of shape) {
    if (Number.isSafeInteger(length) && length >= 0) continue
    throw new ShapeError({ where: "a shape", expected: "whole numbers from 0", actual: format(shape) })
  }
}

/** `[2, 3]`. @category formatting @since 0.1.0 */
export const format = (shape: Shape): string => `[${shape.join(", ")}]`

/** `float32 [2, 3]`. @category formatting @since 0.1.0 */
export const formatSpec = (spec: TensorSpec): string => `${spec.dtype} ${format(spec.shape)}`

/** The length of one axis; an axis that is not there is a `ShapeError`. @category getters @since 0.1.0 */
export const axis = (where: string, shape: Shape, index: number): number => {
  const length = shape[index]
  if (length !== undefined) return length
  throw new ShapeError({ where, expected: `at least ${index + 1} axes`, actual: format(shape) })
}

/** The shape without its leading (batch) axis. @category getters @since 0.1.0 */
export const rest = (where: string, shape: Shape): Shape => {
  axis(where, shape, 0)
  return shape.slice(1)
}

/**
 * Checks that two tensors have the same shape and dtype: nothing is broadcast or promoted.
 *
 * @category assertions
 * @since 0.1.0
 */
export const assertSame = (where: string, expected: TensorSpec, actual: TensorSpec): void => {
  if (isSame(expected, actual)) return
  const misfit = { where, expected: formatSpec(expected), actual: formatSpec(actual) }
  if (!equals(expected.shape, actual.shape)) throw new ShapeError(misfit)
  const hint = "Give one `dtype` to all layers, the likelihood and the model; `Tensor.cast` converts a tensor"
  throw new ShapeError({ ...misfit, hint })
}

/** Checks a tensor's shape alone. @category assertions @since 0.1.0 */
export const assertShape = (where: string, expected: Shape, actual: Shape): void => {
  if (equals(expected, actual)) return
  throw new ShapeError({ where, expected: format(expected), actual: format(actual) })
}
