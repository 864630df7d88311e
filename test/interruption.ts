// How long an interruption takes: from when it is due, so that a step that keeps the thread, and the timer waiting, counts.
import { Effect, Fiber } from "effect"

/** The least of three times in milliseconds, as other processes share the machine; each due `after` so many. */
export const interruption = <A, E, R>(running: Effect.Effect<A, E, R>, after: number) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    for (let attempt = 0; attempt < 3; attempt++) {
      const due = performance.now() + after
      const fiber = yield* Effect.forkChild(running)
      yield* Effect.sleep(`${after} millis`)
      yield* Fiber.interrupt(fiber)
      times.push(performance.now() - due)
    }
    return Math.min(...times)
  })
