/** The recorder of the SIMD engine: packs and slots are places in its memory, tapes are calls of its kernels. */

import type { Shape } from "../../core/Shape.ts"
import { size } from "../../core/Shape.ts"
import { storage } from "../../core/storage.ts"
import type { Tensor } from "../../core/Tensor.ts"
import type { Layout, Recorder } from "../Recorder.ts"
import type { Engine } from "./Engine.ts"
import type { Region } from "./Region.ts"
import { SimdTensor } from "./SimdTensor.ts"

/** Elements to which the tensors of a pack are padded, as all memory is. */
const PADDING = 16

/** The most bytes of scratch memory of a step that is worth a tape, which saves 20 microseconds whatever the step takes. */
const SMALL = 1 << 21

const padded = (n: number): number => Math.ceil(n / PADDING) * PADDING

class SimdRecorder implements Recorder {
  readonly dtype = "float32"
  private readonly engine: Engine
  private readonly slots: Region

  constructor(engine: Engine) {
    this.engine = engine
    this.slots = engine.region()
  }

  get pays(): boolean {
    return this.engine.scratch.size <= SMALL
  }

  pack(tensors: ReadonlyArray<Tensor>): Tensor {
    const { engine } = this
    const own = tensors.map((t) => engine.bring(t))
    engine.force(own, engine.scratch)
    const n = own.reduce((sum, t) => sum + padded(t.size), 0)
    const pack = engine.tensor([n], n)
    let at = pack.pointer
    for (const t of own) {
      engine.exports.copy(engine.pointer(t), at, t.size, padded(t.size) - t.size)
      at += padded(t.size) * 4
    }
    return pack
  }

  layout(shapes: ReadonlyArray<Shape>): Layout {
    return { shapes, sizes: shapes.map(size) }
  }

  unpack(pack: Tensor, { shapes, sizes }: Layout): ReadonlyArray<Tensor> {
    const whole = this.engine.bring(pack)
    let at = this.engine.pointer(whole)
    const views: Array<Tensor> = new Array<Tensor>(sizes.length)
    for (let i = 0; i < sizes.length; i++) {
      views[i] = this.engine.viewOf(whole, at, shapes[i]!, sizes[i]!)
      at += padded(sizes[i]!) * 4
    }
    return views
  }

  view(t: Tensor): Tensor {
    return this.engine.alias(this.engine.bring(t), t.shape)
  }

  placeOf(t: Tensor): number {
    return this.engine.pointer(t)
  }

  slot(like: Tensor): Tensor {
    const made = new SimdTensor(this.engine, like.shape, size(like.shape))
    made.pointer = this.slots.floats(made.size)
    made.region = this.slots
    return made
  }

  fill(slot: Tensor, t: Tensor): void {
    const { engine } = this
    const at = engine.pointer(slot) >>> 2
    if (t instanceof SimdTensor && t.home === engine) {
      const from = engine.pointer(t) >>> 2
      engine.heap.f32.copyWithin(at, from, from + t.size)
    } else {
      const values = t[storage] // which may have to be made first, so that memory grows
      engine.heap.f32.set(values, at)
    }
  }

  record<A>(f: () => A, noise: ReadonlyArray<Tensor>) {
    const { result, recording } = this.engine.record(f)
    return { result, tape: recording.tape(noise) }
  }

  varying(axpy: Tensor): Tensor {
    this.engine.recording?.varies(this.engine.bring(axpy))
    return axpy
  }

  make(tensors: ReadonlyArray<Tensor>): void {
    const { engine } = this
    engine.force(
      tensors.map((t) => engine.bring(t)),
      engine.scratch
    )
  }
}

export const make = (engine: Engine): Recorder => new SimdRecorder(engine)
