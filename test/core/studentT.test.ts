// Student's distribution function: against 60-digit values, in closed form, and at the edges.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { studentTCdf } from "../../src/core/studentT.ts"

const { functions } = JSON.parse(readFileSync(new URL("../golden/math.json", import.meta.url), "utf8")) as {
  readonly functions: Readonly<Record<string, ReadonlyArray<readonly [number, number]>>>
}

describe("against 60-digit values, the lower tail too", () => {
  // x^(df / 2) is exp of a product: its rounding grows with the exponent, which is at most 745 where there is a value,
  // so 745 * 2^-53 = 1e-13 for each of the few products in it. At a million degrees of freedom the fraction has
  // thousands of factors that all but cancel.
  for (const [df, bound] of [
    [2.001, 1e-12],
    [3, 1e-12],
    [4, 1e-12],
    [7.5, 1e-12],
    [30, 1e-12],
    [1000, 1e-12],
    [1e6, 1e-9]
  ] as const) {
    it(`df ${df}, within ${bound} of its value`, () => {
      const name = `studentTCdf/${Number.isInteger(df) ? df.toFixed(1) : df}`
      const wrong = functions[name]!.filter(
        ([z, expected]) => !(Math.abs(studentTCdf(z, df) - expected) <= bound * expected + 1e-300)
      )
      expect(wrong.map(([z, expected]) => [z, expected, studentTCdf(z, df)])).toEqual([])
    })
  }
})

it("is in closed form for 1 and for 2 degrees of freedom", () => {
  for (let z = -20; z <= 20; z += 0.37) {
    expect(studentTCdf(z, 1)).toBeCloseTo(0.5 + Math.atan(z) / Math.PI, 14)
    expect(studentTCdf(z, 2)).toBeCloseTo(0.5 + z / (2 * Math.sqrt(2 + z * z)), 14)
  }
})

it("at its ends and in the middle", () => {
  for (const df of [2.5, 4, 1e6]) {
    expect(
      [Number.NEGATIVE_INFINITY, -1e200, 0, 1e200, Number.POSITIVE_INFINITY].map((z) => studentTCdf(z, df))
    ).toEqual([0, 0, 0.5, 1, 1])
    expect(studentTCdf(Number.NaN, df)).toBeNaN()
  }
})
