// The measure of errors: one changed last bit is one unit, and what has no distance is told apart.
import { describe, expect, it } from "vitest"
import { sweepOf, ulpError, worst } from "./float32.ts"

const sweep = sweepOf(4096)

const nextUp = (x: number): number => {
  const word = new Uint32Array(Float32Array.of(x).buffer)[0]!
  return new Float32Array(Uint32Array.of(word + 1).buffer)[0]!
}

describe("ulpError", () => {
  it.each([1e-45, 1e-40, 1.17549435e-38, 0.1, 1, 1.9999999, 2, 3e38, 3.4028235e38, -0.1, -1])(
    "sees a changed last bit of %d",
    (x) => {
      const exact = Math.fround(x)
      expect(ulpError(exact, exact)).toBe(0)
      expect(ulpError(exact, nextUp(exact))).toBe(1)
    }
  )

  it("is at most 1/2 where the truth is rounded", () => {
    for (const x of [Math.PI, 1e-42 / 3, 1 / 3, 1e38 / 3]) {
      expect(ulpError(x, Math.fround(x))).toBeGreaterThan(0)
      expect(ulpError(x, Math.fround(x))).toBeLessThanOrEqual(0.5)
    }
  })

  it("tells infinities and NaN apart", () => {
    expect(ulpError(0, Math.fround(1e-45))).toBe(1)
    expect(ulpError(1, Number.NaN)).toBe(Number.POSITIVE_INFINITY)
    expect(ulpError(Number.NaN, 1)).toBe(Number.POSITIVE_INFINITY)
    expect(ulpError(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(2 ** 25)
    expect(ulpError(1e300, Number.POSITIVE_INFINITY)).toBe(0)
    expect(ulpError(Number.POSITIVE_INFINITY, Math.fround(3.4028235e38))).toBe(1)
  })

  it("finds the one wrong result among many", () => {
    const actual = sweep.map((x) => x / 2)
    actual[777_777] = nextUp(actual[777_777]!)
    const found = worst({ expected: Float64Array.from(sweep, (x) => x / 2), actual, inputs: [sweep] })
    expect(found).toMatchObject({ at: 777_777, inputs: [sweep[777_777]] })
  })
})

describe("sweep", () => {
  it("has numbers of every exponent and both signs", () => {
    const words = new Uint32Array(sweep.buffer)
    expect(new Set(words.map((word) => word >>> 23)).size).toBe(512)
  })
})
