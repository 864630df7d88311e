// How much memory a synchronous function takes: what heap and array buffers grow by while it runs. A collection in
// between can only make the figure smaller, so a bound that it breaks is broken.
export const allocated = (f: () => void): number => {
  const before = process.memoryUsage()
  f()
  const after = process.memoryUsage()
  return after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers
}
