/**
 * From pure functions that throw to Effects that fail.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/**
 * Runs a pure function; the errors listed become typed failures, anything else it throws is a defect.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { attempt, ConfigError, Linear } from "effect-bayes"
 *
 * const layer = attempt(() => Linear.make({ in: 0, out: 2 }), ConfigError)
 * const message = Effect.runSync(Effect.match(layer, { onFailure: (e) => e.option, onSuccess: () => "fine" }))
 * message // => "Linear, in"
 * ```
 *
 * @category effects
 * @since 0.1.0
 */
export const attempt = <A, const Errors extends ReadonlyArray<new (...args: never) => unknown>>(
  f: () => A,
  ...errors: Errors
): Effect.Effect<A, InstanceType<Errors[number]>> =>
  Effect.try({
    try: f,
    catch: (thrown) => {
      if (errors.some((error) => thrown instanceof error)) return thrown as InstanceType<Errors[number]>
      throw thrown
    }
  })
