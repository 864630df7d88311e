// Workers as browsers have them, played by Node's: a script at a blob's URL, `self`, and a page that is isolated.

import { resolveObjectURL } from "node:buffer"
import { Worker } from "node:worker_threads"
import { EngineError } from "effect-bayes"
import { afterEach, describe, expect, it, vi } from "vitest"
import { findHost, type WorkerHost } from "../../../src/kernels/simd/workers.ts"
import { running, watchWorkers, withPool } from "./pools.ts"

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A browser's Worker: its script runs where `self` is the port to the page. */
class BrowserWorker {
  onmessage: ((event: unknown) => void) | undefined
  onerror: ((event: { readonly message: string }) => void) | undefined
  private readonly worker: Promise<Worker>

  constructor(url: string) {
    this.worker = this.start(url)
  }

  private async start(url: string): Promise<Worker> {
    const source = await resolveObjectURL(url)!.text()
    const worker = new Worker(`globalThis.self = require("node:worker_threads").parentPort;${source}`, { eval: true })
    worker.on("message", (data: unknown) => this.onmessage?.({ data }))
    worker.on("error", (error) => this.onerror?.({ message: String(error) }))
    return worker
  }

  postMessage(task: unknown): void {
    void this.worker.then((worker) => worker.postMessage(task))
  }

  terminate(): void {
    void this.worker.then((worker) => worker.terminate())
  }
}

/** What a page finds, isolated or not. */
const hostOfPage = (isolated: boolean): WorkerHost | undefined => {
  vi.stubGlobal("Worker", BrowserWorker)
  vi.stubGlobal("crossOriginIsolated", isolated)
  const { process } = globalThis
  vi.stubGlobal("process", undefined)
  try {
    return findHost()
  } finally {
    vi.stubGlobal("process", process)
  }
}

describe("a page", () => {
  it("has threads where it is isolated", async () => {
    await watchWorkers(async (workers) => {
      const host = hostOfPage(true)!
      await withPool({ threads: 3, on: host }, ({ operate }) => {
        const a = Float32Array.from({ length: 100_000 }, (_, i) => i)
        for (let i = 0; i < 100; i++) expect(operate("opScale", { a, scalars: [2] })[99_999]).toBe(199_998)
        expect(running(workers)).toBe(2)
      })
      await vi.waitFor(() => expect(running(workers)).toBe(0)) // a browser's terminate says nothing of its end
    })
  })

  it("knows of a worker that has failed", async () => {
    const host = hostOfPage(true)!
    const broken: WorkerHost = { ...host, start: (task, died) => host.start({ ...task, buffers: 0xffff0000 }, died) }
    await withPool({ threads: 2, on: broken, patience: 3600 }, async ({ words, exports }) => {
      const instructions = words([exports.opScale.value, 0, 1, 1, 1, 0, 0, 0, 0])
      const groups = words([0, 512 * 1000, 1, instructions, 1000])
      const run = () => {
        for (let i = 0; i < 1000; i++) exports.run(groups, 1000, 0)
      }
      await vi.waitFor(() => expect(run).toThrow(EngineError), 10_000)
    })
  })

  it("has none where it is not", () => {
    expect(hostOfPage(false)).toBeUndefined()
  })
})
