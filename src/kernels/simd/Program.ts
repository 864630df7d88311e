/**
 * Puts deferred tensors into a program: their operations in an order in which each finds its inputs made.
 *
 * A group is what tensors of one size need, run block by block. What only the group itself asks for stays in the buffers
 * of a thread; what is wanted outside gets memory of a region. Groups of one run may be worked on at the same time, so a
 * group that needs what another one makes waits for a run of its own. Until a run has ended well, the tensors that it
 * makes remember how: one that fails leaves them as they were.
 */
import { ShapeError } from "../../core/errors.ts"
import { formatSpec } from "../../core/Shape.ts"
import type { Heap } from "./Heap.ts"
import { Listing, type Runner } from "./Listing.ts"
import type { Operation } from "./operations.ts"
import type { Region } from "./Region.ts"
import type { SimdTensor } from "./SimdTensor.ts"

/** The operation that looks for NaN and infinities, and where it tells of them. */
export interface Check {
  readonly operation: Operation
  readonly flag: number
}

/** Throws for a tensor whose region has been reset since. */
export const assertAlive = (t: SimdTensor): void => {
  if (t.region !== undefined && t.region.generation === t.generation) return
  throw new ShapeError({
    where: "a tensor of a training step",
    expected: "one that is still there",
    actual: `${formatSpec(t)}, whose memory has been given to a later step`,
    hint: "Only what a step returns as its state outlives it, and that until the step after the next: copy it out"
  })
}

/** The engine, as a program needs it. */
export interface Around extends Runner {
  readonly scratch: Region
}

export class Program {
  readonly listing: Listing
  private readonly around: Around
  private readonly block: number
  private readonly slots: number
  /** Of the run in the making: its first group's number, its tensors that have memory but no numbers yet. */
  private first = 1
  private readonly placed: Array<SimdTensor> = []
  /** Of the group in the making: its number, and how many of `placed` are other groups'. */
  private group = 0
  private others = 0
  private slot = 0
  private into: Region
  /** Of the call of `force`: its first group, and the mark of tensors that are wanted outside their group. */
  private begun = 1
  private wanted = 0
  private finite: Check | undefined = undefined

  constructor(heap: Heap, around: Around) {
    const { BLOCK, SLOTS } = heap.instance.exports
    this.listing = new Listing(heap, around)
    this.around = around
    this.into = around.scratch
    this.block = BLOCK.value
    this.slots = SLOTS.value
  }

  /**
   * Makes the numbers of all `roots` in a region. Where there is a `check`, the word at its `flag` becomes 1 if any of
   * them is NaN or infinite. If it throws, nothing of what was not made yet has changed.
   */
  force(roots: ReadonlyArray<SimdTensor>, into: Region, check?: Check): void {
    this.into = into
    this.finite = check
    this.begun = this.group + 1
    this.wanted++
    for (let i = 0; i < roots.length; i++) roots[i]!.wanted = this.wanted
    try {
      for (let i = 0; i < roots.length; i++) this.add(roots[i]!)
      this.flush()
    } catch (error) {
      this.discard()
      throw error
    }
  }

  /** A group for a root, unless another one makes it. */
  private add(root: SimdTensor): void {
    const made = root.pointer !== 0
    if (made && (this.finite === undefined || root.group >= this.begun)) return
    if (this.listing.isFull) this.flush()
    const first = this.listing.count
    this.group++
    this.slot = 0
    this.others = this.placed.length
    const pointer = this.operand(root)
    if (made) this.check(root, pointer)
    this.listing.close(root.size, first, Math.ceil(root.size / this.block))
  }

  /** Looks at what has been made, while it is in the cache. */
  private check({ size }: SimdTensor, pointer: number): void {
    if (this.finite === undefined) return
    this.listing.instruction(this.finite.operation, 0, pointer, 0, 0, this.finite.flag, size, 0, 0, size)
  }

  /** The operand that stands for a tensor in this group: its pointer, or the number of a buffer. */
  private operand(t: SimdTensor): number {
    if (t.pointer !== 0) {
      if (t.group < this.first) assertAlive(t)
      else if (t.group !== this.group) this.runOthers()
      return t.pointer
    }
    if (t.group === this.group) return t.slot
    const { operation } = t
    const a = t.a === undefined ? 0 : this.operand(t.a)
    const b = t.b === undefined ? 0 : this.operand(t.b)
    const c = t.c === undefined ? 0 : this.operand(t.c)
    t.group = this.group
    const wanted = t.wanted === this.wanted
    const placed = wanted || operation!.kept || this.slot === this.slots
    if (placed) this.place(t, wanted ? this.into : this.around.scratch)
    else t.slot = this.slot++
    const out = placed ? t.pointer : t.slot
    const at = this.listing.instruction(operation!, out, a, b, c, t.s0, t.s1, t.s2, t.s3, t.size)
    this.around.recording?.writes(t, at)
    if (wanted) this.check(t, out)
    return out
  }

  private place(t: SimdTensor, region: Region): void {
    t.pointer = region.floats(t.size)
    t.region = region
    t.generation = region.generation
    this.placed.push(t)
  }

  /** Runs all groups that are closed, and settles their tensors, the first so many that were placed. */
  private runGroups(tensors: number): void {
    this.listing.run()
    for (let i = 0; i < tensors; i++) settle(this.placed[i]!)
  }

  /** Runs all groups but the one in the making, which becomes the first of the next run. */
  private runOthers(): void {
    this.runGroups(this.others)
    this.placed.splice(0, this.others)
    this.others = 0
    this.first = this.group
  }

  private flush(): void {
    this.runGroups(this.placed.length)
    this.begin()
  }

  /** After a failure: what has no numbers yet goes without memory again. */
  private discard(): void {
    for (const t of this.placed) {
      t.pointer = 0
      t.region = undefined
    }
    this.listing.drop()
    this.begin()
  }

  /** A new run, without any group. */
  private begin(): void {
    this.placed.length = 0
    this.listing.begin()
    this.first = this.group + 1
  }
}

/** The numbers are there; what made them is no longer needed. */
const settle = (t: SimdTensor): void => {
  t.operation = undefined
  t.a = undefined
  t.b = undefined
  t.c = undefined
  t.pending = 0
}
