/**
 * How functions of this process are timed.
 */
import { countFor } from "./statistics.ts"

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

/** The least milliseconds a call, over bursts long enough for the clock, in about so many milliseconds. */
export const least = (f: () => void, duration = 150): number => {
  const once = Math.max(Math.min(...milliseconds(f, 5)), 1e-5)
  const calls = Math.max(1, Math.ceil(0.2 / once))
  const burst = () => {
    for (let i = 0; i < calls; i++) f()
  }
  return Math.min(...milliseconds(burst, countFor(duration, once * calls))) / calls
}
