/**
 * A float32 tensor in the memory of an engine: numbers at a pointer, or an elementwise operation that would make them.
 *
 * Operations are put off (`pointer` is 0) until somebody needs the numbers; then all that lead to them run as one
 * program, whose intermediate results never reach memory (`Engine.force`). So writing `axpy(a, klGrad, d)` costs one
 * pass over the weights, not three, and the bits are those of the operations one by one.
 */

import type { Shape } from "../../core/Shape.ts"
import { storage } from "../../core/storage.ts"
import { TensorRecord } from "../../core/TensorRecord.ts"
import type { Operation } from "./operations.ts"
import type { Region } from "./Region.ts"

/** The engine whose memory a tensor is in, as the tensor needs it. */
export interface Home {
  /** The numbers as they lie in memory now. */
  read(t: SimdTensor): Float32Array<ArrayBufferLike>
  /** The same numbers under another shape. */
  alias(t: SimdTensor, shape: Shape): SimdTensor
}

export class SimdTensor extends TensorRecord {
  readonly home: Home
  readonly shape: Shape
  readonly size: number
  /** Where its numbers are, 0 while they are not made yet. */
  pointer = 0
  /** Whose memory that is, and the region's generation then. */
  region: Region | undefined = undefined
  generation = 0

  /** What makes the numbers; gone once they are made. */
  operation: Operation | undefined = undefined
  a: SimdTensor | undefined = undefined
  b: SimdTensor | undefined = undefined
  c: SimdTensor | undefined = undefined
  s0 = 0
  s1 = 0
  s2 = 0
  s3 = 0
  /** How many operations it waits for, at most. */
  pending = 0

  /** For `Program` alone: whether it must be kept, in which group it is made, and in which buffer. */
  wanted = 0
  group = 0
  slot = 0

  constructor(home: Home, shape: Shape, size: number) {
    super()
    this.home = home
    this.shape = shape
    this.size = size
  }

  get dtype(): "float32" {
    return "float32"
  }

  /** The numbers as they lie in memory now. **Errors**: `ShapeError` for a tensor that outlived its region. */
  get [storage](): Float32Array<ArrayBufferLike> {
    return this.home.read(this)
  }

  withShape(shape: Shape): SimdTensor {
    return this.home.alias(this, shape)
  }
}
