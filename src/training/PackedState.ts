/** A state in a workspace; whose parameters may be a pack there, and what the optimizer keeps of them too. */
import type { Tensor } from "../core/Tensor.ts"
import { type Recorder, tensorsOf } from "../kernels/index.ts"
import type { Optimizer } from "../optim/index.ts"
import type { Params } from "./Model.ts"
import { Packing, packState, unpackState } from "./packing.ts"
import type { State } from "./step.ts"

/** A state in a workspace. @category models @since 0.4.0 */
export interface Live<P, L> {
  /** Steps taken. */
  readonly step: number
  /** As a record, made when somebody asks. Its tensors live until the step after the next has run. */
  readonly state: State<P, L, unknown>
}

/** How a state is packed. */
export interface Packings {
  /** Who has packed it. */
  readonly recorder: Recorder
  readonly params: Packing
  /** Of what the optimizer keeps: packings where that has packs. */
  readonly optimizer: unknown
}

/** Parameters as one pack, for an optimizer that does not look into them. */
export class PackedState<P, L> implements Live<P, L> {
  readonly step: number
  readonly packings: Packings
  readonly pack: Tensor
  readonly kept: unknown

  constructor(packings: Packings, pack: Tensor, kept: unknown, step: number) {
    this.packings = packings
    this.pack = pack
    this.kept = kept
    this.step = step
  }

  get params(): Params<P, L> {
    return this.packings.params.unpack(this.pack) as Params<P, L>
  }

  get state(): State<P, L, unknown> {
    return { params: this.params, optimizer: unpackState(this.packings.optimizer, this.kept), step: this.step }
  }
}

export const isPacked = <P, L>(live: Live<P, L>): live is PackedState<P, L> => live instanceof PackedState

/**
 * A state, packed; undefined where there are no parameters, what the optimizer keeps is not of their structure, or a dtype
 * is not the recorder's.
 */
export const pack = <P, L>(
  recorder: Recorder,
  optimizer: Optimizer.Optimizer<unknown>,
  { params, optimizer: state, step }: State<P, L, unknown>
): PackedState<P, L> | undefined => {
  const tensors = tensorsOf(params)
  if (tensors.length === 0 || [...tensors, ...tensorsOf(state)].some((t) => t.dtype !== recorder.dtype))
    return undefined
  const packing = new Packing(recorder, params)
  const packed = packing.pack(params)
  const kept = packState(packing, optimizer.init(packed), state)
  if (kept === undefined) return undefined
  return new PackedState({ recorder, params: packing, optimizer: kept.packings }, packed, kept.state, step)
}
