/** Distances of float32 results from exact values, in units of the last place. */

/** How many units of float32's last place at `expected`, a float64, `actual` is away from it. */
export const floatUlps = (actual: number, expected: number): number => {
  if (Object.is(actual, expected) || actual === expected) return 0
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) return Number.POSITIVE_INFINITY
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(expected))))
  return Math.abs(actual - expected) / 2 ** (exponent - 23)
}
