/**
 * The linear memory of an instance: given out in ranges, taken back, and seen as typed arrays.
 *
 * It grows by need. Growing leaves old typed arrays behind (a shared memory) or detaches them (one that is not), so
 * nobody keeps one: `f32` and its like are always those of today. Pointers may lie above 2^31: divide them by `>>>`.
 */
import { ShapeError } from "../../core/errors.ts"
import { type Instance, reserve } from "./instance.ts"

const ALIGNMENT = 64

/** Memory has no such room. */
export class NoRoom extends ShapeError {}

/** Bytes from `start` up to, not including, `end`. */
export interface Range {
  readonly start: number
  readonly end: number
}

export class Heap {
  readonly instance: Instance
  f32: Float32Array<ArrayBufferLike>
  u32: Uint32Array<ArrayBufferLike>
  private next: number
  /** What has come back, by address; no two of them touch. */
  private free: Array<Range> = []

  constructor(instance: Instance) {
    this.instance = instance
    this.f32 = new Float32Array(instance.memory.buffer)
    this.u32 = new Uint32Array(instance.memory.buffer)
    this.next = instance.start
  }

  /** Bytes up to the end of what was ever given out. */
  get used(): number {
    return this.next
  }

  /** So many bytes, aligned to 64. **Errors**: `NoRoom`. */
  take(bytes: number): Range {
    const size = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
    const at = this.tightest(size)
    const found = this.free[at]
    if (found === undefined) return this.append(size)
    const end = found.start + size
    this.free.splice(at, 1, ...(end < found.end ? [{ start: end, end: found.end }] : []))
    return { start: found.start, end }
  }

  /** Which free range is the least that has such room: larger ones stay whole. -1 if none has. */
  private tightest(size: number): number {
    let best = -1
    let least = Number.POSITIVE_INFINITY
    for (const [i, { start, end }] of this.free.entries()) {
      const room = end - start
      if (room < size || room >= least) continue
      best = i
      least = room
    }
    return best
  }

  /** Takes back what `take` has given. */
  give(range: Range): void {
    let { start, end } = range
    const others: Array<Range> = []
    for (const other of this.free) {
      if (other.end === start) start = other.start
      else if (other.start === end) end = other.end
      else others.push(other)
    }
    this.free = [...others, { start, end }].sort((a, b) => a.start - b.start)
  }

  /** Room behind all else, which begins with the last free range if that reaches so far. */
  private append(size: number): Range {
    const last = this.free.at(-1)
    const start = last?.end === this.next ? last.start : this.next
    const end = start + size
    const { memory } = this.instance
    if (end > memory.buffer.byteLength) {
      try {
        reserve(memory, end)
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        const expected = "a size that fits into the memory of the SIMD engine"
        throw new NoRoom({ where: "a new tensor", expected, actual: `${size} bytes beside ${start} in use` })
      }
      this.f32 = new Float32Array(memory.buffer)
      this.u32 = new Uint32Array(memory.buffer)
    }
    if (start < this.next) this.free.pop()
    this.next = end
    return { start, end }
  }
}
