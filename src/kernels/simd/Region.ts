/**
 * Memory that is taken piece by piece and given back all at once.
 *
 * The first use takes ranges of a heap as it needs them; `reset` gives them back if they are several, and the next use
 * takes as much as all of them together in one. So the first step of a loop is the dry run for those that follow, and
 * taking a piece is an addition. `reset` begins a new generation; a tensor remembers its own, so one that outlives it is
 * caught.
 */
import { type Heap, NoRoom, type Range } from "./Heap.ts"

/** Bytes to which pieces are aligned and padded: kernels read and write whole vectors behind the last element. */
const ALIGNMENT = 64

/** The least that a region takes of the heap at a time. */
const CHUNK = 1 << 18

/** What memory is filled with that must not be read: NaN, as float32 and as float64. */
const POISON = 0xffffffff

export class Region {
  /** Counts resets. */
  generation = 0
  /** The last frame in which a tensor of this region was an operand (`Engine.frame`). */
  seen = 0
  private readonly heap: Heap
  private readonly poisoned: boolean
  private ranges: Array<Range> = []
  /** What the ranges of an earlier use came to. */
  private expected = 0
  private next = 0
  private end = 0

  /** Where it is `poisoned`, memory holds NaN whenever it is free: for tests, so that no use after a reset goes unnoticed. */
  constructor(heap: Heap, poisoned = false) {
    this.heap = heap
    this.poisoned = poisoned
  }

  /** A pointer to room for so many float32. */
  floats(count: number): number {
    return this.bytes(count * 4)
  }

  /** A pointer to so many bytes, never 0. */
  bytes(count: number): number {
    const size = Math.max(ALIGNMENT, Math.ceil(count / ALIGNMENT) * ALIGNMENT)
    if (this.next + size > this.end) this.extend(size)
    const pointer = this.next
    this.next = pointer + size
    return pointer
  }

  /** Takes a range that has room for `size`, and for what is expected if nothing was taken yet. */
  private extend(size: number): void {
    const range = this.take(size, Math.max(CHUNK, this.ranges.length === 0 ? this.expected : 0))
    this.ranges.push(range)
    this.poison(range)
    this.next = range.start
    this.end = range.end
  }

  /** So many bytes as one would like, or as one needs where there is no such room. */
  private take(needed: number, liked: number): Range {
    if (liked <= needed) return this.heap.take(needed)
    try {
      return this.heap.take(liked)
    } catch (error) {
      if (error instanceof NoRoom) return this.heap.take(needed)
      throw error
    }
  }

  private poison({ start, end }: Range): void {
    if (this.poisoned) this.heap.u32.fill(POISON, start >>> 2, end >>> 2)
  }

  /** Everything taken is free again, and tensors of before are dead. */
  reset(): void {
    this.generation++
    for (const range of this.ranges) this.poison(range)
    if (this.ranges.length > 1) {
      this.expected = this.ranges.reduce((sum, { start, end }) => sum + end - start, 0)
      for (const range of this.ranges) this.heap.give(range)
      this.ranges = []
    }
    const [only] = this.ranges
    this.next = only?.start ?? 0
    this.end = only?.end ?? 0
  }
}
