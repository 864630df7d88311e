// The Poisson distribution function: against 60-digit values, and at the edges.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { poissonCdf, poissonLogPmf } from "../../src/core/poisson.ts"

const { functions } = JSON.parse(readFileSync(new URL("../golden/math.json", import.meta.url), "utf8")) as {
  readonly functions: Readonly<Record<string, ReadonlyArray<readonly [number, number]>>>
}

describe("against 60-digit values, the lower tail too", () => {
  // The probability of k is exp of the difference of k log rate, rate and log k!, each at most 2e4 here: their roundings,
  // 1e-16 of 2e4, are those of the result.
  for (const logRate of [-30, -1.5, 0, 0.7, 3, 6.9]) {
    it(`log rate ${logRate}, within 1e-11 of its value`, () => {
      const known = functions[`poissonCdf/${Number.isInteger(logRate) ? logRate.toFixed(1) : logRate}`]!
      const wrong = known.filter(
        ([k, expected]) => !(Math.abs(poissonCdf(k, logRate) - expected) <= 1e-11 * expected + 1e-300)
      )
      expect(wrong.map(([k, expected]) => [k, expected, poissonCdf(k, logRate)])).toEqual([])
    })
  }
})

describe("at large rates, against 60-digit values", () => {
  // exp(logRate) is rounded to 1e-16 of the rate, which is 1e-16 sqrt(rate) standard deviations: 4e-11 at most here.
  for (const logRate of [18.5, 20, 25]) {
    it(`log rate ${logRate}, within 1e-10`, () => {
      const known = functions[`poissonCdf/${Number.isInteger(logRate) ? logRate.toFixed(1) : logRate}`]!
      expect(known.length).toBe(13)
      for (const [k, expected] of known) expect(Math.abs(poissonCdf(k, logRate) - expected)).toBeLessThan(1e-10)
    })
  }

  it("ends at any rate and count, and meets the sums where the two take over from each other", () => {
    for (const logRate of [40, 300, 709]) {
      const rate = Math.exp(logRate)
      expect(poissonCdf(rate / 2, logRate)).toBe(0)
      expect(poissonCdf(rate * 1.5, logRate)).toBe(1)
      expect(poissonCdf(rate, logRate)).toBeCloseTo(0.5, 5)
    }
    const below = Math.log(1e8) - 1e-12 // by sums, whose relative error is that of exp there, about 1e-7
    for (const k of [1e8 - 2e4, 1e8, 1e8 + 2e4]) {
      expect(Math.abs(poissonCdf(k, below) - poissonCdf(k, below + 2e-12))).toBeLessThan(3e-7)
    }
  })
})

it("is constant between counts, and 0 and 1 at its ends", () => {
  expect(poissonCdf(2.9, 0.5)).toBe(poissonCdf(2, 0.5))
  expect([-1e-9, -1, Number.NEGATIVE_INFINITY].map((y) => poissonCdf(y, 1))).toEqual([0, 0, 0])
  expect([1e6, Number.POSITIVE_INFINITY].map((y) => poissonCdf(y, 1))).toEqual([1, 1])
  expect([poissonCdf(Number.NaN, 1), poissonCdf(1, Number.NaN)]).toEqual([Number.NaN, Number.NaN])
  expect(poissonCdf(0, Number.NEGATIVE_INFINITY)).toBe(1)
})

it("the probabilities of 0 and 1 at rate 1 are exact, and nothing happens at no rate", () => {
  expect([poissonLogPmf(0, 0), poissonLogPmf(1, 0)]).toEqual([-1, -1])
  expect(poissonLogPmf(0, Number.NEGATIVE_INFINITY)).toBe(0)
})
