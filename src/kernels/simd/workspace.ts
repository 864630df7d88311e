/**
 * The workspace of the SIMD engine: scratch memory for a step, and two regions that take turns in keeping its result.
 */
import { ShapeError } from "../../core/errors.ts"
import type { Tensor } from "../../core/Tensor.ts"
import { FilledTensor } from "../../core/TensorRecord.ts"
import type { Recorder } from "../Recorder.ts"
import { reference } from "../reference/index.ts"
import type { Workspace } from "../Workspace.ts"
import { within } from "./current.ts"
import type { Engine } from "./Engine.ts"
import type { Region } from "./Region.ts"
import * as SimdRecorder from "./recorder.ts"
import { SimdTensor } from "./SimdTensor.ts"

class SimdWorkspace implements Workspace {
  readonly threads: number
  readonly recorder: Recorder
  private readonly engine: Engine
  /** What the last step has kept, and what the one before it has. */
  private newer: Region
  private older: Region
  private readonly constants: Region
  private readonly flag: number
  /** Steps and frames that are open, one inside the other. */
  private depth = 0

  constructor(engine: Engine, threads: number) {
    this.threads = threads
    this.engine = engine
    this.recorder = SimdRecorder.make(engine)
    this.newer = engine.region()
    this.older = engine.region()
    this.constants = engine.region()
    this.flag = this.constants.bytes(4)
  }

  step<A>(f: () => A, kept: (result: A) => ReadonlyArray<Tensor>) {
    return this.frame(() => {
      const result = f()
      return { result, finite: this.keep(kept(result)) }
    })
  }

  /** Makes the numbers of all that is kept, in the region that nothing of it comes from; whether they are finite. */
  private keep(kept: ReadonlyArray<Tensor>): boolean {
    const { engine, flag } = this
    const own: Array<SimdTensor> = []
    const made: Array<SimdTensor> = []
    let finite = true
    for (let i = 0; i < kept.length; i++) {
      const t = kept[i]!
      if (t instanceof SimdTensor && t.home === engine) {
        own.push(engine.bring(t))
        if (t.pointer !== 0 && t.region !== this.constants) made.push(t)
      } else if (t instanceof FilledTensor) finite &&= Number.isFinite(t.value)
      else finite &&= reference.allFinite(t) // on the heap, or in a memory that is not this workspace's to keep
    }
    const target = this.turn()
    engine.heap.u32[flag >>> 2] = 0
    engine.force(own, target, flag)
    engine.move(made, target)
    return finite && engine.heap.u32[flag >>> 2] === 0
  }

  /** The region that this step has read nothing of, empty: the older one, unless it was that which was gone on from. */
  private turn(): Region {
    const { newer, older, engine } = this
    if (older.seen !== engine.frame) {
      this.newer = older
      this.older = newer
    } else if (newer.seen === engine.frame) {
      throw new ShapeError({
        where: "a training step",
        expected: "tensors of the step before",
        actual: "tensors of two steps, of which one would be overwritten",
        hint: "Copy out what is needed later than in the next step"
      })
    }
    engine.scratch.giveSpare() // what the first step made of the state that it began with, as a rule
    this.newer.reset()
    return this.newer
  }

  /** One inside another begins nothing anew: what it makes is dead when the outermost is over. */
  frame<A>(f: () => A): A {
    if (this.depth === 0) this.engine.reset()
    this.depth++
    try {
      return within(this.engine, f)
    } finally {
      this.depth--
    }
  }

  hold(t: Tensor): Tensor {
    if (t.dtype !== "float32") return t
    return this.frame(() => {
      const own = this.engine.bring(t)
      this.engine.pointer(own)
      this.engine.move([own], this.constants)
      return own
    })
  }

  copyOut(t: Tensor): Tensor {
    return t instanceof SimdTensor ? this.engine.copy(t) : t
  }
}

/** A workspace in an engine's memory, whose kernels use so many threads. */
export const make = (engine: Engine, threads: number): Workspace => new SimdWorkspace(engine, threads)
