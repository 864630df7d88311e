// Random tensors of the SIMD engine: the reference's words, and the reference's map from words to numbers in float32.
import { Key, Tensor } from "effect-bayes"
import { reference } from "effect-bayes/kernels"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ulpError } from "./float32.ts"
import * as harness from "./harness.ts"

const SIZES = [0, 1, 15, 16, 17, 511, 512, 513, 3000]
const KEYS = [
  { k0: 0, k1: 0 },
  { k0: 0xffffffff, k1: 0xffffffff },
  { k0: 0x13198a2e, k1: 0x03707344 }
]
const WORD = 0x100000000

/** An operation without inputs. */
const draw = (name: "opNormal" | "opSigns" | "opDropoutNoise", n: number, { k0, k1 }: Key.Key, rate?: number) => {
  const rateWords = rate === undefined ? [0, 0] : new Uint32Array(Float64Array.of(rate).buffer)
  return harness.operate(name, { a: new Float32Array(n), scalars: Uint32Array.of(k0, k1, ...rateWords) })
}

const uniform = (n: number, { k0, k1 }: Key.Key, low: number, high: number): Float32Array => {
  harness.reset()
  const out = harness.allocate(4 * n)
  harness.exports.uniform(out, n, k0, k1, low, high)
  return harness.readFloats(out, n)
}

const float32 = (t: Tensor.Tensor) => Float32Array.from(Tensor.toFloat64Array(t))

describe("words", () => {
  // Random123's answer for a key and a counter of zeros, and in every lane the words of Key.threefry, which has all of
  // its answers as tests. With low = -(the 53 bits expected) the result is exactly their difference from what came out.
  it("are Threefry's in all lanes of all four states", () => {
    const known = (0x6b200159 >>> 5) * 2 ** 26 + (0x99ba4efe >>> 6)
    expect(uniform(1, KEYS[0]!, -known, 2 ** 53 - known)).toEqual(Float32Array.of(0))
    for (const key of KEYS) {
      for (let i = 0; i < 48; i++) {
        const expected = Key.uniformAt(key, i) * 2 ** 53
        expect(uniform(48, key, -expected, 2 ** 53 - expected)[i]).toBe(0)
      }
    }
  })
})

describe.each(SIZES)("%i elements have the reference's bits", (n) => {
  it.each(KEYS)("under %o", (key) => {
    const spec = { shape: [n], dtype: "float32" } as const
    expect(draw("opSigns", n, key)).toEqual(float32(reference.signs(key, spec)))
    for (const rate of [0, 0.1, 0.5, 0.9]) {
      expect(draw("opDropoutNoise", n, key, rate)).toEqual(float32(reference.dropoutNoise(key, spec, rate)))
    }
    expect(uniform(n, key, -0.1, 0.3)).toEqual(float32(reference.uniform(key, spec, -0.1, 0.3)))
  })
})

// float32 arithmetic of the logarithm (2 units of the last place, halved by the root), of the sine (2) and of the two
// roundings around them: measured 3.8 at most.
const NORMAL_ULPS = 5

describe("normals", () => {
  it(`are the reference's map within ${NORMAL_ULPS} ulp, over a million counters`, () => {
    const [key, n] = [Key.make(20), 2_000_000]
    const actual = draw("opNormal", n, key)
    const expected = Tensor.toFloat64Array(reference.standardNormal(key, { shape: [n], dtype: "float64" }))
    let worst = 0
    for (let i = 0; i < n; i++) worst = Math.max(worst, ulpError(expected[i]!, actual[i]!))
    expect(worst).toBeLessThanOrEqual(NORMAL_ULPS)
  })

  it("and at the extremes of both words", () => {
    const edges = [0, 1, 2, 3, 0xff, 0xffff, 0x1000000, 0x3fffffff, 0x40000000, 0x5a82799a, 0x7fffff7f, 0x7fffffff]
    const near = Array.from({ length: 32 }, (_, i) => 2 ** i)
    const all = [...edges, ...near, ...edges.map((a) => WORD - 1 - a), ...near.map((a) => WORD - a)]
    for (const b of all) {
      const groups = Array.from({ length: Math.ceil(all.length / 4) }, (_, g) =>
        [0, 1, 2, 3].map((i) => all[4 * g + i] ?? 0)
      )
      const words = groups.flatMap((g) => [...g, b, b, b, b])
      harness.reset()
      const pointer = harness.words(words)
      harness.exports.normals(pointer, Math.ceil(words.length / 16) * 16)
      const actual = harness.readFloats(pointer, 2 * all.length)
      for (const [j, a] of all.entries()) {
        const u = Math.fround(Math.fround(a) + 0.5) / WORD
        const radius = Math.sqrt(-2 * Math.log(u))
        const y = Math.fround(b | 0) / WORD
        const cos = Math.sin(Math.PI * (0.5 - Math.abs(y)))
        expect(ulpError(radius * (b & 1 ? -cos : cos), actual[2 * j]!)).toBeLessThanOrEqual(NORMAL_ULPS)
        expect(ulpError(radius * Math.sin(Math.PI * y), actual[2 * j + 1]!)).toBeLessThanOrEqual(NORMAL_ULPS)
      }
    }
  })

  it("element i depends on the key and i alone", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(2000), fc.nat(2000), (seed, n, more) => {
        const key = Key.make(seed)
        expect(draw("opNormal", n, key)).toEqual(draw("opNormal", n + more, key).subarray(0, n))
      })
    )
  })

  // 26 statistics, each of which a right generator puts beyond 5 standard errors once in 1.7 million keys: wrongly refused
  // with probability 2e-5. One that is 10 standard errors off (a variance of 1.0035, a tail beyond 4 of 1.4 times the right
  // one) passes with probability 3e-7.
  it("have the moments, the tails and the independence of normals over 2^24 draws", () => {
    const n = 2 ** 24
    const xs = draw("opNormal", n, Key.make(3))
    const powers = new Float64Array(6)
    const edges = [1, 2, 3, 4, 4.5]
    const upper = new Float64Array(edges.length)
    const lower = new Float64Array(edges.length)
    const lags = new Float64Array(5)
    const squareLags = new Float64Array(5)
    for (let i = 0; i < n; i++) {
      const x = xs[i]!
      for (let k = 0, power = x; k < 6; k++, power *= x) powers[k]! += power
      for (let k = 0; k < edges.length && Math.abs(x) > edges[k]!; k++) (x > 0 ? upper : lower)[k]!++
      for (let lag = 1; lag <= 5 && lag <= i; lag++) {
        lags[lag - 1]! += x * xs[i - lag]!
        squareLags[lag - 1]! += (x * x - 1) * (xs[i - lag]! ** 2 - 1)
      }
    }
    const z = (sum: number, mean: number, variance: number) => Math.abs(sum - n * mean) / Math.sqrt(n * variance)
    const moments = [0, 1, 0, 3, 0, 15]
    const secondMoments = [1, 3, 15, 105, 945, 10395]
    for (const [k, mean] of moments.entries())
      expect(z(powers[k]!, mean, secondMoments[k]! - mean * mean)).toBeLessThan(5)
    for (const [k, edge] of edges.entries()) {
      const p = TAILS[edge]!
      expect(z(upper[k]!, p, p)).toBeLessThan(5)
      expect(z(lower[k]!, p, p)).toBeLessThan(5)
    }
    for (const sum of lags) expect(z(sum, 0, 1)).toBeLessThan(5)
    for (const sum of squareLags) expect(z(sum, 0, 4)).toBeLessThan(5)
  })
})

/** P(x > edge). */
const TAILS: Record<number, number> = {
  1: 0.15865525393145707,
  2: 0.022750131948179195,
  3: 0.0013498980316300933,
  4: 3.167124183311998e-5,
  4.5: 3.3976731247300535e-6
}
