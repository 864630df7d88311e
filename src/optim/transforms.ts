/**
 * The transformations that optimizers are chained from.
 *
 * @since 0.1.0
 */
import { assertConfig } from "../core/errors.ts"
import * as Leaves from "../core/Leaves.ts"
import type { Tensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import type { Optimizer } from "./Optimizer.ts"
import { constant, type Schedule } from "./schedule.ts"

/** @category models @since 0.1.0 */
export interface LearningRateState {
  readonly step: number
}

/**
 * Multiplies by minus the learning rate of the step.
 *
 * **Errors**: `ConfigError` unless a constant rate is above 0; from `update`, at a step for which a schedule gives a
 * rate that is not finite or below 0. A schedule may start or end at 0.
 *
 * @category transforms
 * @since 0.1.0
 */
export const scaleByLearningRate = (rate: number | Schedule): Optimizer<LearningRateState> => {
  if (typeof rate === "number") {
    assertConfig(Number.isFinite(rate) && rate > 0, "learning rate", "a finite number above 0", rate)
  }
  const at = typeof rate === "number" ? constant(rate) : rate
  return {
    elementwise: true,
    init: () => ({ step: 0 }),
    update: (grads, { step }) => {
      const current = at(step)
      const fits = Number.isFinite(current) && current >= 0
      assertConfig(fits, `learning rate at step ${step}`, "a finite number, 0 or above", current)
      return [Leaves.map(grads, (g) => kernels(g.dtype).scale(-current, g)), { step: step + 1 }]
    }
  }
}

/** @category models @since 0.1.0 */
export interface MomentumState {
  readonly velocity: unknown
}

/**
 * Heavy-ball momentum: v <- decay v + g, and v (or with Nesterov g + decay v) in place of g.
 *
 * **Source**: Sutskever et al. 2013, in PyTorch's form, where the rate does not enter v. **Errors**: `ConfigError`
 * unless 0 <= decay < 1.
 *
 * @category transforms
 * @since 0.1.0
 */
export const momentum = (decay: number, options?: { readonly nesterov?: boolean }): Optimizer<MomentumState> => {
  assertConfig(decay >= 0 && decay < 1, "momentum", "a number from 0 up to, not including, 1", decay)
  const add = (v: Tensor, g: Tensor): Tensor => kernels(g.dtype).axpy(decay, v, g)
  return {
    elementwise: true,
    init: (params) => ({ velocity: Tree.zerosLike(params) }),
    update: <P>(grads: P, state: MomentumState) => {
      const velocity = Leaves.zip(state.velocity as P, grads, add)
      return [options?.nesterov === true ? Leaves.zip(velocity, grads, add) : velocity, { velocity }]
    }
  }
}

/** An infinite one would stop the optimizer without a word. */
const assertEpsilon = (epsilon: number): void =>
  assertConfig(Number.isFinite(epsilon) && epsilon > 0, "epsilon", "a finite number above 0", epsilon)

/** Moments of the gradient and the powers beta1^t and beta2^t. @category models @since 0.1.0 */
export interface AdamState {
  readonly m: unknown
  readonly v: unknown
  readonly power1: number
  readonly power2: number
}

/** @category models @since 0.1.0 */
export interface AdamOptions {
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
}

/**
 * m_hat / (sqrt(v_hat) + epsilon) from debiased moments of the gradient.
 *
 * **Source**: Kingma & Ba 2015, algorithm 1. **Numerics**: the powers of beta are running products, which no engine
 * rounds in its own way. **Errors**: `ConfigError` for a beta outside [0, 1) or an epsilon not finite or not above 0.
 *
 * @category transforms
 * @since 0.1.0
 */
export const scaleByAdam = (options?: AdamOptions): Optimizer<AdamState> => {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options ?? {}
  assertConfig(beta1 >= 0 && beta1 < 1, "beta1", "a number from 0 up to, not including, 1", beta1)
  assertConfig(beta2 >= 0 && beta2 < 1, "beta2", "a number from 0 up to, not including, 1", beta2)
  assertEpsilon(epsilon)
  return {
    elementwise: true,
    init: (params) => ({ m: Tree.zerosLike(params), v: Tree.zerosLike(params), power1: 1, power2: 1 }),
    update: (grads, state) => {
      const power1 = state.power1 * beta1
      const power2 = state.power2 * beta2
      const constants = { beta1, beta2, epsilon, correction1: 1 - power1, correction2: 1 - power2 }
      const [update, m, v] = Leaves.unzip(
        ["update", "m", "v"],
        (g, m, v) => kernels(g.dtype).adam(g, m, v, constants),
        grads,
        state.m,
        state.v
      )
      return [update, { m, v, power1, power2 }]
    }
  }
}

/** A running mean of the squared gradient. @category models @since 0.2.0 */
export interface RmsState {
  readonly v: unknown
}

/** @category models @since 0.2.0 */
export interface RmsOptions {
  /** Of the running mean, default 0.99. */
  readonly decay?: number
  /** Default 1e-8. */
  readonly epsilon?: number
}

/**
 * g / (sqrt(v) + epsilon), with v <- decay v + (1 - decay) g^2 from 0 on, not debiased.
 *
 * **Source**: Tieleman & Hinton 2012, lecture 6.5, in PyTorch's form, where epsilon stands outside the root.
 * **Errors**: `ConfigError` for a decay outside [0, 1) or an epsilon not finite or not above 0.
 *
 * @category transforms
 * @since 0.2.0
 */
export const scaleByRms = (options?: RmsOptions): Optimizer<RmsState> => {
  const { decay = 0.99, epsilon = 1e-8 } = options ?? {}
  assertConfig(decay >= 0 && decay < 1, "decay of RMSprop", "a number from 0 up to, not including, 1", decay)
  assertEpsilon(epsilon)
  return {
    elementwise: true,
    init: (params) => ({ v: Tree.zerosLike(params) }),
    update: (grads, state) => {
      const constants = { decay, epsilon }
      const leaf = (g: Tensor, v: Tensor) => kernels(g.dtype).rmsprop(g, v, constants)
      const [update, v] = Leaves.unzip(["update", "v"], leaf, grads, state.v)
      return [update, { v }]
    }
  }
}

/**
 * Adds decay times the parameters: weight decay that no moment of the gradient has seen.
 *
 * The prior of a Bayesian network is its weight decay, in nats; this is for the deterministic one beside it. It would
 * pull every logStd to 0: where there are any, choose the leaves by `groups`.
 *
 * **Source**: Loshchilov & Hutter 2019, algorithm 2. **Errors**: `ConfigError` for a decay that is not finite or below 0.
 *
 * @category transforms
 * @since 0.2.0
 */
export const addDecayedWeights = (decay: number): Optimizer<Tree.Empty> => {
  assertConfig(Number.isFinite(decay) && decay >= 0, "weight decay", "a finite number, 0 or above", decay)
  return {
    elementwise: true,
    init: () => ({}),
    update: (grads, state, params) => [Leaves.zip(grads, params, (g, p) => kernels(g.dtype).axpy(decay, p, g)), state]
  }
}
