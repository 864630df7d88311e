/**
 * The workspace of the SIMD engine: scratch memory for a step, and two regions that take turns in keeping its result.
 */
import { ShapeError } from "../../core/errors.ts"
import type { Tensor } from "../../core/Tensor.ts"
import { reference } from "../reference/index.ts"
import type { Workspace } from "../Workspace.ts"
import { within } from "./current.ts"
import type { Engine } from "./Engine.ts"
import { Region } from "./Region.ts"
import { SimdTensor } from "./SimdTensor.ts"

class SimdWorkspace implements Workspace {
  readonly threads: number
  private readonly engine: Engine
  private readonly regions: readonly [Region, Region]
  private readonly constants: Region
  private readonly flag: number

  constructor(engine: Engine, threads: number) {
    this.threads = threads
    this.engine = engine
    this.regions = [new Region(engine.heap), new Region(engine.heap)]
    this.constants = new Region(engine.heap)
    this.flag = this.constants.bytes(4)
  }

  step<A>(f: () => A, kept: (result: A) => ReadonlyArray<Tensor>) {
    const { engine } = this
    engine.reset()
    return within(engine, () => {
      const result = f()
      return { result, finite: this.keep(kept(result)) }
    })
  }

  /** Makes the numbers of all that is kept, in the region that nothing of it comes from; whether they are finite. */
  private keep(kept: ReadonlyArray<Tensor>): boolean {
    const { engine, flag } = this
    const target = this.free()
    target.reset()
    const roots: Array<SimdTensor> = []
    let finite = true
    for (let i = 0; i < kept.length; i++) {
      const t = kept[i]!
      if (!(t instanceof SimdTensor)) {
        finite &&= reference.allFinite(t)
        continue
      }
      if (t.pointer !== 0) engine.move(t, target)
      roots.push(t)
    }
    engine.heap.u32[flag >> 2] = 0
    engine.force(roots, target, flag)
    return finite && engine.heap.u32[flag >> 2] === 0
  }

  /** The region that this step has read nothing of. */
  private free(): Region {
    const [first, second] = this.regions
    const { seen } = this.engine
    if (!seen.has(first)) return first
    if (!seen.has(second)) return second
    throw new ShapeError({
      where: "a training step",
      expected: "tensors of the step before",
      actual: "tensors of two steps, of which one would be overwritten",
      hint: "Copy out what is needed later than in the next step"
    })
  }

  frame<A>(f: () => A): A {
    this.engine.reset()
    return within(this.engine, f)
  }

  hold(t: Tensor): Tensor {
    if (t.dtype !== "float32") return t
    return this.frame(() => {
      const own = this.engine.bring(t)
      this.engine.pointer(own)
      this.engine.move(own, this.constants)
      return own
    })
  }

  copyOut(t: Tensor): Tensor {
    return t instanceof SimdTensor ? this.engine.copy(t) : t
  }
}

/** A workspace in an engine's memory, whose kernels use so many threads. */
export const make = (engine: Engine, threads: number): Workspace => new SimdWorkspace(engine, threads)
