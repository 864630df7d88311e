/**
 * Puts deferred tensors into a program: their operations in an order in which each finds its inputs made.
 *
 * A group is what tensors of one size need, run block by block. What only the group itself asks for stays in the buffers
 * of a thread; what is wanted outside gets memory of a region. Groups of one run may be worked on at the same time, so a
 * group that needs what another one makes waits for a run of its own.
 */
import { ShapeError } from "../../core/errors.ts"
import { formatSpec } from "../../core/Shape.ts"
import type { Heap } from "./Heap.ts"
import type { Operation } from "./operations.ts"
import type { Region } from "./Region.ts"
import type { SimdTensor } from "./SimdTensor.ts"

/** Words of an instruction and of a group: see assembly/program.ts. */
const INSTRUCTION = 9
const GROUP = 4

/** Room for instructions and groups; a full one is run and filled again. */
const INSTRUCTIONS = 8192
const GROUPS = 512

/** About what an operation costs on one thread, in nanoseconds an element: what noise takes, and anything else. */
const NOISE_COST = 2.5
const COST = 0.4

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

export class Program {
  private readonly heap: Heap
  private readonly scratch: Region
  private readonly block: number
  private readonly slots: number
  private readonly instructions: number
  private readonly groups: number
  /** Of the run in the making. */
  private run = 1
  private count = 0
  private filled = 0
  private blocks = 0
  private work = 0
  /** Of the group in the making. */
  private group = 0
  private slot = 0
  private into: Region
  /** Marks tensors that are wanted outside their group. */
  private wanted = 0
  private finite: Check | undefined = undefined

  constructor(heap: Heap, scratch: Region) {
    const { BLOCK, SLOTS } = heap.instance.exports
    this.heap = heap
    this.scratch = scratch
    this.into = scratch
    this.block = BLOCK.value
    this.slots = SLOTS.value
    this.instructions = heap.take(INSTRUCTIONS * INSTRUCTION * 4).start
    this.groups = heap.take((GROUPS + 1) * GROUP * 4).start
  }

  /**
   * Makes the numbers of all `roots` in a region. Where there is a `check`, the word at its `flag` becomes 1 if any of
   * them is NaN or infinite.
   */
  force(roots: ReadonlyArray<SimdTensor>, into: Region, check?: Check): void {
    this.into = into
    this.finite = check
    this.wanted++
    for (let i = 0; i < roots.length; i++) roots[i]!.wanted = this.wanted
    for (let i = 0; i < roots.length; i++) {
      const root = roots[i]!
      if (root.pointer !== 0 && (check === undefined || root.run === this.run)) continue
      if (this.filled === GROUPS || this.count > INSTRUCTIONS / 2) this.flush()
      const first = this.count
      this.group++
      this.slot = 0
      if (root.pointer === 0) this.operand(root)
      else this.check(root)
      this.close(root.size, first)
    }
    this.flush()
  }

  private close(size: number, first: number): void {
    const at = (this.groups >> 2) + this.filled * GROUP
    const { u32 } = this.heap
    u32[at] = this.blocks
    u32[at + 1] = size
    u32[at + 2] = this.count - first
    u32[at + 3] = this.instructions + first * INSTRUCTION * 4
    this.blocks += Math.ceil(size / this.block)
    this.filled++
  }

  /** Looks at what has been made, while it is in the cache. */
  private check(t: SimdTensor): void {
    if (this.finite === undefined) return
    this.instruction(this.finite.operation, 0, t.pointer, 0, 0, this.finite.flag, t.size, 0, 0, t.size)
  }

  /** The operand that stands for a tensor in this group: its pointer, or the number of a buffer. */
  private operand(t: SimdTensor): number {
    if (t.pointer !== 0) {
      if (t.run === this.run && t.group !== this.group) this.runGroups()
      else assertAlive(t)
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
    if (placed) this.place(t, wanted ? this.into : this.scratch)
    else t.slot = this.slot++
    const out = placed ? t.pointer : t.slot
    this.instruction(operation!, out, a, b, c, t.s0, t.s1, t.s2, t.s3, t.size)
    if (wanted) this.check(t)
    return out
  }

  /** Gives a tensor memory; what would make it is no longer needed. */
  private place(t: SimdTensor, region: Region): void {
    t.pointer = region.floats(t.size)
    t.region = region
    t.generation = region.generation
    t.run = this.run
    t.operation = undefined
    t.a = undefined
    t.b = undefined
    t.c = undefined
    t.pending = 0
  }

  private instruction(
    { index, words }: Operation,
    out: number,
    a: number,
    b: number,
    c: number,
    s0: number,
    s1: number,
    s2: number,
    s3: number,
    size: number
  ): void {
    const { u32, f32 } = this.heap
    const at = (this.instructions >> 2) + this.count * INSTRUCTION
    u32[at] = index
    u32[at + 1] = out
    u32[at + 2] = a
    u32[at + 3] = b
    u32[at + 4] = c
    if (words) {
      u32[at + 5] = s0
      u32[at + 6] = s1
      u32[at + 7] = s2
      u32[at + 8] = s3
    } else {
      f32[at + 5] = s0
      f32[at + 6] = s1
      f32[at + 7] = s2
      f32[at + 8] = s3
    }
    this.count++
    this.work += size * (words ? NOISE_COST : COST)
  }

  /** Runs all groups that are closed; one in the making becomes the first of the next run. */
  private runGroups(): void {
    if (this.filled > 0) {
      this.heap.u32[(this.groups >> 2) + this.filled * GROUP] = this.blocks
      this.heap.instance.exports.run(this.groups, this.blocks, this.work)
    }
    this.run++
    this.filled = 0
    this.blocks = 0
    this.work = 0
  }

  private flush(): void {
    this.runGroups()
    this.count = 0
  }
}
