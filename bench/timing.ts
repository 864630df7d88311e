/**
 * How functions of this process are timed.
 */
import { countFor, median } from "./statistics.ts"

/** The milliseconds of each of so many calls. */
export const milliseconds = (f: () => void, count: number): ReadonlyArray<number> => {
  const taken: Array<number> = []
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    f()
    taken.push(performance.now() - start)
  }
  return taken
}

/**
 * Runs it for about so many milliseconds, so that it is compiled and its memory is there, and gives the median of the
 * second half.
 */
export const warm = (f: () => void, duration: number): number => {
  const first = Math.min(...milliseconds(f, 3))
  const next = median(milliseconds(f, countFor(duration / 2, first)))
  return median(milliseconds(f, countFor(duration / 2, next)))
}

/** The least milliseconds a call, over bursts long enough for the clock, in about so many milliseconds. */
export const least = (f: () => void, duration = 150): number => {
  const once = Math.max(Math.min(...milliseconds(f, 5)), 1e-5)
  const calls = Math.max(1, Math.ceil(0.2 / once))
  const burst = () => {
    for (let i = 0; i < calls; i++) f()
  }
  return Math.min(...milliseconds(burst, countFor(duration, once * calls))) / calls
}

export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))
