/**
 * The variants of a side (its modes, each on every number of threads) and which of them is fastest at a configuration:
 * a process for each, and all take turns. What counts is the least time of each, as nothing but the machine's other
 * work makes a run longer than it has to be.
 */
import type { Configuration } from "./configurations.ts"
import { type Side, SideError, type Timed, type Variant } from "./side.ts"
import { timesOf } from "./statistics.ts"
import { type Run, takeTurns } from "./turns.ts"

/** How a side's processes are started, and its modes. */
export interface Team {
  readonly name: string
  readonly start: () => Promise<Side>
  readonly modes: ReadonlyArray<string>
}

/** A process in which a variant of a configuration is ready. */
export interface Contender extends Variant {
  readonly parameters: number
  time(what: Timed): Run
  close(): void
}

/** What came of trying a variant: the least milliseconds of each, or why there are none. */
export interface Trial extends Variant {
  readonly step_ms?: number
  readonly predict_ms?: number
  readonly error?: string
}

/** Milliseconds of warming up, in which V8 compiles WebAssembly for the second time, of a turn, and the number of turns. */
const TRIAL = { warm: 1200, turn: 100, rounds: 5 }

/** Makes a variant ready in a process of its own. */
export const contender = async (
  { start }: Team,
  configuration: Configuration,
  variant: Variant
): Promise<Contender> => {
  const { prepare, time, close } = await start()
  try {
    const parameters = await prepare(configuration, variant)
    return { ...variant, parameters, time: (what) => (duration) => time(what, duration), close }
  } catch (error) {
    close()
    throw error
  }
}

/** Those of a team that are ready, and what came of trying every variant. */
export interface Tried {
  readonly name: string
  readonly contenders: ReadonlyArray<Contender>
  readonly trials: ReadonlyArray<Trial>
}

/** Makes all variants ready, at the same time as that is not timed, and lets them take turns. */
export const tryAll = async (
  team: Team,
  configuration: Configuration,
  threadCounts: ReadonlyArray<number>
): Promise<Tried> => {
  const variants = team.modes.flatMap((mode) => threadCounts.map((threads) => ({ mode, threads })))
  const made = await Promise.allSettled(variants.map((variant) => contender(team, configuration, variant)))
  const contenders = made.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []))
  const failed = made.flatMap((one, i): ReadonlyArray<Trial> => {
    if (one.status === "fulfilled") return []
    if (!(one.reason instanceof SideError)) throw one.reason
    return [{ ...variants[i]!, error: one.reason.message }]
  })
  return { name: team.name, contenders, trials: [...(await trialsOf(contenders)), ...failed] }
}

const trialsOf = async (contenders: ReadonlyArray<Contender>): Promise<ReadonlyArray<Trial>> => {
  const least = async (what: Timed) => {
    const runs = contenders.map(({ time }) => time(what))
    return (await takeTurns(runs, TRIAL)).times.map((all) => timesOf(all).min_ms)
  }
  const [steps, predictions] = [await least("step"), await least("predict")]
  return contenders.map(({ mode, threads }, i) => ({ mode, threads, step_ms: steps[i]!, predict_ms: predictions[i]! }))
}

/** The variant whose trial was fastest. Throws if there is none. */
export const best = (trials: ReadonlyArray<Trial>, what: Timed): Variant => {
  const [first] = trials
    .flatMap(({ mode, threads, [`${what}_ms` as const]: ms }) => (ms === undefined ? [] : [{ mode, threads, ms }]))
    .sort((a, b) => a.ms - b.ms)
  if (first === undefined) throw new Error(`nothing of it can be done: ${trials.map((t) => t.error).join("; ")}`)
  return { mode: first.mode, threads: first.threads }
}
