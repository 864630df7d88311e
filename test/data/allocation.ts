// How much memory something takes: what heap and array buffers grow by while it runs. A collection in between can only
// make the figure smaller, so a bound that it breaks is broken.
const held = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** The bytes that a function takes. */
export const allocated = (f: () => void): number => {
  const before = held()
  f()
  return held() - before
}

/** The bytes that a promise takes, and what it gives. */
export const allocatedBy = async <A>(f: () => Promise<A>): Promise<{ readonly taken: number; readonly value: A }> => {
  const before = held()
  const value = await f()
  return { taken: held() - before, value }
}
