// The portable elementary functions: against 60-digit values, against the engine's own, and at the edges.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { cosPi, exp, expm1, expm1MinusX, log, log1p, normalCdf, normalPdf, sinPi, tanh } from "../../src/core/math.ts"
import { ulps } from "./ulps.ts"

const math = { cosPi, exp, expm1, expm1MinusX, log, log1p, normalCdf, normalPdf, sinPi, tanh }

const { functions } = JSON.parse(readFileSync(new URL("../golden/math.json", import.meta.url), "utf8")) as {
  readonly functions: Readonly<Record<keyof typeof math, ReadonlyArray<readonly [number, number]>>>
}

const worst = (cases: Iterable<readonly [number, number]>, f: (x: number) => number) => {
  let most = { ulps: 0, x: 0, expected: 0, actual: 0 }
  for (const [x, expected] of cases) {
    const found = ulps(expected, f(x))
    if (found > most.ulps) most = { ulps: found, x, expected, actual: f(x) }
  }
  return most
}

describe("against 60-digit values", () => {
  for (const name of ["exp", "expm1", "log", "log1p", "tanh"] as const) {
    it(`${name} within 2 ulp`, () => {
      expect(worst(functions[name], math[name])).toSatisfy((most: { ulps: number }) => most.ulps <= 2)
    })
  }

  it("expm1MinusX within 4 ulp, and it is not negative", () => {
    expect(worst(functions.expm1MinusX, math.expm1MinusX)).toSatisfy((most: { ulps: number }) => most.ulps <= 4)
    expect(functions.expm1MinusX.every(([x]) => math.expm1MinusX(x) >= 0)).toBe(true)
    expect(math.expm1MinusX(0)).toBe(0)
  })

  // Next to a zero of the function the rounding of pi y is what counts: there the error is 1e-16 of 1, not of the value.
  for (const name of ["sinPi", "cosPi"] as const) {
    it(`${name} within 3e-16`, () => {
      for (const [x, expected] of functions[name]) expect(Math.abs(math[name](x) - expected)).toBeLessThanOrEqual(3e-16)
    })
  }

  it("normalPdf within 4 ulp and normalCdf within 8 ulp, down to 1e-300", () => {
    const normal = (name: "normalPdf" | "normalCdf") => functions[name].filter(([, expected]) => expected > 1e-300)
    expect(worst(normal("normalPdf"), math.normalPdf)).toSatisfy((most: { ulps: number }) => most.ulps <= 4)
    expect(worst(normal("normalCdf"), math.normalCdf)).toSatisfy((most: { ulps: number }) => most.ulps <= 8)
  })
})

describe("against the engine's own, in dense sweeps", () => {
  const sweep = function* (f: (x: number) => number, low: number, high: number, n = 200_000) {
    for (let i = 0; i <= n; i++) {
      const x = low + ((high - low) * i) / n
      yield [x, f(x)] as const
    }
  }
  const within3 = (most: { ulps: number }) => most.ulps <= 3

  it("exp within 3 ulp, subnormal results too", () => {
    expect(worst(sweep(Math.exp, -745.2, 709.9), math.exp)).toSatisfy(within3)
    expect(worst(sweep(Math.exp, -1, 1), math.exp)).toSatisfy(within3)
  })
  it("expm1 within 3 ulp", () => {
    expect(worst(sweep(Math.expm1, -60, 709.9), math.expm1)).toSatisfy(within3)
    expect(worst(sweep(Math.expm1, -1e-3, 1e-3), math.expm1)).toSatisfy(within3)
  })
  it("log within 3 ulp", () => {
    expect(worst(sweep(Math.log, 1e-6, 10), math.log)).toSatisfy(within3)
    expect(worst(sweep(Math.log, 0.999, 1.001), math.log)).toSatisfy(within3)
    expect(worst(sweep(Math.log, 5e-324, 3e-308), math.log)).toSatisfy(within3)
    expect(worst(sweep(Math.log, 1, 1.79e308), math.log)).toSatisfy(within3)
  })
  it("log1p within 3 ulp", () => {
    expect(worst(sweep(Math.log1p, -0.999999, 5), math.log1p)).toSatisfy(within3)
    expect(worst(sweep(Math.log1p, -1e-6, 1e-6), math.log1p)).toSatisfy(within3)
  })
  it("tanh within 3 ulp", () => {
    expect(worst(sweep(Math.tanh, -25, 25), math.tanh)).toSatisfy(within3)
    expect(worst(sweep(Math.tanh, -1e-3, 1e-3), math.tanh)).toSatisfy(within3)
  })
})

describe("at the edges", () => {
  const edges = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
    -0,
    5e-324,
    -5e-324,
    1e-310,
    1e308,
    -1e308
  ]
  for (const name of ["exp", "expm1", "log", "log1p", "tanh"] as const) {
    it(`${name} at NaN, infinities, zeros, subnormals and the largest numbers`, () => {
      for (const x of edges) {
        expect(ulps(Math[name](x), math[name](x)), `${name}(${x}) = ${math[name](x)}`).toBeLessThanOrEqual(1)
      }
    })
  }

  it("log and log1p outside their domain", () => {
    expect([math.log(-1), math.log1p(-2)]).toEqual([Number.NaN, Number.NaN])
    expect([math.log(0), math.log(-0), math.log1p(-1)]).toEqual(Array(3).fill(Number.NEGATIVE_INFINITY))
  })

  it("sinPi and cosPi exactly at multiples of a quarter turn", () => {
    for (let k = -8; k <= 8; k++) {
      expect(Math.abs(math.sinPi(k))).toBe(0)
      expect(math.cosPi(k)).toBe(k % 2 === 0 ? 1 : -1)
      expect(Math.abs(math.cosPi(k + 0.5))).toBe(0)
      expect(Math.abs(math.sinPi(k + 0.5))).toBe(1)
    }
  })

  it("normalCdf and normalPdf at their ends", () => {
    expect([normalCdf(0), normalCdf(-39), normalCdf(39)]).toEqual([0.5, 0, 1])
    expect([normalCdf(Number.NEGATIVE_INFINITY), normalCdf(Number.POSITIVE_INFINITY)]).toEqual([0, 1])
    expect([Number.NEGATIVE_INFINITY, -40, 40, Number.POSITIVE_INFINITY].map(normalPdf)).toEqual([0, 0, 0, 0])
    expect(normalCdf(Number.NaN)).toBeNaN()
    expect(normalPdf(Number.NaN)).toBeNaN()
  })

  it("normalCdf does not decrease", () => {
    let last = 0
    for (let x = -38.6; x < 9; x += 0.001) {
      const p = math.normalCdf(x)
      expect(p >= last || last - p < 1e-15 * last, `at ${x}`).toBe(true)
      last = p
    }
  })
})
