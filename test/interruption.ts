// How long an interruption waits: as long as what runs keeps its thread from everything else.
import { Effect, Fiber } from "effect"

const turn = Effect.callback<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/**
 * The longest turn of the event loop while an effect runs for so many milliseconds, in milliseconds of this thread's CPU
 * time, as other processes share the machine; the least of three, as the first compiles what it runs.
 */
export const longestTurn = <A, E, R>(running: Effect.Effect<A, E, R>, during: number) =>
  Effect.gen(function* () {
    const longest: Array<number> = []
    for (let attempt = 0; attempt < 3; attempt++) {
      const fiber = yield* Effect.forkChild(running)
      const end = performance.now() + during
      let most = 0
      while (performance.now() < end) {
        const before = process.threadCpuUsage()
        yield* turn
        const { user, system } = process.threadCpuUsage(before)
        most = Math.max(most, (user + system) / 1000)
      }
      yield* Fiber.interrupt(fiber)
      longest.push(most)
    }
    return Math.min(...longest)
  })
