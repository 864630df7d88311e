/**
 * Instances lent to whoever computes: pools of threads that live as long as a scope, or one thread.
 *
 * A pool that was given back is kept for the next, as workers take a tenth of a second to start.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { EngineError } from "../../core/errors.ts"
import { type Instance, instantiate } from "./instance.ts"
import { openPool, type Pool } from "./pool.ts"
import type { WorkerHost } from "./workers.ts"

/** What `Threads` gives. @category models @since 0.4.0 */
export interface Lending {
  /** How many threads there are, the caller's among them. */
  readonly threads: number
  /** Kernels on a memory that nobody else uses until the scope ends; whatever was in it is still there. */
  readonly instance: Effect.Effect<Instance, EngineError, Scope.Scope>
}

/** One thread: an instance for each user, on a memory that is not shared, as V8 collects those that are late, if ever. */
export const ONE: Lending = { threads: 1, instance: /*#__PURE__*/ Effect.sync(() => instantiate(false)) }

const ignored = (reason: string): Effect.Effect<Lending> =>
  Effect.as(Effect.logWarning(`Computing on one thread: ${reason}. Results are the same, later`), ONE)

/** Pools of so many threads. */
const pooled = Effect.fnUntraced(function* (host: WorkerHost, threads: number) {
  const idle: Array<Pool> = []
  let isOver = false
  const open = Effect.uninterruptible(
    Effect.tryPromise({
      try: () => openPool(host, { threads }),
      catch: (cause) =>
        new EngineError({ where: "the SIMD engine", problem: `a worker cannot be started (${String(cause)})` })
    })
  )
  const close = (pool: Pool) => Effect.promise(() => pool.close())
  const closeAll = Effect.suspend(() => {
    isOver = true
    return Effect.forEach(idle, close, { discard: true })
  })
  const take: typeof open = Effect.suspend(() => {
    const pool = idle.pop()
    if (pool === undefined) return open
    return pool.isLost() ? Effect.andThen(close(pool), take) : Effect.succeed(pool)
  })
  const giveBack = (pool: Pool) => (isOver || pool.isLost() ? close(pool) : Effect.sync(() => idle.push(pool)))

  yield* Effect.addFinalizer(() => closeAll)
  const leased = Effect.acquireRelease(take, giveBack)
  yield* Effect.scoped(leased) // the first is opened now, to see that workers start
  const instance = Effect.map(leased, (pool) => pool.instance)
  return { threads, instance } satisfies Lending
})

/** So many threads of a platform, or one, with a warning, where it has none that share memory. */
export const lending = (host: WorkerHost | undefined, threads: number): Effect.Effect<Lending, never, Scope.Scope> => {
  if (threads === 1) return Effect.succeed(ONE)
  if (host === undefined)
    return ignored("threads cannot share memory here; in a browser, isolate the page (cross-origin)")
  return Effect.catch(pooled(host, threads), (error) => ignored(error.problem))
}
