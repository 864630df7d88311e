/**
 * Noise that is made when somebody needs it: a kernel that samples weights makes it on the way.
 */
import type { Shape } from "../../core/Shape.ts"
import { storage } from "../../core/storage.ts"
import { HeapTensor } from "../../core/TensorRecord.ts"
import { run, spoilRecording } from "./current.ts"
import { Recipe } from "./Recipe.ts"

export class NoiseTensor extends Recipe {
  private made: HeapTensor | undefined = undefined

  get [storage](): Float32Array<ArrayBufferLike> {
    spoilRecording() // also where they have been made before
    this.made ??= run((engine) => engine.copy(engine.bring(this)))
    return this.made[storage] as Float32Array<ArrayBufferLike>
  }

  withShape(shape: Shape): HeapTensor {
    return new HeapTensor(shape, this[storage])
  }
}
