/**
 * Learning rates over time: pure functions of the step, which counts from 0.
 *
 * @since 0.1.0
 */
import { assertConfig } from "../core/errors.ts"
import { cosPi } from "../core/math.ts"

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
  assertConfig(Number.isSafeInteger(steps) && steps > 0, "steps of a cosine schedule", "a whole number above 0", steps)
  return (step) => final + (initial - final) * 0.5 * (1 + cosPi(Math.min(step, steps) / steps))
}
