/**
 * How many threads the SIMD engine computes with: one, unless a program provides `Threads.layer()`.
 *
 * Results are the same to the last bit for every number of threads. Workers live as long as the layer, and end with it:
 * on success, failure and interruption.
 *
 * @since 0.4.0
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { assertConfig } from "../core/errors.ts"
import { type Lending, lending, ONE } from "./simd/lending.ts"
import { findHost } from "./simd/workers.ts"

/** The threads to compute with, `threads` of them. @category service @since 0.4.0 */
export const Threads: Context.Reference<Lending> = /*#__PURE__*/ Context.Reference("effect-bayes/Threads", {
  defaultValue: () => ONE
})

/** The most threads that can be asked for. */
const MOST = 256

/**
 * So many threads, one for each core if it is not said (a number that is not whole, from 1 to 256, throws a
 * `ConfigError` at once). Where the platform has no threads that share memory, one, with a warning in the log.
 *
 * @example
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { Key, Model, Noise, Synthetic, Threads, Training } from "effect-bayes"
 *
 * const data = Synthetic.regressionCurve(Key.make(0), 50)
 * const program = Training.fit(Model.regression(data, { hidden: [8] }), data, { epochs: 10 })
 * const services = Layer.merge(Noise.layer(42), Threads.layer({ threads: 2 }))
 * const fit = await Effect.runPromise(program.pipe(Effect.provide(services)))
 * fit.state.step // => 20
 * ```
 *
 * @category layers
 * @since 0.4.0
 */
export const layer = (options: { readonly threads?: number } = {}): Layer.Layer<never> => {
  const host = findHost()
  const threads = options.threads ?? Math.min(MOST, host?.cores ?? 1)
  const valid = Number.isInteger(threads) && threads >= 1 && threads <= MOST
  assertConfig(valid, "Threads, threads", `a whole number from 1 to ${MOST}`, threads)
  return Layer.effect(Threads, lending(host, threads))
}
