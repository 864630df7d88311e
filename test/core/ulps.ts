// Distances between floats in units of the last place.

const bits = new DataView(new ArrayBuffer(8))

/** Floats counted in order, so that neighbours differ by 1. */
const ordinal = (x: number): bigint => {
  bits.setFloat64(0, x)
  const n = bits.getBigInt64(0)
  return n < 0n ? -(n & 0x7fffffffffffffffn) : n
}

/** How many floats `actual` is away from `expected`. */
export const ulps = (expected: number, actual: number): number => {
  if (Object.is(expected, actual)) return 0
  if (!Number.isFinite(expected) || !Number.isFinite(actual)) return Number.POSITIVE_INFINITY
  const distance = ordinal(expected) - ordinal(actual)
  return Number(distance < 0n ? -distance : distance)
}
