/**
 * What is made of many measured times, and how numbers are written.
 */

/** The middle one, or the mean of the two in the middle. */
export const median = (values: ReadonlyArray<number>): number => {
  if (values.length === 0) throw new Error("no median of nothing")
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** Median and least of times, in milliseconds. */
export interface Times {
  readonly median_ms: number
  readonly min_ms: number
}

/** So many digits that matter: four. */
export const rounded = (x: number): number => Number(x.toPrecision(4))

export const timesOf = (milliseconds: ReadonlyArray<number>): Times => ({
  median_ms: rounded(median(milliseconds)),
  min_ms: rounded(milliseconds.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY))
})

/** Three digits that matter, never an exponent: 0.0113, 4.30, 52.1, 1234. */
export const digits = (x: number): string => {
  if (!Number.isFinite(x) || x === 0) return String(x)
  const decimals = 2 - Math.floor(Math.log10(Math.abs(Number(x.toPrecision(3)))))
  return x.toFixed(Math.min(9, Math.max(0, decimals)))
}
