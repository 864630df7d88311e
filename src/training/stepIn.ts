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
import { isPacked, type Live, PackedState, pack } from "./PackedState.ts"
import { RecordedGradient } from "./RecordedGradient.ts"
import { isFiniteNumber, nonFiniteState, type State, step, weightingAt } from "./step.ts"

/** What a step in a workspace gives. @category models @since 0.4.0 */
export interface Taken<P, L> {
  readonly live: Live<P, L>
  readonly loss: Loss
  /** Whether all of the state is known to be finite. */
  readonly finite: boolean
}

/** A step in a workspace, from where the last one led. @category models @since 0.4.0 */
export type StepIn<P, E, L> = (from: Live<P, L>, batch: Batch, eps: E) => Taken<P, L>

/** A state to go on from in a workspace. @category constructors @since 0.4.0 */
export const live = <P, L>(state: State<P, L, unknown>): Live<P, L> => ({ step: state.step, state })

/**
 * Enough for batches of two sizes, with and without the KL, in the regions that take turns, and at two places more; others
 * show that nothing repeats.
 */
const MOST_RECORDINGS = 10

/** What of a state lives on. */
const keptOf = <P, L>(live: Live<P, L>): unknown => (isPacked(live) ? [live.packs, live.kept] : live.state)

const finiteNumbers = <P, L>(live: Live<P, L>): boolean =>
  Leaves.every(Tree.isEnd, isFiniteNumber, isPacked(live) ? live.kept : live.state.optimizer)

/**
 * `step` in a workspace, for loops of one's own: what `fit` runs.
 *
 * What it gives lives until the step after the next, as everything in a workspace (`copyOut` makes an ordinary tensor).
 * **Errors**: those of `step`.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { adam, BayesianLinear, Key, Likelihood, Model, Standardizer, Tensor, Training, Tree } from "effect-bayes"
 * import { workspace } from "effect-bayes/kernels"
 *
 * const model = Model.make({
 *   network: BayesianLinear.make({ in: 1, out: 1 }),
 *   likelihood: Likelihood.gaussian({ std: 0.1 }),
 *   inputs: Standardizer.identity(1),
 *   targets: Standardizer.identity(1)
 * })
 * const batch = { x: Tensor.from([[-1], [0], [1]]), y: Tensor.from([[-2], [0], [2]]) }
 * const optimizer = adam({ learningRate: 0.05 })
 * const loop = Effect.map(workspace("float32"), (memory) => {
 *   const advance = Training.stepIn(memory, model, optimizer, { rows: 3 })
 *   let live = Training.live(Training.start(Model.init(model, Key.make(0)), optimizer))
 *   while (live.step < 500) live = advance(live, batch, model.network.noise(Key.fold(Key.make(1), live.step), 3)).live
 *   return Tree.map(live.state.params.network.weight, (leaf) => memory.copyOut(leaf))
 * })
 * const weight = await Effect.runPromise(Effect.scoped(loop))
 * Math.round(10 * Tensor.toFloat64Array(weight.mean)[0]!) / 10 // => 2
 * ```
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

  const take = (f: () => readonly [Live<P, L>, Loss]): Taken<P, L> => {
    const { result, finite } = memory.step(f, ([after]) => tensorsOf(keptOf(after)))
    const [after, loss] = result
    return { live: after, loss, finite: finite && finiteNumbers(after) }
  }
  const advanced = (from: Live<P, L>, batch: Batch, eps: E): readonly [Live<P, L>, Loss] => {
    const [after, loss] = advance(from.state, batch, eps)
    return [live(after), loss]
  }

  const { recorder } = memory
  if (recorder === undefined || optimizer.elementwise !== true)
    return (from, batch, eps) => take(() => advanced(from, batch, eps))

  /** Whether to go on by replaying; what is to be seen first is how large a step is. */
  let replays: boolean | undefined
  const recordings: Array<RecordedGradient<P, E, L>> = []

  const replayed = (from: PackedState<P, L>, batch: Batch, eps: E): readonly [Live<P, L>, Loss] => {
    const klWeight = klWeightOf(weightingAt(from.step, weighting, klFactor))
    let gradient = recordings.find((known) => known.isFor(from, batch, klWeight))
    if (gradient === undefined) {
      if (tensorsOf(batch).some((t) => t.dtype !== recorder.dtype)) return advanced(from, batch, eps)
      replays = false // unless it can be recorded: a function that throws is not asked again
      gradient = new RecordedGradient(recorder, model, from, batch, eps, klWeight)
      recordings.push(gradient)
      replays = gradient.tape !== undefined && recordings.length <= MOST_RECORDINGS
    } else if (!gradient.replay(batch, eps, klWeight)) {
      replays = false
      return advanced(from, batch, eps)
    }
    const [updates, kept] = optimizer.update(gradient.grads(), from.kept, from.packs)
    const packs = Optimizer.apply(from.packs, updates)
    return [new PackedState<P, L>(from.packings, packs, kept, from.step + 1), gradient.loss(from, eps, klWeight)]
  }

  /** The first step, and one from a state that is not packed here: packed now, if that is worth it. */
  const packing = (from: Live<P, L>, batch: Batch, eps: E): readonly [Live<P, L>, Loss] => {
    const [after, loss] = advanced(from, batch, eps)
    replays ??= recorder.pays
    const packed = replays ? pack(recorder, optimizer, after.state) : undefined
    replays = packed !== undefined
    return [packed ?? after, loss]
  }

  return (from, batch, eps) =>
    take(() =>
      replays !== false && isPacked(from) && from.packings.recorder === recorder
        ? replayed(from, batch, eps)
        : packing(from, batch, eps)
    )
}

/** What is NaN or infinite after a step, if anything is: the loss, or the state. */
export const nonFinite = <P, L>({ live: after, loss, finite }: Taken<P, L>): string | undefined => {
  if (!Number.isFinite(loss.nllMean)) return "the negative log-likelihood"
  if (!Number.isFinite(loss.klNats)) return "the KL divergence"
  return finite ? undefined : nonFiniteState(after.state)
}
