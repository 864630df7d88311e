/**
 * One training step, pure: (state, batch, eps) -> [state, info]. State is what must persist; info is what is merely
 * interesting.
 *
 * @since 0.1.0
 */

import * as Leaves from "../core/Leaves.ts"
import { isTensor, type Tensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import { Optimizer } from "../optim/index.ts"
import type { Model, Params } from "./Model.ts"
import { assertWeighting, type Batch, type Loss, negElboGrad, type Weighting } from "./objective.ts"

/** P, L: parameters; S: the optimizer's state. @category models @since 0.1.0 */
export interface State<P, L, S> {
  readonly params: Params<P, L>
  readonly optimizer: S
  /** Steps taken. */
  readonly step: number
}

/** The state before the first step. @category constructors @since 0.1.0 */
export const start = <P, L, S>(params: Params<P, L>, optimizer: Optimizer.Optimizer<S>): State<P, L, S> => ({
  params,
  optimizer: optimizer.init(params),
  step: 0
})

/** The weighting at a step. */
export const weightingAt = (step: number, weighting: Weighting, klFactor?: (step: number) => number): Weighting =>
  klFactor === undefined ? weighting : { ...weighting, factor: klFactor(step) }

/**
 * The step function of a model and an optimizer. Same state, batch and noise, same bits. `klFactor` gives the factor of
 * each step's KL, in place of the weighting's own (`KlWeighting.factor` makes one).
 *
 * **Errors**: `ConfigError` for an impossible weighting; the function it gives throws for shapes alone.
 *
 * @category training
 * @since 0.1.0
 */
export const step = <P, E, L, S>(
  model: Model<P, E, L>,
  optimizer: Optimizer.Optimizer<S>,
  weighting: Weighting,
  klFactor?: (step: number) => number
): ((state: State<P, L, S>, batch: Batch, eps: E) => readonly [State<P, L, S>, Loss]) => {
  assertWeighting(weighting)
  return (state, batch, eps) => {
    const { loss, grads } = negElboGrad(model, state.params, batch, eps, weightingAt(state.step, weighting, klFactor))
    const [updates, next] = optimizer.update(grads, state.optimizer, state.params)
    return [{ params: Optimizer.apply(state.params, updates), optimizer: next, step: state.step + 1 }, loss]
  }
}

const allFinite = (t: Tensor): boolean => kernels(t.dtype).allFinite(t)

/** Whether it is no number, or a finite one. */
export const isFiniteNumber = (u: unknown): boolean => typeof u !== "number" || Number.isFinite(u)

const isFiniteEnd = (u: unknown): boolean => (isTensor(u) ? allFinite(u) : isFiniteNumber(u))

/** What of a state is NaN or infinite, if anything is: parameters, or what the optimizer keeps. @category training @since 0.3.0 */
export const nonFiniteState = <P, L, S>(state: State<P, L, S>): string | undefined => {
  const { params, optimizer } = state
  if (Leaves.every(isTensor, allFinite, params) && Leaves.every(Tree.isEnd, isFiniteEnd, optimizer)) return undefined
  const bad = Tree.leaves(params).find(({ value }) => !allFinite(value))
  if (bad !== undefined) return `the parameter ${bad.path}`
  const kept = Tree.leavesWith(Tree.isEnd, optimizer).find(({ value }) => !isFiniteEnd(value))
  return kept === undefined ? undefined : `what the optimizer keeps at ${kept.path}`
}
