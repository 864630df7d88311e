/**
 * What every tensor is, wherever its numbers lie: on the heap (`HeapTensor`, `FilledTensor`), or where an engine keeps them.
 *
 * Only `core` and `kernels` may import this file, as it gives access to storage.
 *
 * @since 0.4.0
 */
import * as Shape from "./Shape.ts"
import { allocate, type Storage, storage } from "./storage.ts"

/** @category models @since 0.1.0 */
export interface Tensor extends Shape.TensorSpec {
  readonly [storage]: Storage
}

/** Numbers, or arrays of them nested to one depth per axis. @category models @since 0.1.0 */
export type Nested = number | ReadonlyArray<Nested>

/** The numbers as nested arrays, or a number for a scalar. */
export const nested = (shape: Shape.Shape, values: Storage): Nested => {
  const build = (depth: number, offset: number, stride: number): Nested => {
    const length = shape[depth]
    if (length === undefined) return values[offset] ?? Number.NaN
    const step = length === 0 ? 0 : stride / length
    return Array.from({ length }, (_, i) => build(depth + 1, offset + i * step, step))
  }
  return build(0, 0, values.length)
}

/** A tensor, as `Tensor.isTensor` knows it. */
export abstract class TensorRecord implements Tensor {
  abstract readonly shape: Shape.Shape
  abstract readonly dtype: Shape.DType
  abstract readonly [storage]: Storage
  /** The same numbers under a shape of the same size, which the caller has checked. */
  abstract withShape(shape: Shape.Shape): TensorRecord

  toString(): string {
    const values = this[storage]
    const shown = Array.from(values.subarray(0, 8), (v) => String(v)).join(", ")
    return `Tensor(${Shape.formatSpec(this)}, ${shown}${values.length > 8 ? `, ... ${values.length - 8} more` : ""})`
  }
  toJSON(): unknown {
    return { dtype: this.dtype, shape: this.shape, values: nested(this.shape, this[storage]) }
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString()
  }
  [Symbol.for("fast-check/toStringMethod")](): string {
    return this.toString()
  }
}

/** A tensor whose numbers are an ordinary array. */
export class HeapTensor extends TensorRecord {
  readonly shape: Shape.Shape
  readonly dtype: Shape.DType
  readonly [storage]: Storage
  constructor(shape: Shape.Shape, values: Storage) {
    super()
    this.shape = Object.isFrozen(shape) ? shape : Object.freeze([...shape])
    this.dtype = values instanceof Float32Array ? "float32" : "float64"
    this[storage] = values
  }
  withShape(shape: Shape.Shape): HeapTensor {
    return new HeapTensor(shape, this[storage])
  }
}

/** A tensor with the same number everywhere. Nothing is written before somebody reads it, and an engine need not read it. */
export class FilledTensor extends TensorRecord {
  readonly shape: Shape.Shape
  readonly dtype: Shape.DType
  readonly value: number
  /** Address space that costs no memory until something is written to it. */
  private readonly values: Storage
  private written: boolean
  constructor({ shape, dtype }: Shape.TensorSpec, value: number) {
    super()
    this.shape = Object.isFrozen(shape) ? shape : Object.freeze([...shape])
    this.dtype = dtype
    this.value = dtype === "float32" ? Math.fround(value) : value
    this.values = allocate(dtype, Shape.size(shape))
    this.written = Object.is(value, 0)
  }
  get [storage](): Storage {
    if (!this.written) this.values.fill(this.value)
    this.written = true
    return this.values
  }
  withShape(shape: Shape.Shape): FilledTensor {
    return new FilledTensor({ shape, dtype: this.dtype }, this.value)
  }
}
