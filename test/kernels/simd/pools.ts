// Pools under test: opened for one use and closed after it, and how many workers of this process run.
import type { Worker } from "node:worker_threads"
import { openPool, type Pool, type PoolOptions } from "../../../src/kernels/simd/pool.ts"
import { findHost, type WorkerHost } from "../../../src/kernels/simd/workers.ts"
import { type Harness, harnessOf } from "./harness.ts"

const found = findHost()
if (found === undefined) throw new Error("Node has threads: findHost must find them")

/** Node's threads. */
export const host: WorkerHost = found

/** The workers that start while `use` runs: those that have ended have the number -1 (Node's `threadId`). */
export const watchWorkers = async (use: (workers: ReadonlyArray<Worker>) => Promise<void>): Promise<void> => {
  const workers: Array<Worker> = []
  const see = (worker: Worker) => workers.push(worker)
  process.on("worker", see)
  try {
    await use(workers)
  } finally {
    process.off("worker", see)
  }
}

export const running = (workers: ReadonlyArray<Worker>): number =>
  workers.filter((worker) => worker.threadId !== -1).length

/** Opens a pool that shares even the smallest work, and closes it after use. */
export const withPool = async (
  options: PoolOptions & { readonly on?: WorkerHost },
  use: (harness: Harness, pool: Pool) => Promise<void> | void
): Promise<void> => {
  const pool = await openPool(options.on ?? host, { worth: 0, ...options })
  try {
    await use(harnessOf(pool.instance), pool)
  } finally {
    await pool.close()
  }
}
