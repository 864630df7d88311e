/**
 * Learning rates over time: pure functions of the step, which counts from 0.
 *
 * @since 0.1.0
 */
import { assertConfig } from "../core/errors.ts"
import { cosPi, exp, log } from "../core/math.ts"

const assertWhole = (option: string, n: number): void =>
  assertConfig(Number.isSafeInteger(n) && n > 0, option, "a whole number above 0", n)

const assertRate = (option: string, rate: number): void =>
  assertConfig(Number.isFinite(rate) && rate >= 0, option, "a finite number, 0 or above", rate)

/** @category models @since 0.1.0 */
export type Schedule = (step: number) => number

/** The same rate at every step. @category schedules @since 0.1.0 */
export const constant =
  (rate: number): Schedule =>
  () =>
    rate

/**
 * Half a cosine from `initial` at step 0 to `final` (default 0) at `steps` and after.
 *
 * **Source**: Loshchilov & Hutter 2017, equation 5, without restarts.
 *
 * @example
 * ```ts
 * import { Schedule } from "effect-bayes"
 *
 * const rate = Schedule.cosine({ initial: 0.1, steps: 100 })
 * const rates = [0, 50, 100].map(rate) // => [0.1, 0.05, 0]
 * ```
 *
 * @category schedules
 * @since 0.1.0
 */
export const cosine = (options: {
  readonly initial: number
  readonly steps: number
  readonly final?: number
}): Schedule => {
  const { initial, steps, final = 0 } = options
  assertWhole("steps of a cosine schedule", steps)
  assertRate("initial of a cosine schedule", initial)
  assertRate("final of a cosine schedule", final)
  return (step) => final + (initial - final) * 0.5 * (1 + cosPi(Math.min(step, steps) / steps))
}

/** How a rate falls: times `factor` every so many steps. @category models @since 0.2.0 */
export interface DecayOptions {
  readonly initial: number
  /** Above 0, at most 1. */
  readonly factor: number
  /** Steps. */
  readonly every?: number
}

/** initial factor^turns, where `turns` counts the steps in units of `every`. */
const decay = (what: string, options: Required<DecayOptions>, turns: (step: number) => number): Schedule => {
  const { initial, factor, every } = options
  assertRate(`initial of ${what}`, initial)
  assertConfig(factor > 0 && factor <= 1, `factor of ${what}`, "a number above 0, at most 1", factor)
  assertWhole(`every of ${what}`, every)
  const logFactor = log(factor)
  return (step) => initial * exp(turns(step / every) * logFactor)
}

/**
 * Times `factor` (default 0.1) after every `every` steps: initial factor^floor(step / every).
 *
 * **Source**: PyTorch's `StepLR`. **Numerics**: as for `exponential`.
 *
 * @category schedules
 * @since 0.2.0
 */
export const stepDecay = (options: {
  readonly initial: number
  readonly every: number
  readonly factor?: number
}): Schedule => decay("a step decay", { factor: 0.1, ...options }, Math.floor)

/**
 * Times `factor` over every `every` steps (default 1), a little at each: initial factor^(step / every).
 *
 * **Source**: PyTorch's `ExponentialLR`. **Numerics**: e^(n ln factor) by the portable `exp` and `log`, not a product of
 * n factors: relative error at most 3e-16 (1 + |ln(rate / initial)|).
 *
 * @example
 * ```ts
 * import { Schedule } from "effect-bayes"
 *
 * const rate = Schedule.exponential({ initial: 0.4, factor: 0.5, every: 100 })
 * const rates = [0, 100, 200].map(rate) // => [0.4, 0.2, 0.1]
 * ```
 *
 * @category schedules
 * @since 0.2.0
 */
export const exponential = (options: DecayOptions): Schedule =>
  decay("an exponential schedule", { every: 1, ...options }, (turns) => turns)

/**
 * A straight line from `initial` (default 0) at step 0 to the first rate of `followedBy` at step `steps`, from where
 * that schedule counts its steps from 0.
 *
 * **Source**: Goyal et al. 2017, section 2.2.
 *
 * @example
 * ```ts
 * import { Schedule } from "effect-bayes"
 *
 * const rate = Schedule.warmUp({ steps: 4, followedBy: Schedule.cosine({ initial: 0.2, steps: 100 }) })
 * const rates = [0, 1, 2, 4, 54, 104].map(rate) // => [0, 0.05, 0.1, 0.2, 0.1, 0]
 * ```
 *
 * @category schedules
 * @since 0.2.0
 */
export const warmUp = (options: {
  readonly steps: number
  readonly followedBy: Schedule
  readonly initial?: number
}): Schedule => {
  const { steps, followedBy, initial = 0 } = options
  assertWhole("steps of a warm-up", steps)
  assertRate("initial of a warm-up", initial)
  const top = followedBy(0)
  return (step) => (step < steps ? initial + (top - initial) * (step / steps) : followedBy(step - steps))
}
