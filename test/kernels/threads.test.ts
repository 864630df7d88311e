// Threads as a resource: the same bits on any number of them, and none is left whatever ends the program.

import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Logger, Scope, Stream } from "effect"
import {
  ConfigError,
  EngineError,
  Key,
  Model,
  Noise,
  Prediction,
  Synthetic,
  Tensor,
  Threads,
  Training,
  Tree
} from "effect-bayes"
import { workspace } from "effect-bayes/kernels"
import { lending } from "../../src/kernels/simd/lending.ts"
import { host, running, watchWorkers } from "./simd/pools.ts"

const data = Synthetic.regressionCurve(Key.make(0), 300)
/** Large enough that its products are shared: 150 rows by 80 x 80 weights take 40 microseconds. */
const model = Model.regression(data, { hidden: [80, 80] })
const options = { epochs: 6, batchSize: 150 }

const on = (threads: number) => Layer.merge(Noise.layer(42), Threads.layer({ threads }))

/** How a program ended, how many workers it started, and how many of them run yet. */
const watched = async <A, E>(program: Effect.Effect<A, E>) => {
  let found: { readonly exit: Exit.Exit<A, E>; readonly started: number; readonly left: number } | undefined
  await watchWorkers(async (workers) => {
    const exit = await Effect.runPromiseExit(program)
    found = { exit, started: workers.length, left: running(workers) }
  })
  return found!
}

describe("Threads.layer", () => {
  it("trains and predicts the same bits on 1, 2 and 3 threads", async () => {
    const program = Effect.gen(function* () {
      const fit = yield* Training.fit(model, data, options)
      const { mean, std } = yield* Prediction.predict(fit, data.x, { draws: 5, quantiles: [] })
      return Tree.leaves({ params: fit.params, mean, std }).map(({ value }) => Tensor.toBytes(value))
    })
    const alone = await Effect.runPromise(Effect.provide(program, Noise.layer(42)))
    expect(alone.length).toBeGreaterThan(12)
    for (const threads of [1, 2, 3]) {
      const found = await watched(Effect.provide(program, on(threads)))
      expect(found).toEqual({ exit: Exit.succeed(alone), started: threads - 1, left: 0 })
    }
  })

  it("takes one thread for each core if it is not said", async () => {
    const threads = Effect.map(Threads.Threads, (lent) => lent.threads)
    const found = await watched(Effect.provide(threads, Threads.layer()))
    expect(found).toEqual({ exit: Exit.succeed(host.cores), started: host.cores - 1, left: 0 })
    expect(await Effect.runPromise(threads)).toBe(1)
  })

  it.each([0, 1.5, -1, 257, Number.NaN])("refuses %d threads", (threads) => {
    expect(() => Threads.layer({ threads })).toThrow(ConfigError)
    expect(() => Threads.layer({ threads })).toThrow("Threads, threads: expected a whole number from 1 to 256")
  })

  it("ends the workers where a program fails", async () => {
    const program = Training.fit(model, data, { ...options, epochs: -1 })
    const { exit, started, left } = await watched(Effect.provide(Effect.flip(program), on(3)))
    expect(exit).toEqual(Exit.succeed(expect.any(ConfigError)))
    expect([started, left]).toEqual([2, 0])
  })

  it("ends the workers where a program is interrupted", async () => {
    const program = Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Training.fit(model, data, { ...options, epochs: 1_000_000 }))
      yield* Effect.sleep("100 millis")
      yield* Fiber.interrupt(fiber)
      return yield* Fiber.await(fiber)
    })
    const { exit, started, left } = await watched(Effect.provide(program, on(2)))
    expect(Exit.isSuccess(exit) && Exit.hasInterrupts(exit.value)).toBe(true)
    expect([started, left]).toEqual([1, 0])
  })

  it("keeps runs at the same time apart, one of them interrupted", async () => {
    const digest = (params: unknown) => Tree.leaves(params).map(({ value }) => Tensor.toBytes(value))
    const program = Effect.gen(function* () {
      const alone = digest((yield* Training.fit(model, data, options)).params)
      for (let i = 0; i < 5; i++) {
        const long = yield* Effect.forkChild(Training.fit(model, data, { ...options, epochs: 1_000_000 }))
        const short = yield* Effect.forkChild(Training.fit(model, data, options))
        yield* Effect.sleep(5 * i)
        yield* Fiber.interrupt(long)
        expect(digest((yield* Fiber.join(short)).params)).toEqual(alone)
      }
    })
    // How many pools there are at a time depends on how fast the runs are.
    const { exit, left } = await watched(Effect.provide(program, on(3)))
    expect([exit, left]).toEqual([Exit.void, 0])
  })

  it("ends the workers where a stream of events is left early", async () => {
    const program = Stream.runHead(Training.events(model, data, { ...options, epochs: 1_000_000 }))
    const { started, left } = await watched(Effect.provide(program, on(2)))
    expect([started, left]).toEqual([1, 0])
  })

  it("fails, when a worker has died, with an EngineError; what comes after has new workers", async () => {
    await watchWorkers(async (workers) => {
      const program = Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Training.fit(model, data, { ...options, epochs: 1_000_000 }))
        yield* Effect.sleep("100 millis")
        yield* Effect.promise(() => workers[0]!.terminate())
        const error = yield* Effect.flip(Fiber.join(fiber))
        const fit = yield* Training.fit(model, data, options)
        return { error, steps: fit.state.step }
      })
      const { error, steps } = await Effect.runPromise(Effect.provide(program, on(2)))
      expect(error).toBeInstanceOf(EngineError)
      expect([steps, workers.length, running(workers)]).toEqual([12, 2, 0])
    })
  })
})

describe("lending", () => {
  /** The warnings of a lending, and how many threads it has. */
  const warned = async (...[on, threads]: Parameters<typeof lending>) => {
    const warnings: Array<unknown> = []
    const logger = Logger.make(({ message }) => warnings.push(message))
    const lent = Effect.provide(Effect.scoped(lending(on, threads)), Logger.layer([logger]))
    return { ...(await Effect.runPromise(lent)), warnings }
  }

  it("gives one thread, and says so once, where there is no shared memory", async () => {
    const { threads, instance, warnings } = await warned(undefined, 4)
    expect(threads).toBe(1)
    expect(warnings).toEqual([[expect.stringMatching(/^Computing on one thread: threads cannot share memory here/)]])
    expect((await Effect.runPromise(Effect.scoped(instance))).exports.BLOCK.value).toBe(512)
  })

  it("gives one thread, and says so once, where no worker starts", async () => {
    const { threads, warnings } = await warned({ ...host, start: () => Promise.reject(new Error("not allowed")) }, 2)
    expect(threads).toBe(1)
    expect(warnings).toEqual([[expect.stringMatching(/^Computing on one thread: .*not allowed/)]])
  })

  it("lends an instance to one user at a time, and again to the next", async () => {
    const program = Effect.gen(function* () {
      const { instance } = yield* lending(host, 2)
      const outer = yield* Scope.make()
      const first = yield* Scope.provide(instance, outer)
      const second = yield* Effect.scoped(instance)
      yield* Scope.close(outer, Exit.void)
      const third = yield* Effect.scoped(instance)
      return [second === first, third === first || third === second]
    })
    const found = await watched(Effect.scoped(program))
    expect(found).toEqual({ exit: Exit.succeed([false, true]), started: 2, left: 0 })
  })

  it("ends the workers of an instance that comes back after its own end", async () => {
    const program = Effect.gen(function* () {
      const [own, user] = [yield* Scope.make(), yield* Scope.make()]
      const { instance } = yield* Scope.provide(lending(host, 3), own)
      yield* Scope.provide(instance, user)
      yield* Scope.close(own, Exit.void)
      yield* Scope.close(user, Exit.void)
    })
    expect(await watched(program)).toEqual({ exit: Exit.succeed(undefined), started: 2, left: 0 })
  })
})

describe("a program", () => {
  const run = async (script: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      timeout: 60_000
    })
    return stdout
  }
  const open = `
    import { openPool } from "./src/kernels/simd/pool.ts"
    import { findHost } from "./src/kernels/simd/workers.ts"
    const pool = await openPool(findHost(), { threads: 3 })
    console.log(pool.threads)`

  it("ends by itself when it has forgotten to close its pool", async () => {
    expect(await run(open)).toBe("3\n")
  })

  it("ends by itself after it has closed its pool", async () => {
    expect(await run(`${open}; await pool.close(); console.log("closed")`)).toBe("3\nclosed\n")
  })
})

it.effect("workspace tells how many threads it has", () =>
  Effect.gen(function* () {
    const memory = yield* workspace("float32")
    expect(memory.threads).toBe(2)
    expect((yield* workspace("float64")).threads).toBe(1)
  }).pipe(Effect.scoped, Effect.provide(Threads.layer({ threads: 2 })))
)
