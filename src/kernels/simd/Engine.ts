/**
 * A SIMD engine: kernels on a memory of their own, and the tensors in it.
 *
 * Bindings of kernels ask it for three things: where a tensor's numbers are (`pointer`), room for a result (`tensor`), and
 * an elementwise operation to be put off (`defer`). Everything made between two `reset`s is in scratch memory.
 */
import { assertSame, type Shape, size } from "../../core/Shape.ts"
import { storage } from "../../core/storage.ts"
import type { Tensor } from "../../core/Tensor.ts"
import { FilledTensor, HeapTensor } from "../../core/TensorRecord.ts"
import type { Exports } from "./Exports.ts"
import { Heap } from "./Heap.ts"
import type { Instance } from "./instance.ts"
import { type Operation, type Table, tableOf } from "./operations.ts"
import { assertAlive, Program } from "./Program.ts"
import { Recipe } from "./Recipe.ts"
import { Recording } from "./Recording.ts"
import { Region } from "./Region.ts"
import { type Home, SimdTensor } from "./SimdTensor.ts"

/** A tensor that waits for more operations than this has its inputs made first, so that programs stay short. */
const PENDING = 200

const SCALAR: Shape = Object.freeze([])

/** So many single numbers, a prior's say, stay where they were brought in. */
const CONSTANTS = 256

export class Engine implements Home {
  readonly heap: Heap
  readonly operations: Table
  /** The kernels; while there is a recording, through it. */
  exports: Exports
  /** What nobody needs after the frame (`run`), or that of the recording. */
  scratch: Region
  recording: Recording | undefined = undefined
  private readonly shared: boolean
  private readonly program: Program
  /** Tensors from elsewhere that this frame has brought in, and the memory of those that were copied. */
  private readonly imports = new Map<Tensor, SimdTensor>()
  /** What the first step of a loop brings in comes from regions afterwards, so this memory is not kept for the next. */
  private readonly imported: Region
  /** Single numbers from elsewhere, which every frame would bring in again. */
  private readonly constants = new WeakMap<Tensor, SimdTensor>()
  private readonly constantRegion: Region
  private constantsLeft = CONSTANTS
  /** Counts `reset`s. */
  frame = 1
  private readonly one: [SimdTensor | undefined] = [undefined]
  private readonly waiting: Array<SimdTensor> = []
  private readonly poisoned: boolean

  /** Where it is `poisoned`, memory that is free holds NaN: see `Region`. */
  constructor(instance: Instance, poisoned = false) {
    this.poisoned = poisoned
    this.shared = instance.shared
    this.exports = instance.exports
    this.heap = new Heap(instance)
    const { BLOCK, SLOTS } = this.exports
    this.exports.setBuffers(this.heap.take(BLOCK.value * SLOTS.value * 4).start)
    this.operations = tableOf(this.exports)
    this.scratch = this.region()
    this.imported = this.region()
    this.constantRegion = this.region()
    this.program = new Program(this.heap, this)
  }

  /** Memory for what outlives a frame. */
  region(): Region {
    return new Region(this.heap, this.poisoned)
  }

  /** Room for a result, with what was there before still in it. */
  tensor(shape: Shape, size: number): SimdTensor {
    return this.tensorIn(this.scratch, shape, size)
  }

  private tensorIn(region: Region, shape: Shape, size: number): SimdTensor {
    const made = new SimdTensor(this, shape, size)
    made.pointer = region.floats(size)
    made.region = region
    made.generation = region.generation
    return made
  }

  /** A tensor of shape [] that holds a number. */
  scalar(value: number): SimdTensor {
    const made = this.tensor(SCALAR, 1)
    this.heap.f32[made.pointer >>> 2] = value
    return made
  }

  /** Scratch memory that is no tensor's. A size of 2 GiB or more comes from WebAssembly as a negative number. */
  room(bytes: number): number {
    return this.scratch.bytes(bytes < 0 ? bytes + 0x1_0000_0000 : bytes)
  }

  /** Room for a reduction's number of each block of n elements. */
  partials(n: number): number {
    return this.room(8 * Math.ceil(n / this.exports.REDUCTION_BLOCK.value))
  }

  /** The result of an operation, put off. */
  defer(
    operation: Operation,
    shape: Shape,
    size: number,
    a?: Tensor,
    b?: Tensor,
    c?: Tensor,
    s0 = 0,
    s1 = 0,
    s2 = 0,
    s3 = 0
  ): SimdTensor {
    const made = new SimdTensor(this, shape, size)
    made.operation = operation
    let pending = 1
    if (a !== undefined) {
      made.a = this.bring(a)
      pending += made.a.pending
    }
    if (b !== undefined) {
      made.b = this.bring(b)
      pending += made.b.pending
    }
    if (c !== undefined) {
      made.c = this.bring(c)
      pending += made.c.pending
    }
    made.s0 = s0
    made.s1 = s1
    made.s2 = s2
    made.s3 = s3
    made.pending = pending
    if (pending > PENDING) this.make(made)
    return made
  }

  /** The tensor in this engine's memory, or put off there. */
  bring(t: Tensor): SimdTensor {
    if (t instanceof SimdTensor && t.home === this) {
      if (t.region !== undefined) t.region.seen = this.frame
      return t
    }
    const known = this.imports.get(t) ?? this.constants.get(t)
    if (known !== undefined) return known
    if (t instanceof Recipe) {
      const drawn = this.draw(t)
      this.imports.set(t, drawn)
      return drawn
    }
    if (t.shape.length === 0 && this.constantsLeft > 0) {
      this.constantsLeft--
      const constant = this.copyIn(t, this.constantRegion)
      this.constants.set(t, constant)
      return constant
    }
    const brought = t instanceof FilledTensor ? this.fill(t) : this.copyIn(t, this.recording?.region ?? this.imported)
    this.imports.set(t, brought)
    return brought
  }

  private draw(recipe: Recipe): SimdTensor {
    const { operation, shape, size, key, parameter } = recipe
    const made = this.defer(this.operations[operation], shape, size)
    made.s0 = key.k0
    made.s1 = key.k1
    made.s2 = parameter[0]
    made.s3 = parameter[1]
    this.recording?.draws(made, recipe)
    return made
  }

  private fill({ dtype, shape, value }: FilledTensor): SimdTensor {
    assertSame("SIMD engine, operand", { dtype: "float32", shape }, { dtype, shape })
    return this.defer(this.operations.opFill, shape, size(shape), undefined, undefined, undefined, value)
  }

  private copyIn(t: Tensor, region: Region): SimdTensor {
    assertSame("SIMD engine, operand", { dtype: "float32", shape: t.shape }, t)
    const values = t[storage]
    const copy = this.tensorIn(region, t.shape, values.length)
    this.heap.f32.set(values, copy.pointer >>> 2)
    return copy
  }

  /** Where a tensor's numbers are, made now if they were put off. */
  pointer(t: Tensor): number {
    const own = this.bring(t)
    if (own.pointer === 0) this.make(own)
    else assertAlive(own)
    return own.pointer
  }

  private make(t: SimdTensor): void {
    this.one[0] = t
    this.force(this.one as [SimdTensor], this.scratch)
    this.one[0] = undefined
  }

  /** What a kernel wants together is made in one run, as far as it was put off; `pointer` then finds it made. */
  prepare(a: Tensor, b: Tensor, c?: Tensor): void {
    const { waiting } = this
    waiting.length = 0 // a call that failed may have left some
    this.await(a)
    this.await(b)
    if (c !== undefined) this.await(c)
    if (waiting.length > 1) this.force(waiting, this.scratch)
  }

  private await(t: Tensor): void {
    const own = this.bring(t)
    if (own.pointer === 0) this.waiting.push(own)
  }

  /** Makes the numbers of many at once: see `Program.force`. */
  force(roots: ReadonlyArray<SimdTensor>, into: Region, flag?: number): void {
    this.program.force(roots, into, flag === undefined ? undefined : { operation: this.operations.opNonFinite, flag })
  }

  /** A tensor's numbers as they lie in memory; a copy of them where memory that grows takes them away. */
  read(t: SimdTensor): Float32Array<ArrayBufferLike> {
    this.recording?.spoil()
    const at = this.pointer(t) >>> 2
    return this.shared ? this.heap.f32.subarray(at, at + t.size) : this.heap.f32.slice(at, at + t.size)
  }

  /** A tensor of its own on the heap. */
  copy(t: SimdTensor): HeapTensor {
    this.recording?.spoil()
    const at = this.pointer(t) >>> 2
    return new HeapTensor(t.shape, new Float32Array(this.heap.f32.subarray(at, at + t.size)))
  }

  /** The same numbers under another shape. */
  alias(t: SimdTensor, shape: Shape): SimdTensor {
    return this.viewOf(t, this.pointer(t), Object.isFrozen(shape) ? shape : Object.freeze([...shape]), t.size)
  }

  /** A part of what has been made: so many numbers from a pointer on. */
  viewOf({ region, generation }: SimdTensor, pointer: number, shape: Shape, size: number): SimdTensor {
    const made = new SimdTensor(this, shape, size)
    made.pointer = pointer
    made.region = region
    made.generation = generation
    return made
  }

  /**
   * Moves tensors that have been made into a region: the same numbers at other places. Those that are there stay. If there
   * is no room for all, none has moved.
   */
  move(tensors: ReadonlyArray<SimdTensor>, region: Region): void {
    const moving = tensors.filter((t) => t.region !== region)
    const places = moving.map((t) => region.floats(t.size))
    for (const [i, t] of moving.entries()) {
      if (t.region === region) continue // twice in the list
      const from = t.pointer >>> 2
      t.pointer = places[i]!
      t.region = region
      t.generation = region.generation
      this.heap.f32.copyWithin(t.pointer >>> 2, from, from + t.size)
    }
  }

  /** Runs a pure function, and records what it does; operands that it has from elsewhere are brought in for good. */
  record<A>(f: () => A): { readonly result: A; readonly recording: Recording } {
    const { exports, scratch } = this
    const recording = new Recording(this.heap, this.region())
    this.imports.clear()
    this.exports = recording.listening(exports)
    this.scratch = recording.region
    this.recording = recording
    try {
      return { result: this.program.listing.inRoomOf(recording, f), recording }
    } finally {
      this.exports = exports
      this.scratch = scratch
      this.recording = undefined
    }
  }

  /** Begins anew: what was made since the last time is dead, if it was not moved to a region of its own. */
  reset(): void {
    this.scratch.reset()
    this.imported.reset()
    this.imported.giveSpare() // a loop brings its state in once
    this.imports.clear()
    this.frame++
  }
}
