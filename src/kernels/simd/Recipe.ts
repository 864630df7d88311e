/** Noise as a recipe: a key and what to draw under it. The numbers are the same whoever makes them, and when. */
import type { Key } from "../../core/Key.ts"
import { type Shape, size } from "../../core/Shape.ts"
import { TensorRecord } from "../../core/TensorRecord.ts"
import type { OperationName } from "./OperationName.ts"

/** The operations that make noise of a key alone. */
export type NoiseOperation = Extract<OperationName, "opNormal" | "opSigns" | "opDropoutNoise">

export abstract class Recipe extends TensorRecord {
  readonly shape: Shape
  readonly size: number
  readonly operation: NoiseOperation
  readonly key: Key
  /** Two words that the operation wants beside the key. */
  readonly parameter: readonly [number, number]

  constructor(operation: NoiseOperation, key: Key, shape: Shape, parameter: readonly [number, number]) {
    super()
    this.operation = operation
    this.key = key
    this.shape = Object.isFrozen(shape) ? shape : Object.freeze([...shape])
    this.size = size(shape)
    this.parameter = parameter
  }

  get dtype(): "float32" {
    return "float32"
  }
}
