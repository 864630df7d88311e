/**
 * Kernels on a memory that worker threads share: what `assembly/pool.ts` needs from outside.
 *
 * Workers start before anything is computed: as each starts, it writes the module's initial data into the memory once
 * more, and no kernel may have changed them by then.
 */
import { compile, type Instance, instantiate, reserve } from "./instance.ts"
import type { WorkerHost } from "./workers.ts"

/** An instance whose kernels use several threads. */
export interface Pool {
  readonly instance: Instance
  /** The caller's and the workers'. */
  readonly threads: number
  /** Whether it can compute no more: every kernel that shares work throws an `EngineError`. */
  isLost(): boolean
  /** Ends the workers. Nothing is computed afterwards. */
  close(): Promise<void>
}

export interface PoolOptions {
  readonly threads: number
  /** Seconds, about, in which no worker has done anything before they are given up. A block takes milliseconds. */
  readonly patience?: number
  /** Nanoseconds of work below which other threads cost more than they bring: waking one costs the caller 10,000. */
  readonly worth?: number
}

/** Rounds of waiting in a second (`assembly/pool.ts`). */
const ROUNDS = 100

/** Whether this thread may sleep: the main thread of a browser may not. */
const maySleep = (): boolean => {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1)
    return true
  } catch {
    return false
  }
}

/** Starts a pool. Rejects with what the platform throws where it has no shared memory or refuses a worker. */
export const openPool = async (host: WorkerHost, options: PoolOptions): Promise<Pool> => {
  const { threads, patience = 10, worth = 20_000 } = options
  const instance = instantiate(true)
  const { memory, exports, start: pool } = instance
  const buffers = pool + exports.POOL_BYTES.value
  const bytes = exports.SLOTS.value * exports.BLOCK.value * 4
  const start = buffers + (threads - 1) * bytes
  reserve(memory, start)

  const task = { module: compile(true), memory, pool }
  const starting = Array.from({ length: threads - 1 }, (_, i) =>
    host.start({ ...task, buffers: buffers + i * bytes }, () => exports.loseWorkers(pool))
  )
  const started = await Promise.allSettled(starting)
  const close = async () => {
    exports.stopWorkers(pool)
    await Promise.all(started.flatMap((worker) => (worker.status === "fulfilled" ? [worker.value()] : [])))
  }
  const refused = started.find((worker) => worker.status === "rejected")
  if (refused !== undefined) {
    await close()
    throw refused.reason
  }
  exports.setPool(pool, Math.ceil(patience * ROUNDS), maySleep(), worth)
  return { instance: { ...instance, start }, threads, isLost: () => exports.isLost(pool) !== 0, close }
}
