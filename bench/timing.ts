/**
 * How functions of this process are timed.
 */

/** The fewest calls that are timed, however long they take. */
const LEAST = 3

/** The milliseconds of each call, of as many as fill so many milliseconds. */
export const calls = (f: () => void, duration: number): ReadonlyArray<number> => {
  const taken: Array<number> = []
  let now = performance.now()
  const end = now + duration
  while (now < end || taken.length < LEAST) {
    f()
    const after = performance.now()
    taken.push(after - now)
    now = after
  }
  return taken
}

/** The least milliseconds a call, over bursts long enough for the clock, in about so many milliseconds. */
export const least = (f: () => void, duration = 150): number => {
  const once = Math.max(Math.min(...calls(f, 0)), 1e-5)
  const length = Math.max(1, Math.ceil(0.2 / once))
  const burst = () => {
    for (let i = 0; i < length; i++) f()
  }
  return Math.min(...calls(burst, duration)) / length
}
