/**
 * The gradient of the loss, recorded for parameters that lie at one place, and replayed when they lie there again.
 */
import * as Leaves from "../core/Leaves.ts"
import { equals } from "../core/Shape.ts"
import { isTensor, type Tensor } from "../core/Tensor.ts"
import { kernels, type Recorder, type Tape, tensorsOf } from "../kernels/index.ts"
import type { Model } from "./Model.ts"
import { type Batch, gradient, type Loss, lossAt } from "./objective.ts"
import type { PackedState, Packs } from "./PackedState.ts"

const mapBatch = ({ x, y, weights }: Batch, f: (t: Tensor) => Tensor): Batch => ({
  x: f(x),
  y: f(y),
  ...(weights === undefined ? {} : { weights: f(weights) })
})

/** Whether a slot is for such a tensor, if there is one. */
const isSlotOf = (slot: Tensor | undefined, t: Tensor | undefined): boolean =>
  slot === undefined || t === undefined ? slot === t : slot.dtype === t.dtype && equals(slot.shape, t.shape)

/** Where the pack of a part of the parameters lies, if it has any. */
const placeOf = (recorder: Recorder, pack: unknown): number => (isTensor(pack) ? recorder.placeOf(pack) : 0)

export class RecordedGradient<P, E, L> {
  /** Packed, where the tape writes them. */
  private readonly packs: Packs
  /** Undefined where the gradient cannot be replayed. */
  readonly tape: Tape | undefined
  private readonly recorder: Recorder
  private readonly model: Model<P, E, L>
  private readonly places: Readonly<Record<keyof Packs, number>>
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
    this.places = { network: placeOf(recorder, packs.network), likelihood: placeOf(recorder, packs.likelihood) }
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
      this.places.network === placeOf(this.recorder, packs.network) &&
      this.places.likelihood === placeOf(this.recorder, packs.likelihood)
    )
  }

  /** Computes it at a state, for a batch and noise that it is for; false where the tape cannot. */
  replay(batch: Batch, eps: E, klWeight: number): boolean {
    this.fill(batch)
    return this.tape?.play(tensorsOf(eps), klWeight) ?? false
  }

  /** The gradient of the last time, packed: views, as a step that keeps one moves it. */
  grads(): Packs {
    const { network, likelihood } = this.packs
    return { network: this.viewOf(network), likelihood: this.viewOf(likelihood) }
  }

  private viewOf(pack: unknown): unknown {
    return isTensor(pack) ? this.recorder.view(pack) : pack
  }

  /**
   * The loss at the state of the last time, of its batch. All by views, as no tensor that a user's function has seen may
   * change: it may remember what it made of it.
   */
  loss({ params }: PackedState<P, L>, eps: E, klWeight: number): Loss {
    const output = this.viewOf(this.output) as Tensor
    const { x, y, weights } = this.batch
    const seen = weights === undefined ? {} : { weights: this.viewOf(weights) as Tensor }
    return lossAt(this.model, params, output, { x, y: this.viewOf(y) as Tensor, ...seen }, eps, klWeight)
  }

  private fill(batch: Batch): void {
    this.recorder.fill(this.batch.x, batch.x)
    this.recorder.fill(this.batch.y, batch.y)
    if (batch.weights !== undefined) this.recorder.fill(this.batch.weights!, batch.weights)
  }
}
