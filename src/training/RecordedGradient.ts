/**
 * The gradient of the loss, recorded for parameters that lie at one place, and replayed when they lie there again.
 */
import * as Leaves from "../core/Leaves.ts"
import { equals } from "../core/Shape.ts"
import { isTensor, type Tensor } from "../core/Tensor.ts"
import { kernels, type Recorder, type Tape, tensorsOf } from "../kernels/index.ts"
import type { Model } from "./Model.ts"
import { type Batch, gradient, type Loss, lossAt } from "./objective.ts"
import type { PackedState } from "./PackedState.ts"

const mapBatch = ({ x, y, weights }: Batch, f: (t: Tensor) => Tensor): Batch => ({
  x: f(x),
  y: f(y),
  ...(weights === undefined ? {} : { weights: f(weights) })
})

/** Whether a slot is for such a tensor, if there is one. */
const isSlotOf = (slot: Tensor | undefined, t: Tensor | undefined): boolean =>
  slot === undefined || t === undefined ? slot === t : slot.dtype === t.dtype && equals(slot.shape, t.shape)

export class RecordedGradient<P, E, L> {
  /** Packed, where the tape writes it. */
  private readonly pack: Tensor
  /** Undefined where the gradient cannot be replayed. */
  readonly tape: Tape | undefined
  private readonly recorder: Recorder
  private readonly model: Model<P, E, L>
  /** Of the parameters. */
  private readonly place: number
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
    const { params, packings, pack } = state
    this.recorder = recorder
    this.model = model
    this.place = recorder.placeOf(pack)
    this.hasKl = klWeight !== 0
    this.batch = mapBatch(batch, (t) => recorder.slot(t))
    this.fill(batch)
    const addKl = (dKl: Tensor, d: Tensor): Tensor => recorder.varying(kernels(d.dtype).axpy(klWeight, dKl, d))
    const { result, tape } = recorder.record(() => {
      const { output, grads } = gradient(model, params, this.batch, eps, klWeight, addKl)
      recorder.make([output])
      return { output, grads: packings.params.pack(grads) }
    }, tensorsOf(eps))
    this.output = result.output
    this.pack = result.grads
    // What is no tensor may be something to draw noise by, which a tape would not see.
    this.tape = Leaves.every(isTensor, () => true, eps) ? tape : undefined
  }

  /** Whether it is the gradient at this state for a batch of these shapes: parameters and numbers at the same places. */
  isFor({ pack }: PackedState<P, L>, { x, y, weights }: Batch, klWeight: number): boolean {
    return (
      isSlotOf(this.batch.x, x) &&
      isSlotOf(this.batch.y, y) &&
      isSlotOf(this.batch.weights, weights) &&
      this.hasKl === (klWeight !== 0) &&
      this.place === this.recorder.placeOf(pack)
    )
  }

  /** Computes it at a state, for a batch and noise that it is for; false where the tape cannot. */
  replay(batch: Batch, eps: E, klWeight: number): boolean {
    this.fill(batch)
    return this.tape?.play(tensorsOf(eps), klWeight) ?? false
  }

  /** The gradient of the last time, packed: a view, as a step that keeps it moves it. */
  grads(): Tensor {
    return this.recorder.view(this.pack)
  }

  /**
   * The loss at the state of the last time, of its batch. All by views, as no tensor that a user's function has seen may
   * change: it may remember what it made of it.
   */
  loss({ params }: PackedState<P, L>, eps: E, klWeight: number): Loss {
    const { recorder, model, output } = this
    const { x, y, weights } = this.batch
    const targets = { x, y: recorder.view(y) }
    const batch = weights === undefined ? targets : { ...targets, weights: recorder.view(weights) }
    return lossAt(model, params, recorder.view(output), batch, eps, klWeight)
  }

  private fill(batch: Batch): void {
    this.recorder.fill(this.batch.x, batch.x)
    this.recorder.fill(this.batch.y, batch.y)
    if (batch.weights !== undefined) this.recorder.fill(this.batch.weights!, batch.weights)
  }
}
