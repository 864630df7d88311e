/**
 * Where worker threads come from: `worker_threads` in Node, Workers in a browser that shares memory with them.
 *
 * A worker is a few lines of plain JavaScript, given as text: there is no second file to find, bundle or serve. It is
 * told the compiled module and the memory, and does what the pool hands out until it is told to stop.
 */

/** What a worker is told. */
interface WorkerTask {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  /** The record of the pool, and the buffers of this thread's programs. */
  readonly pool: number
  readonly buffers: number
}

/** A platform that has threads. */
export interface WorkerHost {
  /** How many threads run at the same time. */
  readonly cores: number
  /**
   * Starts a worker: when this resolves it is ready, and gives what ends it. `onDeath` is called if it ends before that.
   * Rejects where the platform refuses a worker.
   */
  start(task: WorkerTask, onDeath: () => void): Promise<() => Promise<void>>
}

const SOURCE = `
self.onmessage = ({ data: { module, memory, pool, buffers } }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory, lost() {} } })
  exports.setBuffers(buffers)
  self.postMessage("ready")
  try {
    exports.work(pool)
  } catch (error) {
    exports.loseWorkers(pool)
    throw error
  }
}
`

interface NodeWorker {
  postMessage(task: WorkerTask): void
  once(event: "message" | "error", listener: (value: unknown) => void): void
  once(event: "exit", listener: (code: number) => void): void
  unref(): void
  terminate(): Promise<number>
}

/** As much of Node as is used here, so that this file compiles and runs without it. */
declare const process:
  | {
      getBuiltinModule?(name: "node:worker_threads"): {
        readonly Worker: new (source: string, options: object) => NodeWorker
      }
    }
  | undefined

type NodeThreads = NonNullable<ReturnType<NonNullable<NonNullable<typeof process>["getBuiltinModule"]>>>

const onNode =
  ({ Worker }: NodeThreads): WorkerHost["start"] =>
  (task, onDeath) =>
    new Promise((resolve, reject) => {
      const source = `const self = require("node:worker_threads").parentPort${SOURCE}`
      const worker = new Worker(source, { eval: true, execArgv: [], env: {}, name: "effect-bayes" })
      let ended = false
      const end = async () => {
        ended = true
        await worker.terminate()
      }
      worker.once("message", () => {
        worker.unref() // a program may end while workers wait
        resolve(end)
      })
      worker.once("error", reject)
      worker.once("exit", (code) => {
        reject(new Error(`a worker thread ended at its start, with code ${code}`))
        if (!ended) onDeath()
      })
      worker.postMessage(task)
    })

const inBrowser: WorkerHost["start"] = (task, onDeath) =>
  new Promise((resolve, reject) => {
    const url = URL.createObjectURL(new Blob([SOURCE], { type: "text/javascript" }))
    const worker = new Worker(url, { name: "effect-bayes" })
    worker.onmessage = () => {
      URL.revokeObjectURL(url)
      resolve(async () => worker.terminate())
    }
    worker.onerror = (event) => {
      URL.revokeObjectURL(url)
      worker.terminate()
      reject(new Error(`a worker could not start or has failed: ${event.message}`))
      onDeath()
    }
    worker.postMessage(task)
  })

/** This platform's threads (Node's `hardwareConcurrency` is its `availableParallelism`), or undefined where none can share memory. */
export const findHost = (): WorkerHost | undefined => {
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1
  const node = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:worker_threads")
  if (node !== undefined) return { cores, start: onNode(node) }
  const shares = typeof Worker === "function" && globalThis.crossOriginIsolated === true
  return shares ? { cores, start: inBrowser } : undefined
}
