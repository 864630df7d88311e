/**
 * Peak memory of a process that trains mnist1200, ours and PyTorch's.
 */
import { configurations } from "./configurations.ts"
import type { Team } from "./contenders.ts"

/** A line of `--json`. */
export interface Memory {
  readonly memory: string
  readonly seconds: number
  readonly ours_mb: number
  readonly peer_mb?: number
}

const NAME = "mnist1200"
const SECONDS = 5

const configuration = configurations.find(({ name }) => name === NAME)!

/** The most megabytes of a process that has trained in a mode. */
const peakOf = async ({ start }: Team, mode: string, threads: number): Promise<number> => {
  const side = await start()
  try {
    await side.prepare(configuration, { mode, threads })
    await side.time("step", 1000 * SECONDS)
    return await side.peak()
  } finally {
    side.close()
  }
}

/** Peak memory of each side. */
export const memoryOf = async (threads: number, ours: Team, peer?: Team): Promise<Memory> => {
  const measured = { memory: NAME, seconds: SECONDS, ours_mb: await peakOf(ours, ours.modes[0]!, threads) }
  return peer === undefined ? measured : { ...measured, peer_mb: await peakOf(peer, "fused", threads) }
}
