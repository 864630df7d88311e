// Blocks over threads: each is done once, by whomever; and a worker that dies is an error, never a hang.

import { Worker } from "node:worker_threads"
import { EngineError } from "effect-bayes"
import { describe, expect, it } from "vitest"
import type { WorkerHost } from "../../../src/kernels/simd/workers.ts"
import { bitsOf, type Harness } from "./harness.ts"
import { host, running, watchWorkers, withPool } from "./pools.ts"

const LINE = 64

/** Counters on lines of their own, and jobs whose block i adds 1 to counter i: counts[i] += 1, as a program. */
const counters = ({ words, floats, exports, memory }: Harness, most: number) => {
  const counts = floats(new Float32Array((most * LINE) / 4))
  const ones = floats(new Float32Array(16).fill(1))
  const instruction = (i: number) => {
    const count = counts + i * LINE
    return [exports.opAxpy.value, count, ones, count, 0, bitsOf(1), 0, 0, 0]
  }
  const instructions = words(Array.from({ length: most }, (_, i) => instruction(i)).flat())
  const groups = words(Array.from({ length: most + 1 }, (_, i) => [i, 16, 1, instructions + i * 36]).flat())
  const view = new Float32Array(memory.buffer)
  return {
    count: (i: number) => view[(counts + i * LINE) / 4],
    // A group begins with its first block's number: where the first that is not run stands, the number of all blocks.
    run: (blocks: number) => exports.run(groups, blocks, 0)
  }
}

/** A number in [0, n), the next of a fixed sequence. */
const random = (seed: number) => {
  let state = seed
  return (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) % n
  }
}

describe("parallel", () => {
  it.each([1, 2, 3, 4])("does each block once, on %i threads, in 100,000 jobs", async (threads) => {
    await withPool({ threads }, (harness) => {
      const most = 40
      const { count, run } = counters(harness, most)
      const next = random(threads)
      const expected = new Array<number>(most).fill(0)
      let wrong = 0
      for (let job = 0; job < 100_000; job++) {
        const blocks = 1 + next(job % 2 === 0 ? 4 : most)
        run(blocks)
        for (let i = 0; i < blocks; i++) {
          expected[i]!++
          if (count(i) !== expected[i]) wrong++
        }
      }
      expect(wrong).toBe(0)
      expect(expected.map((_, i) => count(i))).toEqual(expected)
    })
  })

  it("wakes workers that sleep, and all take part", async () => {
    const buffers: Array<number> = []
    const watched: WorkerHost = {
      ...host,
      start: (task, onDeath) => {
        buffers.push(task.buffers)
        return host.start(task, onDeath)
      }
    }
    await withPool({ threads: 3, on: watched }, async ({ floats, words, exports, memory }) => {
      // Each block leaves a 1 in the first buffer of the thread that does it.
      const ones = floats(new Float32Array(512).fill(1))
      const instructions = words([exports.opMultiply.value, 0, ones, ones, 0, 0, 0, 0, 0])
      const groups = words(Array.from({ length: 200 }, (_, i) => [i, 16, 1, instructions]).flat())
      const marks = () => buffers.map((at) => new Float32Array(memory.buffer, at, 1)[0])
      const end = performance.now() + 10_000
      do {
        await new Promise((resolve) => setTimeout(resolve, 2)) // workers look for 0.15 ms before they sleep
        exports.run(groups, 199, 0)
      } while (marks().includes(0) && performance.now() < end)
      expect(marks()).toEqual([1, 1])
    })
  })
})

/** A host whose workers take one block, of the first job that leaves them one, and die with it, without a word. */
const rogue: WorkerHost = {
  cores: 2,
  start: async ({ memory, pool }) => {
    const source = `
      const { parentPort, workerData: { memory, pool } } = require("node:worker_threads")
      const remaining = new Int32Array(memory.buffer, pool, 1)
      parentPort.postMessage("ready")
      while (Atomics.load(remaining, 0) <= 0 || Atomics.sub(remaining, 0, 1) <= 0);`
    const worker = new Worker(source, { eval: true, workerData: { memory, pool } })
    await new Promise((resolve) => worker.once("message", resolve))
    return async () => {
      await worker.terminate()
    }
  }
}

/** Runs jobs until one throws, for ten seconds at most, and gives what it threw. */
const thrownBy = (run: () => void): unknown => {
  const end = performance.now() + 10_000
  try {
    while (performance.now() < end) run()
  } catch (error) {
    return error
  }
  return undefined
}

describe("a worker that dies", () => {
  it("with a block in its hands is given up after some time, for good", async () => {
    await withPool({ threads: 2, on: rogue, patience: 0.2 }, (harness, pool) => {
      const { run } = counters(harness, 40)
      expect(pool.isLost()).toBe(false)
      const error = thrownBy(() => run(40))
      expect(error).toBeInstanceOf(EngineError)
      expect((error as EngineError).message).toMatch(/^the SIMD engine: a worker thread died/)
      expect(pool.isLost()).toBe(true)
      expect(() => run(2)).toThrow(EngineError)
    })
  })

  it("of an error in a kernel is known at once", async () => {
    // Buffers where there is no memory: a program that uses them traps in the worker, and in the worker alone.
    const broken: WorkerHost = {
      ...host,
      start: (task, onDeath) => host.start({ ...task, buffers: 0xffff0000 }, onDeath)
    }
    await withPool({ threads: 2, on: broken, patience: 3600 }, async ({ words, exports }) => {
      const instructions = words([exports.opScale.value, 0, 1, 1, 1, 0, 0, 0, 0])
      const groups = words([0, 512 * 1000, 1, instructions, 1000])
      expect(thrownBy(() => exports.run(groups, 1000, 0))).toBeInstanceOf(EngineError)
    })
  })

  it("between two jobs makes the next fail", async () => {
    await watchWorkers((workers) =>
      withPool({ threads: 3 }, async (harness, pool) => {
        const { count, run } = counters(harness, 40)
        run(40)
        await workers[1]!.terminate()
        await new Promise(setImmediate)
        expect(() => run(40)).toThrow(EngineError)
        expect([count(0), count(39), pool.isLost()]).toEqual([1, 1, true])
      })
    )
  })

  it("at the time of a job makes it fail or not, but never hang", async () => {
    for (let i = 0; i < 10; i++) {
      await watchWorkers((workers) =>
        withPool({ threads: 2, patience: 0.2 }, async (harness) => {
          const { count, run } = counters(harness, 40)
          const dead = workers[0]!.terminate()
          const error = thrownBy(() => {
            run(40)
            if (count(0) === 1000) throw new Error("done")
          })
          const done = error instanceof EngineError ? undefined : [count(0), count(39)]
          expect([undefined, [1000, 1000]]).toContainEqual(done)
          await dead
          await new Promise(setImmediate)
          expect(() => run(40)).toThrow(EngineError)
        })
      )
    }
  })
})

describe("close", () => {
  it.each([2, 4])("ends the workers of a pool of %i", async (threads) => {
    await watchWorkers(async (workers) => {
      await withPool({ threads }, () => {
        expect(running(workers)).toBe(threads - 1)
      })
      expect(running(workers)).toBe(0)
    })
  })

  it("follows where one worker could not be started: none is left", async () => {
    await watchWorkers(async (workers) => {
      let started = 0
      const refusing: WorkerHost = {
        ...host,
        start: async (task, onDeath) => {
          if (++started === 3) throw new Error("no more workers")
          return host.start(task, onDeath)
        }
      }
      await expect(withPool({ threads: 4, on: refusing }, () => {})).rejects.toThrow("no more workers")
      expect([workers.length, running(workers)]).toEqual([2, 0])
    })
  })
})
