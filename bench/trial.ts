/**
 * Which of PyTorch's modes and thread counts is best for a configuration: each is tried shortly.
 */
import type { Configuration } from "./configurations.ts"
import { type Peer, PeerError, type Timed, type Variant } from "./peer.ts"
import { countFor, median, rounded } from "./statistics.ts"

/** What came of a trial: the medians in milliseconds, or why there are none. */
export interface Trial extends Variant {
  readonly step_ms?: number
  readonly predict_ms?: number
  readonly error?: string
}

/** Milliseconds of running before a trial's times count, and of the times that do. */
const WARM = 300
const TIMED = 500

const tried = async (peer: Peer, what: Timed): Promise<number> => {
  const first = median(await peer.time(what, 3))
  const warm = median(await peer.time(what, countFor(WARM, first)))
  return rounded(median(await peer.time(what, countFor(TIMED, warm))))
}

/** Tries every mode on each number of threads, each number in a process of its own. */
export const trials = async (
  start: () => Promise<Peer>,
  configuration: Configuration,
  weights: number,
  threadCounts: ReadonlyArray<number>
): Promise<ReadonlyArray<Trial>> => {
  const made: Array<Trial> = []
  for (const threads of threadCounts) {
    const peer = await start()
    for (const mode of peer.modes) made.push(await trial(peer, configuration, weights, { mode, threads }))
    peer.close()
  }
  return made
}

const trial = async (peer: Peer, configuration: Configuration, weights: number, variant: Variant): Promise<Trial> => {
  try {
    const parameters = await peer.prepare(configuration, variant)
    if (parameters !== 2 * weights) {
      throw new Error(`${configuration.name}: PyTorch trains ${parameters} parameters where we train ${2 * weights}`)
    }
    return { ...variant, step_ms: await tried(peer, "step"), predict_ms: await tried(peer, "predict") }
  } catch (error) {
    if (error instanceof PeerError) return { ...variant, error: error.message }
    throw error
  }
}

/** The variant whose trial was fastest. Throws if there is none. */
export const best = (trials: ReadonlyArray<Trial>, what: Timed): Variant => {
  const [first] = trials
    .flatMap(({ mode, threads, [`${what}_ms` as const]: ms }) => (ms === undefined ? [] : [{ mode, threads, ms }]))
    .sort((a, b) => a.ms - b.ms)
  if (first === undefined) throw new Error(`PyTorch can do none of it: ${trials.map((t) => t.error).join("; ")}`)
  return { mode: first.mode, threads: first.threads }
}
