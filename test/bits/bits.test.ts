// The bits of short training runs are those that are known, on any number of threads, in memory that is shared or not.
// Where they are others on purpose: see scripts/bits/known.ts. All engines: npm run bits.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Threads } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { knownOf } from "../../scripts/bits/known.ts"
import { quickRuns, runs } from "../../scripts/bits/runs.ts"
import { hashOfRun, stoppedRun } from "../../scripts/bits/train.ts"
import { type Instance, instantiate } from "../../src/kernels/simd/instance.ts"
import { withPool } from "../kernels/simd/pools.ts"

const engine = kernels("float32")
const known = knownOf(engine.bits)

/** The hash of each run with these kernels. */
const hashes = (threads: number, instance: Instance) =>
  Effect.forEach(quickRuns, (run) => hashOfRun(run)).pipe(
    Effect.map((all) => Object.fromEntries(all.map((hash, i) => [quickRuns[i]!.name, hash]))),
    Effect.provideService(Threads.Threads, { threads, instance: Effect.succeed(instance) }),
    Effect.runPromise
  )

const expected = Object.fromEntries(quickRuns.map(({ name }) => [name, known[name]]))

describe(`version ${engine.bits} of the bits`, () => {
  it("is known of every run, and no two are alike", () => {
    const all = [...runs, ...quickRuns].map(({ name }) => known[name])
    expect(all.filter((hash) => hash === undefined)).toEqual([])
    expect(new Set(all).size).toBe(all.length)
  })

  it.each([true, false])("comes of one thread, its memory shared: %s", async (shared) => {
    expect(await hashes(1, instantiate(shared))).toEqual(expected)
  })

  it.each([2, 3, 4])("comes of %d threads that share all work", async (threads) => {
    await withPool({ threads }, async (_, pool) => {
      expect(await hashes(threads, pool.instance)).toEqual(expected)
    })
  })

  it("comes of runs that were stopped and gone on with", async () => {
    for (const run of quickRuns) {
      const saved = await Effect.runPromise(stoppedRun(run))
      expect(saved.state?.step).toBe(2)
      expect([run.name, await Effect.runPromise(hashOfRun(run, saved))]).toEqual([run.name, known[run.name]])
    }
  })
})
