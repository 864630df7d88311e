/**
 * The gradient of the loss, recorded for parameters that lie at one place, and replayed when they lie there again.
 */
import * as Leaves from "../core/Leaves.ts"
import { equals } from "../core/Shape.ts"
import { isTensor, type Tensor } from "../core/Tensor.ts"
import { kernels, type Recorder, type Tape, tensorsOf } from "../kernels/index.ts"
import type { Model, Params } from "./Model.ts"
import { type Batch, gradient, type Loss, lossAt } from "./objective.ts"
import type { PackedState, Packs } from "./PackedState.ts"

const mapBatch = ({ x, y, weights }: Batch, f: (t: Tensor) => Tensor): Batch => ({
  x: f(x),
  y: f(y),
  ...(weights === undefined ? {} : { weights: f(weights) })
})

/** Where the pack of a part of the parameters lies, and its leaves. */
interface Part {
  readonly place: number
  readonly views: ReadonlyArray<Tensor>
}

/** Whether a slot is for such a tensor, if there is one. */
const isSlotOf = (slot: Tensor | undefined, t: Tensor | undefined): boolean =>
  slot === undefined || t === undefined ? slot === t : slot.dtype === t.dtype && equals(slot.shape, t.shape)

const part = (recorder: Recorder, pack: unknown, record: unknown): Part => ({
  place: isTensor(pack) ? recorder.placeOf(pack) : 0,
  views: tensorsOf(record)
})

export class RecordedGradient<P, E, L> {
  /** Packed, where the tape writes them. */
  private readonly packs: Packs
  /** Undefined where the gradient cannot be replayed. */
  readonly tape: Tape | undefined
  private readonly recorder: Recorder
  private readonly model: Model<P, E, L>
  private readonly params: Params<P, L>
  /** Each part's place and views, if it has parameters. */
  private readonly parts: ReadonlyArray<Part>
  private readonly batch: Batch
  private readonly output: Tensor
  /** Whether the KL is part of it. */
  private readonly hasKl: boolean

  /** Computes it and records that. */
  constructor(
    recorder: Recorder,
    model: Model<P, E, L>,
    state: PackedState<P, L>,
    batch: Batch,
    eps: E,
    klWeight: number
  ) {
    const { params, packings, packs } = state
    this.recorder = recorder
    this.model = model
    this.params = params
    this.parts = [part(recorder, packs.network, params.network), part(recorder, packs.likelihood, params.likelihood)]
    this.hasKl = klWeight !== 0
    this.batch = mapBatch(batch, (t) => recorder.slot(t))
    this.fill(batch)
    const addKl = (dKl: Tensor, d: Tensor): Tensor => recorder.varying(kernels(d.dtype).axpy(klWeight, dKl, d))
    const { result, tape } = recorder.record(() => {
      const { output, grads } = gradient(model, params, this.batch, eps, klWeight, addKl)
      recorder.make([output])
      const { network, likelihood } = packings
      return { output, grads: { network: network.pack(grads.network), likelihood: likelihood.pack(grads.likelihood) } }
    }, tensorsOf(eps))
    this.output = result.output
    this.packs = result.grads
    // What is no tensor may be something to draw noise by, which a tape would not see.
    this.tape = Leaves.every(isTensor, () => true, eps) ? tape : undefined
  }

  /** Whether it is the gradient at this state for a batch of these shapes: parameters and numbers at the same places. */
  isFor({ packs }: PackedState<P, L>, { x, y, weights }: Batch, klWeight: number): boolean {
    return (
      isSlotOf(this.batch.x, x) &&
      isSlotOf(this.batch.y, y) &&
      isSlotOf(this.batch.weights, weights) &&
      this.hasKl === (klWeight !== 0) &&
      this.isAt(0, packs.network) &&
      this.isAt(1, packs.likelihood)
    )
  }

  /** Computes it at a state, for a batch and noise that it is for; false where the tape cannot. */
  replay({ packs }: PackedState<P, L>, batch: Batch, eps: E, klWeight: number): boolean {
    this.fill(batch)
    this.renew(0, packs.network)
    this.renew(1, packs.likelihood)
    return this.tape?.play(tensorsOf(eps), klWeight) ?? false
  }

  /** The gradient of the last time, packed: views, as a step that keeps one moves it. */
  grads(): Packs {
    const { network, likelihood } = this.packs
    return { network: this.viewOf(network), likelihood: this.viewOf(likelihood) }
  }

  private viewOf(pack: unknown): unknown {
    return isTensor(pack) ? this.recorder.unpack(pack, [pack.shape])[0] : pack
  }

  /** The loss at the state and the batch of the last time. */
  loss(eps: E, klWeight: number): Loss {
    return lossAt(this.model, this.params, this.output, this.batch, eps, klWeight)
  }

  private isAt(part: number, pack: unknown): boolean {
    return !isTensor(pack) || this.recorder.placeOf(pack) === this.parts[part]!.place
  }

  private renew(part: number, pack: unknown): void {
    if (isTensor(pack)) this.recorder.renew(this.parts[part]!.views, pack)
  }

  private fill(batch: Batch): void {
    this.recorder.fill(this.batch.x, batch.x)
    this.recorder.fill(this.batch.y, batch.y)
    if (batch.weights !== undefined) this.recorder.fill(this.batch.weights!, batch.weights)
  }
}
