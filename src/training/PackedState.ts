/** A state in a workspace; whose parameters may be packs there, and what the optimizer keeps of them too. */
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

/** How the parts of a state are packed. */
export interface Packings {
  /** Who has packed it. */
  readonly recorder: Recorder
  readonly network: Packing
  readonly likelihood: Packing
  /** Of what the optimizer keeps: packings where that has packs. */
  readonly optimizer: unknown
}

/** Parameters as packs, for an optimizer that does not look into them. */
export type Packs = Params<unknown, unknown>

export class PackedState<P, L> implements Live<P, L> {
  readonly step: number
  readonly packings: Packings
  readonly packs: Packs
  readonly kept: unknown

  constructor(packings: Packings, packs: Packs, kept: unknown, step: number) {
    this.packings = packings
    this.packs = packs
    this.kept = kept
    this.step = step
  }

  get params(): Params<P, L> {
    const { network, likelihood } = this.packings
    return {
      network: network.unpack(this.packs.network) as P,
      likelihood: likelihood.unpack(this.packs.likelihood) as L
    }
  }

  get state(): State<P, L, unknown> {
    return { params: this.params, optimizer: unpackState(this.packings.optimizer, this.kept), step: this.step }
  }
}

export const isPacked = <P, L>(live: Live<P, L>): live is PackedState<P, L> => live instanceof PackedState

/** A state, packed; undefined where what the optimizer keeps is not of the parameters' structure, or a dtype not the recorder's. */
export const pack = <P, L>(
  recorder: Recorder,
  optimizer: Optimizer.Optimizer<unknown>,
  { params, optimizer: state, step }: State<P, L, unknown>
): PackedState<P, L> | undefined => {
  if (tensorsOf([params, state]).some((t) => t.dtype !== recorder.dtype)) return undefined
  const network = new Packing(recorder, params.network)
  const likelihood = new Packing(recorder, params.likelihood)
  const packs = { network: network.pack(params.network), likelihood: likelihood.pack(params.likelihood) }
  const kept = packState([network, likelihood], optimizer.init(packs), state)
  if (kept === undefined) return undefined
  return new PackedState({ recorder, network, likelihood, optimizer: kept.packings }, packs, kept.state, step)
}
