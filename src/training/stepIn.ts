/**
 * The steps of a run in a workspace: as they are, or where that pays, with a gradient that is recorded and replayed.
 *
 * The gradient is a pure function of tensors, so a small network's is recorded, for each place that the parameters may
 * lie at, and replayed from then on. The optimizer has numbers of its own that change from step to step, so it is run
 * each time, but on packs: all parameters of the network as one tensor. The bits are those of `step`, and whatever does
 * not fit into this is left to it.
 *
 * @since 0.4.0
 */
import * as Leaves from "../core/Leaves.ts"
import * as Tree from "../core/Tree.ts"
import { tensorsOf, type Workspace } from "../kernels/index.ts"
import { Optimizer } from "../optim/index.ts"
import type { Model } from "./Model.ts"
import { type Batch, klWeightOf, type Loss, type Weighting } from "./objective.ts"
import { isPacked, PackedState, pack } from "./PackedState.ts"
import { RecordedGradient } from "./RecordedGradient.ts"
import { type State, step, weightingAt } from "./step.ts"

/** What a step in a workspace gives. @category models @since 0.4.0 */
export interface Taken<P, L> {
  readonly state: State<P, L, unknown>
  readonly loss: Loss
  /** Whether all of the state is known to be finite. */
  readonly finite: boolean
}

/** Goes on from the state that it gave last, or from an ordinary one. @category models @since 0.4.0 */
export type StepIn<P, E, L> = (state: State<P, L, unknown>, batch: Batch, eps: E) => Taken<P, L>

/** Enough for batches of two sizes and the regions that take turns; more show that nothing repeats. */
const MOST_RECORDINGS = 8

const isFiniteNumber = (u: unknown): boolean => typeof u !== "number" || Number.isFinite(u)

/** The tensors of a state, which live on. */
const tensorsOfState = <P, L>(state: State<P, L, unknown>) =>
  tensorsOf(isPacked(state) ? [state.packs, state.kept] : state)

const finiteNumbers = <P, L>(state: State<P, L, unknown>): boolean =>
  Leaves.every(Tree.isEnd, isFiniteNumber, isPacked(state) ? state.kept : state.optimizer)

/**
 * `step` in a workspace, for loops of one's own: what `fit` runs.
 *
 * The state that it gives lives until the step after the next, as everything in a workspace (`copyOut` makes it an
 * ordinary one). **Errors**: those of `step`.
 *
 * @category training
 * @since 0.4.0
 */
export const stepIn = <P, E, L>(
  memory: Workspace,
  model: Model<P, E, L>,
  optimizer: Optimizer.Optimizer<unknown>,
  weighting: Weighting,
  klFactor?: (step: number) => number
): StepIn<P, E, L> => {
  const advance = step(model, optimizer, weighting, klFactor)

  const take = (f: () => readonly [State<P, L, unknown>, Loss]): Taken<P, L> => {
    const { result, finite } = memory.step(f, ([state]) => tensorsOfState(state))
    const [state, loss] = result
    return { state, loss, finite: finite && finiteNumbers(state) }
  }
  const ordinary: StepIn<P, E, L> = (state, batch, eps) => take(() => advance(state, batch, eps))

  const { recorder } = memory
  if (recorder === undefined || optimizer.elementwise !== true) return ordinary

  /** Whether to go on by replaying; what is to be seen first is how large a step is. */
  let replays: boolean | undefined
  const recordings: Array<RecordedGradient<P, E, L>> = []

  const replayed = (state: PackedState<P, L>, batch: Batch, eps: E) => {
    const klWeight = klWeightOf(weightingAt(state.step, weighting, klFactor))
    let gradient = recordings.find((known) => known.isFor(state, batch, klWeight))
    if (gradient === undefined) {
      gradient = new RecordedGradient(recorder, model, state, batch, eps, klWeight)
      recordings.push(gradient)
      replays = gradient.tape !== undefined && recordings.length < MOST_RECORDINGS
    } else if (!gradient.replay(state, batch, eps, klWeight)) {
      replays = false
      return advance(state, batch, eps)
    }
    const [updates, kept] = optimizer.update(gradient.grads, state.kept, state.packs)
    const packs = Optimizer.apply(state.packs, updates)
    return [new PackedState<P, L>(state.packings, packs, kept, state.step + 1), gradient.loss(eps, klWeight)] as const
  }

  return (state, batch, eps) => {
    if (replays !== false && isPacked(state)) return take(() => replayed(state, batch, eps))
    const taken = ordinary(state, batch, eps)
    replays ??= recorder.pays
    if (!replays) return taken
    const packed = pack(memory, recorder, optimizer, taken.state)
    replays = packed !== undefined
    return packed === undefined ? taken : { ...taken, state: packed }
  }
}
