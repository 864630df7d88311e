/**
 * What an engine is asked to do, and what it says of it: a list of runs on so many threads, a line for each.
 */

import * as Effect from "effect/Effect"
import { Threads } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import type { Run } from "./runs.ts"

/** Runs by their names. */
export interface Job {
  readonly runs: ReadonlyArray<string>
  readonly threads: number
}

/** What came of a run. `threads` are those that there were, which may be fewer than asked for. */
export interface Outcome {
  readonly name: string
  readonly threads: number
  /** Name of the kernels' engine, and the version of its bits. */
  readonly engine: string
  readonly bits: number
  /** Absent if the run was only stopped. */
  readonly hash?: string
}

/** Takes the runs one after the other, and gives what each came to as soon as it is known. */
export const doJob = (
  job: Job,
  known: ReadonlyArray<Run>,
  take: (run: Run) => Effect.Effect<string | undefined, unknown>,
  say: (outcome: Outcome) => Promise<void> | void
): Promise<void> =>
  Effect.gen(function* () {
    const { name: engine, bits } = kernels("float32")
    const { threads } = yield* Threads.Threads
    for (const name of job.runs) {
      const run = known.find((one) => one.name === name)
      if (run === undefined) return yield* Effect.die(new Error(`there is no run "${name}"`))
      const hash = yield* take(run)
      yield* Effect.promise(async () => say({ name, threads, engine, bits, ...(hash === undefined ? {} : { hash }) }))
    }
  }).pipe(Effect.provide(Threads.layer({ threads: job.threads })), Effect.runPromise)
