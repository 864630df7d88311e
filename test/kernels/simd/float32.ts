/** How far float32 results are from the truth, and the arguments to look at. */

const bits = new DataView(new ArrayBuffer(8))

/** 2^e for e from -1022. */
const power2 = (e: number): number => {
  bits.setBigUint64(0, BigInt(e + 1023) << 52n)
  return bits.getFloat64(0)
}

/** The first number that is too large for float32. */
const BEYOND = power2(128)
const bounded = (x: number): number => Math.max(-BEYOND, Math.min(BEYOND, x))

/** The distance of neighbours among the float32 where x is. */
const spacing = (x: number): number => {
  bits.setFloat64(0, x)
  const exponent = ((bits.getInt32(0) >> 20) & 0x7ff) - 1023
  return power2(Math.max(-126, Math.min(127, exponent)) - 23)
}

/**
 * The error of a float32 in units of its last place; a correctly rounded one has at most 1/2. Infinity counts as the
 * number after the largest, NaN is right where NaN is expected; zeros are equal.
 */
export const ulpError = (expected: number, actual: number): number => {
  if (Number.isNaN(expected) || Number.isNaN(actual)) return Object.is(expected, actual) ? 0 : Number.POSITIVE_INFINITY
  return Math.abs(bounded(expected) - bounded(actual)) / spacing(expected)
}

/** The worst of many results, in a form that a test can print. */
export interface Worst {
  readonly ulps: number
  readonly at: number
  readonly inputs: ReadonlyArray<number>
  readonly expected: number
  readonly actual: number
}

/** Results beside the truth and what they were made from. */
export interface Results {
  readonly expected: ArrayLike<number>
  readonly actual: ArrayLike<number>
  readonly inputs: ReadonlyArray<ArrayLike<number>>
  /** How much an element may err beside its ulps: where terms cancel, what their own roundings leave. */
  readonly slack?: (inputs: ReadonlyArray<number>) => number
}

/** The largest error in units of the last place. */
export const worst = ({ expected, actual, inputs, slack = () => 0 }: Results): Worst => {
  let found: Worst = { ulps: -1, at: -1, inputs: [], expected: Number.NaN, actual: Number.NaN }
  for (let i = 0; i < actual.length; i++) {
    const [e, a] = [expected[i]!, actual[i]!]
    const error = ulpError(e, a)
    if (error <= found.ulps) continue
    const xs = inputs.map((input) => input[i]!)
    const ulps = Number.isFinite(error) ? Math.max(0, error - slack(xs) / spacing(e)) : error
    if (ulps > found.ulps) found = { ulps, at: i, inputs: xs, expected: e, actual: a }
  }
  return found
}

/** Zeros, infinities, NaN, the ends of the normal and subnormal range, and neighbours of numbers where functions turn. */
export const special: Float32Array = (() => {
  const turns = [
    0.5,
    1,
    2,
    0.25,
    Math.SQRT1_2,
    Math.SQRT2,
    Math.LN2,
    Math.LN2 / 2,
    21.5,
    43.5,
    87,
    88.72284,
    87.33655,
    103.97208,
    17.32868
  ]
  const ends = [0, 1e-45, 1.1754942e-38, 1.17549435e-38, 3.4028235e38, Number.POSITIVE_INFINITY]
  const near = turns.flatMap((x) => {
    const word = new Uint32Array(Float32Array.of(x).buffer)[0]!
    return [...new Float32Array(Uint32Array.from([-2, -1, 0, 1, 2], (step) => word + step).buffer)]
  })
  const positive = [...ends, ...near]
  return Float32Array.from([...positive, ...positive.map((x) => -x), Number.NaN])
})()

/** Numbers of every exponent and both signs, so many of each with fractions all over their range, and the special ones. */
export const sweepOf = (perExponent: number): Float32Array => {
  const words = new Uint32Array(2 * 255 * perExponent)
  const step = 2 ** 23 / perExponent
  let random = 1
  for (let i = 0; i < words.length; i++) {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0
    const exponentAndSign = Math.floor(i / perExponent)
    const fraction = (i % perExponent) * step + ((random >>> 8) % step)
    words[i] = ((exponentAndSign & 1) << 31) | ((exponentAndSign >> 1) << 23) | fraction
  }
  return Float32Array.from([...special, ...new Float32Array(words.buffer)])
}
