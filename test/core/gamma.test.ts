// ln Gamma and its half step: against 60-digit values, at known points and at the edges.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { lgamma, lgammaHalfStep } from "../../src/core/gamma.ts"

const { functions } = JSON.parse(readFileSync(new URL("../golden/math.json", import.meta.url), "utf8")) as {
  readonly functions: Readonly<Record<"lgamma" | "lgammaHalfStep", ReadonlyArray<readonly [number, number]>>>
}

const worst = (
  cases: ReadonlyArray<readonly [number, number]>,
  f: (x: number) => number,
  bound: (x: number, expected: number) => number
) => cases.filter(([x, expected]) => !(Math.abs(f(x) - expected) <= bound(x, expected)))

describe("against 60-digit values", () => {
  // Up to 10, Stirling's value (near 13) and the logarithm of the product cancel: 1e-14 is 6 of their ulps. Where the
  // result is larger still (near 0), its own rounding counts.
  it("lgamma within 1e-14 up to 10, within 1e-15 of its size above", () => {
    const bound = (x: number, expected: number) =>
      x <= 10 ? Math.max(1e-14, 1e-15 * Math.abs(expected)) : 1e-15 * expected
    expect(worst(functions.lgamma, lgamma, bound)).toEqual([])
  })

  it("lgammaHalfStep within 1e-13 of its size or of 1, where the difference of two lgammas loses all digits", () => {
    const bound = (_: number, expected: number) => 1e-13 * Math.max(1, Math.abs(expected))
    expect(worst(functions.lgammaHalfStep, lgammaHalfStep, bound)).toEqual([])
    expect(worst(functions.lgammaHalfStep, (x) => lgamma(x + 0.5) - lgamma(x), bound).length).toBeGreaterThan(0)
  })
})

it("is the logarithm of a factorial, and of the root of pi", () => {
  let factorial = 1
  for (let n = 1; n <= 20; n++) {
    factorial *= n
    expect(lgamma(n + 1)).toBeCloseTo(Math.log(factorial), 13)
  }
  expect(lgamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 14)
})

it("is infinite at 0 and at the end of float64, and NaN below 0", () => {
  expect([lgamma(0), lgamma(1.7e308), lgamma(Number.POSITIVE_INFINITY)]).toEqual(
    Array(3).fill(Number.POSITIVE_INFINITY)
  )
  expect([lgamma(-1), lgamma(Number.NaN)]).toEqual([Number.NaN, Number.NaN])
})
