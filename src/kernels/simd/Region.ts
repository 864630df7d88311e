/**
 * Memory that is taken piece by piece and given back all at once.
 *
 * A region takes chunks of a heap when it needs them and keeps them: after the first use it is as large as the work
 * wants, and taking a piece is an addition. `reset` begins a new generation; a tensor remembers its own, so one that
 * outlives it is caught.
 */
import type { Heap } from "./Heap.ts"

/** Bytes to which pieces are aligned and padded: kernels read and write whole vectors behind the last element. */
const ALIGNMENT = 64

/** The least that a region takes of the heap at a time. */
const CHUNK = 1 << 18

interface Chunk {
  readonly start: number
  readonly end: number
}

export class Region {
  /** Counts resets. */
  generation = 0
  private readonly heap: Heap
  private readonly chunks: Array<Chunk> = []
  private current = -1
  private next = 0
  private end = 0

  constructor(heap: Heap) {
    this.heap = heap
  }

  /** A pointer to room for so many float32. */
  floats(count: number): number {
    return this.bytes(count * 4)
  }

  /** A pointer to so many bytes, never 0. */
  bytes(count: number): number {
    const size = Math.max(ALIGNMENT, Math.ceil(count / ALIGNMENT) * ALIGNMENT)
    while (this.next + size > this.end) this.advance(size)
    const pointer = this.next
    this.next = pointer + size
    return pointer
  }

  /** Goes on to the next chunk, or takes one that has room for `size`. */
  private advance(size: number): void {
    if (this.current + 1 === this.chunks.length) this.chunks.push(this.heap.take(Math.max(CHUNK, size)))
    this.current++
    const chunk = this.chunks[this.current]!
    this.next = chunk.start
    this.end = chunk.end
  }

  /** Everything taken is free again, and tensors of before are dead. */
  reset(): void {
    this.generation++
    this.current = -1
    this.next = 0
    this.end = 0
  }
}
