/**
 * Programs as the kernel `run` reads them: words in memory, nine for an instruction and four for a group.
 *
 * Ordinarily each run writes over the words of the one before. While there is a recording, they follow one another in
 * memory of its own, so that the recorded calls of `run` find them again. See assembly/program.ts.
 */
import type { Exports } from "./Exports.ts"
import type { Heap } from "./Heap.ts"
import type { Operation } from "./operations.ts"
import type { Recording } from "./Recording.ts"

const INSTRUCTION = 9
const GROUP = 4

/** Where of an instruction its four scalars are. */
const SCALARS = 5

/** Where there is room to write, and for how much. */
interface Room {
  readonly instructions: number
  readonly mostInstructions: number
  readonly groups: number
  readonly mostGroups: number
}

type Most = Pick<Room, "mostInstructions" | "mostGroups">

const ORDINARY: Most = { mostInstructions: 8192, mostGroups: 512 }

/** Of all runs together. */
const RECORDED: Most = { mostInstructions: 4096, mostGroups: 256 }

/** What the next run needs, at most. */
const NEEDED: Most = { mostInstructions: 1024, mostGroups: 64 }

/** About what an operation costs on one thread, in nanoseconds an element: what noise takes, and anything else. */
const NOISE_COST = 2.5
const COST = 0.4

const roomFor = (most: Most, take: (bytes: number) => number): Room => ({
  ...most,
  instructions: take(most.mostInstructions * INSTRUCTION * 4),
  groups: take(most.mostGroups * GROUP * 4)
})

/** The engine, as a listing needs it. */
export interface Runner {
  readonly exports: Exports
  readonly recording: Recording | undefined
}

export class Listing {
  private readonly heap: Heap
  private readonly runner: Runner
  private room: Room
  /** The room of the recording, which is begun again when it is full and the recording is spoiled. */
  private recorded: Room | undefined = undefined
  /** Instructions written, groups closed, and their blocks and nanoseconds. */
  count = 0
  private closed = 0
  private blocks = 0
  private work = 0

  constructor(heap: Heap, runner: Runner) {
    this.heap = heap
    this.runner = runner
    this.room = roomFor(ORDINARY, (bytes) => heap.take(bytes).start)
  }

  /** Runs `f`, whose programs are written to memory of their own. */
  inRoomOf<A>(recording: Recording, f: () => A): A {
    const { room } = this
    this.recorded = roomFor(RECORDED, (bytes) => recording.region.bytes(bytes))
    this.room = this.recorded
    try {
      return f()
    } finally {
      this.room = room
      this.recorded = undefined
    }
  }

  /** Whether what is there should be run before more is written. */
  get isFull(): boolean {
    return this.closed + 1 >= this.room.mostGroups || this.count > this.room.mostInstructions / 2
  }

  /** Writes an instruction, and gives the number of the word where its scalars begin. */
  instruction(
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
  ): number {
    const { u32, f32 } = this.heap
    const at = (this.room.instructions >>> 2) + this.count * INSTRUCTION
    u32[at] = index
    u32[at + 1] = out
    u32[at + 2] = a
    u32[at + 3] = b
    u32[at + 4] = c
    const scalars = words ? u32 : f32
    scalars[at + SCALARS] = s0
    scalars[at + SCALARS + 1] = s1
    scalars[at + SCALARS + 2] = s2
    scalars[at + SCALARS + 3] = s3
    this.count++
    this.work += size * (words ? NOISE_COST : COST)
    return at + SCALARS
  }

  /** Makes a group of the instructions from `first` on, for tensors of this size in so many blocks. */
  close(size: number, first: number, blocks: number): void {
    const at = (this.room.groups >>> 2) + this.closed * GROUP
    const { u32 } = this.heap
    u32[at] = this.blocks
    u32[at + 1] = size
    u32[at + 2] = this.count - first
    u32[at + 3] = this.room.instructions + first * INSTRUCTION * 4
    this.blocks += blocks
    this.closed++
  }

  /** Runs the groups that are closed. */
  run(): void {
    if (this.closed === 0) return
    const { groups } = this.room
    this.heap.u32[(groups >>> 2) + this.closed * GROUP] = this.blocks
    this.runner.exports.run(groups, this.blocks, this.work)
    this.keep(0, this.closed + 1)
    this.drop()
  }

  /** Nothing is closed: it has been run, or is not to be. */
  drop(): void {
    this.closed = 0
    this.blocks = 0
    this.work = 0
  }

  /** The instructions so far belong to runs that are over. */
  begin(): void {
    this.keep(this.count, 0)
    this.count = 0
  }

  /** What has been run stays as it is, if it is recorded. */
  private keep(instructions: number, groups: number): void {
    if (this.recorded === undefined) return
    const { room } = this
    this.room = {
      instructions: room.instructions + instructions * INSTRUCTION * 4,
      mostInstructions: room.mostInstructions - instructions,
      groups: room.groups + groups * GROUP * 4,
      mostGroups: room.mostGroups - groups
    }
    const { mostInstructions, mostGroups } = this.room
    if (mostInstructions >= NEEDED.mostInstructions && mostGroups >= NEEDED.mostGroups) return
    this.runner.recording?.spoil()
    this.room = this.recorded
  }
}
