/**
 * Peak memory of a process that trains mnist1200, ours and PyTorch's.
 */
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { promisify } from "node:util"
import { configurations } from "./configurations.ts"
import { withOurs } from "./ours.ts"
import type { Peer } from "./peer.ts"
import { milliseconds } from "./timing.ts"

/** A line of `--json`. */
export interface Memory {
  readonly memory: string
  readonly steps: number
  readonly ours_mb: number
  readonly peer_mb?: number
}

const NAME = "mnist1200"
const STEPS = 100

/** The most memory that this process had, in MB; Linux counts that of the process which started it in with maxRSS. */
const peak = (): number => {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]
    if (kilobytes !== undefined) return Math.round(Number(kilobytes) / 1024)
  } catch {
    // not Linux
  }
  return Math.round(process.resourceUsage().maxRSS / 1024)
}

const configuration = configurations.find(({ name }) => name === NAME)!

/** Trains and prints the peak: what the child process does. */
export const trainAndTell = async (threads: number): Promise<void> => {
  await withOurs(configuration, threads, ({ step }) => milliseconds(step, STEPS))
  console.log(peak())
}

/** Peak memory, each side in a process of its own. */
export const memoryOf = async (threads: number, start?: () => Promise<Peer>): Promise<Memory> => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...process.execArgv,
    "bench/peak.ts",
    String(threads)
  ])
  const ours = { memory: NAME, steps: STEPS, ours_mb: Number(stdout) }
  if (start === undefined) return ours
  const peer = await start()
  await peer.prepare(configuration, { mode: "fused", threads })
  await peer.time("step", STEPS)
  const peer_mb = await peer.peak()
  peer.close()
  return { ...ours, peer_mb }
}
