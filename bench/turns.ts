/**
 * Taking turns, so that whatever the machine does happens to all: in each round everyone runs for a while, in the next
 * in the opposite order. Before each turn there is a silence in which the threads of whoever ran before go to sleep;
 * what is still busy at its end is somebody else's load, and is told with the times.
 */
import { cpus } from "node:os"
import { setTimeout as pause } from "node:timers/promises"
import { rounded } from "./statistics.ts"

/** Runs something for so many milliseconds, and gives those of each time. */
export type Run = (duration: number) => Promise<ReadonlyArray<number>>

/** Milliseconds of a silence: for threads to go to sleep (PyTorch's spin for a few), then for listening. */
const SETTLE = 25
const LISTEN = 15

/** What came of turns: the times of each who took them, and what share of the cores was busy in the silences. */
export interface Turns {
  readonly times: ReadonlyArray<ReadonlyArray<number>>
  readonly busy: number
}

/** Milliseconds that all cores together were idle, and that they were there. */
const cores = (): readonly [idle: number, all: number] => {
  const sums = cpus().map(({ times }) => [times.idle, Object.values(times).reduce((a, b) => a + b, 0)] as const)
  return [sums.reduce((sum, [idle]) => sum + idle, 0), sums.reduce((sum, [, all]) => sum + all, 0)]
}

/** So many rounds of turns of so many milliseconds, after a warm-up in which all is compiled and has its memory. */
export const takeTurns = async (
  runs: ReadonlyArray<Run>,
  { warm, rounds, turn }: { readonly warm: number; readonly rounds: number; readonly turn: number }
): Promise<Turns> => {
  const times = runs.map((): Array<number> => [])
  for (const run of runs) await run(warm)
  let [idle, all] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    const order = [...runs.entries()]
    for (const [i, run] of round % 2 === 0 ? order : order.reverse()) {
      await pause(SETTLE)
      const before = cores()
      await pause(LISTEN)
      const after = cores()
      idle += after[0] - before[0]
      all += after[1] - before[1]
      times[i]!.push(...(await run(turn)))
    }
  }
  return { times, busy: rounded(Math.max(0, 1 - idle / Math.max(all, 1))) }
}
