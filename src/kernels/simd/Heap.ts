/**
 * The linear memory of an instance: given out in chunks that never come back, and seen as typed arrays.
 *
 * It grows by need. Growing leaves old typed arrays behind (a shared memory) or detaches them (one that is not), so
 * nobody keeps one: `f32` and its like are always those of today.
 */
import { ShapeError } from "../../core/errors.ts"
import { type Instance, reserve } from "./instance.ts"

const ALIGNMENT = 64

export class Heap {
  readonly instance: Instance
  f32: Float32Array<ArrayBufferLike>
  u32: Uint32Array<ArrayBufferLike>
  private next: number

  constructor(instance: Instance) {
    this.instance = instance
    this.f32 = new Float32Array(instance.memory.buffer)
    this.u32 = new Uint32Array(instance.memory.buffer)
    this.next = instance.start
  }

  /** Bytes given out. */
  get used(): number {
    return this.next
  }

  /** So many bytes, aligned to 64. **Errors**: `ShapeError` where memory has no such room. */
  take(bytes: number): { readonly start: number; readonly end: number } {
    const start = this.next
    const end = start + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
    const { memory } = this.instance
    if (end > memory.buffer.byteLength) {
      try {
        reserve(memory, end)
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        const expected = "a size that fits into the memory of the SIMD engine"
        throw new ShapeError({ where: "a new tensor", expected, actual: `${bytes} bytes beside ${start} in use` })
      }
      this.f32 = new Float32Array(memory.buffer)
      this.u32 = new Uint32Array(memory.buffer)
    }
    this.next = end
    return { start, end }
  }
}
