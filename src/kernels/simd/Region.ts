/**
 * Memory that is taken piece by piece and given back all at once.
 *
 * Small pieces lie side by side in chunks, so that taking one is an addition; a large one has a range of a heap for
 * itself. `reset` keeps the ranges for the next use, which as a rule wants the same pieces, and gives those back that
 * this use did without. As no range ever moves, memory that others leave fits them again. `reset` begins a new
 * generation; a tensor remembers its own, so one that outlives it is caught.
 */
import { type Heap, NoRoom, type Range } from "./Heap.ts"

/** Bytes to which pieces are aligned and padded: kernels read and write whole vectors behind the last element. */
const ALIGNMENT = 64

/** Bytes of a chunk, and the least of a piece that is large. */
const CHUNK = 1 << 18
const LARGE = CHUNK / 4

/** What memory is filled with that must not be read: NaN, as float32 and as float64. */
const POISON = 0xffffffff

const room = ({ start, end }: Range): number => end - start

export class Region {
  /** Counts resets. */
  generation = 0
  /** The last frame in which a tensor of this region was an operand (`Engine.frame`). */
  seen = 0
  private readonly heap: Heap
  private readonly poisoned: boolean
  private readonly chunks: Array<Range> = []
  /** How many of the chunks are in use, and what is free of the last of them. */
  private used = 0
  private next = 0
  private end = 0
  /** Ranges of large pieces: those of this use, and those of the last one that nobody has asked for yet. */
  private taken: Array<Range> = []
  private spare: Array<Range> = []

  /** Where it is `poisoned`, memory holds NaN whenever it is free: for tests, so that no use after a reset goes unnoticed. */
  constructor(heap: Heap, poisoned = false) {
    this.heap = heap
    this.poisoned = poisoned
    this.chunks.push(this.needed(CHUNK)) // before any large range, in whose place it would stand later
  }

  /** Bytes in use, about: the ends of chunks that a piece did not fit into count too. */
  get size(): number {
    const chunks = this.chunks.slice(0, this.used)
    return [...chunks, ...this.taken].reduce((sum, range) => sum + room(range), 0) - (this.end - this.next)
  }

  /** A pointer to room for so many float32. */
  floats(count: number): number {
    return this.bytes(count * 4)
  }

  /** A pointer to so many bytes, never 0. */
  bytes(count: number): number {
    const size = Math.max(ALIGNMENT, Math.ceil(count / ALIGNMENT) * ALIGNMENT)
    if (size >= LARGE) return this.large(size)
    while (this.next + size > this.end) this.extend(size)
    const pointer = this.next
    this.next = pointer + size
    return pointer
  }

  /** Goes on to the next chunk; a new one is as small as it must be where the heap has no room for more. */
  private extend(size: number): void {
    if (this.used === this.chunks.length) this.chunks.push(this.take(CHUNK) ?? this.needed(size))
    const chunk = this.chunks[this.used++]!
    this.next = chunk.start
    this.end = chunk.end
  }

  /** The spare range that fits best, if less than half of it stays empty, or else a new one. */
  private large(size: number): number {
    const { spare } = this
    let best = -1
    for (let i = 0; i < spare.length; i++) {
      const has = room(spare[i]!)
      if (has < size || has > 2 * size || (best >= 0 && has >= room(spare[best]!))) continue
      best = i
      if (has === size) break
    }
    const range = best < 0 ? (this.take(size) ?? this.needed(size)) : spare.splice(best, 1)[0]!
    this.taken.push(range)
    return range.start
  }

  /** A range of the heap, if it has one. */
  private take(size: number): Range | undefined {
    try {
      return this.poison(this.heap.take(size))
    } catch (error) {
      if (error instanceof NoRoom) return undefined
      throw error
    }
  }

  /** A range of the heap, if need be where this region has spare ones. */
  private needed(size: number): Range {
    this.give(this.spare, 0)
    return this.poison(this.heap.take(size))
  }

  private poison(range: Range): Range {
    if (this.poisoned) this.heap.u32.fill(POISON, range.start >>> 2, range.end >>> 2)
    return range
  }

  /** Everything taken is free again for the next use, and tensors of before are dead. */
  reset(): void {
    this.generation++
    for (const range of this.chunks) this.poison(range)
    for (const range of this.taken) this.poison(range)
    this.give(this.chunks, Math.max(1, this.used))
    this.give(this.spare, 0)
    const { spare } = this
    this.spare = this.taken
    this.taken = spare
    this.used = 0
    this.next = 0
    this.end = 0
  }

  /** What large pieces had in the last use and not in this one yet is for others now. */
  giveSpare(): void {
    this.give(this.spare, 0)
  }

  /** Gives ranges back to the heap but for the first so many. */
  private give(ranges: Array<Range>, kept: number): void {
    while (ranges.length > kept) this.heap.give(ranges.pop()!)
  }
}
