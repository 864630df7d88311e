// Activations and their derivatives from -1e4 to 1e4 against 60-digit values, and at their kinks.
import { readFileSync } from "node:fs"
import { Tensor } from "effect-bayes"
import { type Elementwise, reference } from "effect-bayes/kernels"
import { describe, expect, it } from "vitest"
import { ulps } from "../core/ulps.ts"

const { functions } = JSON.parse(readFileSync(new URL("../golden/math.json", import.meta.url), "utf8")) as {
  readonly functions: Readonly<Record<string, ReadonlyArray<readonly [number, number]>>>
}

const value = (f: Elementwise, x: number): number => Tensor.item(reference.elementwise(f, Tensor.scalar(x, "float64")))

const derivative = (f: Elementwise, x: number): number => {
  const at = Tensor.scalar(x, "float64")
  return Tensor.item(reference.elementwiseVjp(f, at, reference.elementwise(f, at), Tensor.scalar(1, "float64")))
}

interface Bound {
  readonly f: Elementwise
  /** Units in the last place. */
  readonly value: number
  readonly derivative: number
  /** Where the derivative is a difference of two terms, an error that their rounding allows, and up to which |x|. */
  readonly cancels?: { readonly by: number; readonly within: number }
}

// Where the result is below 1e-300 a factor of it may be subnormal: its rounding, 5e-324, times |x| < 1e3.
const SUBNORMAL = 1e-320

const bounds: ReadonlyArray<Bound> = [
  { f: { kind: "sigmoid" }, value: 2, derivative: 4 },
  { f: { kind: "softplus" }, value: 2, derivative: 2 },
  { f: { kind: "silu" }, value: 4, derivative: 6, cancels: { by: 2e-16, within: 2 } }, // 0 at -1.278
  { f: { kind: "gelu" }, value: 12, derivative: 6, cancels: { by: 2e-16, within: 2 } }, // 0 at -0.752
  { f: { kind: "elu", alpha: 1 }, value: 2, derivative: 2 },
  // 1 - y^2, of which y keeps 1e-16 of 1: no more digits are wanted of a unit that no longer learns.
  { f: { kind: "tanh" }, value: 2, derivative: 2, cancels: { by: 5e-16, within: 1e4 } }
]

const beyond = (name: string, f: (x: number) => number, inUlps: number, cancels = { by: 0, within: 0 }) =>
  functions[`activation/${name}`]!.flatMap(([x, expected]) => {
    const actual = f(x)
    const allowed = Math.abs(x) <= cancels.within ? Math.max(SUBNORMAL, cancels.by) : SUBNORMAL
    const fits = ulps(expected, actual) <= inUlps || Math.abs(actual - expected) <= allowed
    return fits ? [] : [{ x, expected, actual, ulps: ulps(expected, actual) }]
  })

for (const { f, cancels, ...within } of bounds) {
  it(`${f.kind} within ${within.value} ulp, its derivative within ${within.derivative}`, () => {
    expect(beyond(f.kind, (x) => value(f, x), within.value)).toEqual([])
    expect(beyond(`${f.kind}/derivative`, (x) => derivative(f, x), within.derivative, cancels)).toEqual([])
  })
}

it("the naive forms fail these bounds", () => {
  const naive: ReadonlyArray<readonly [string, (x: number) => number]> = [
    ["softplus", (x) => Math.log1p(Math.exp(x))], // infinite from 710 on
    ["softplus", (x) => Math.log(1 + Math.exp(x))],
    ["sigmoid", (x) => Math.exp(x) / (1 + Math.exp(x))],
    ["sigmoid/derivative", (x) => (1 - 1 / (1 + Math.exp(-x))) / (1 + Math.exp(-x))], // 0 from 37 on
    ["elu", (x) => (x > 0 ? x : Math.exp(x) - 1)],
    ["gelu", (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))]
  ]
  expect(naive.filter(([name, f]) => beyond(name, f, 1e6).length === 0)).toEqual([])
})

describe("at 0", () => {
  it("the derivative of a function with a kink is that from the left", () => {
    expect(derivative({ kind: "relu" }, 0)).toBe(0)
    expect(derivative({ kind: "leaky-relu", slope: 0.25 }, 0)).toBe(0.25)
    expect(derivative({ kind: "elu", alpha: 3 }, 0)).toBe(3)
  })

  it("elu has no kink for an alpha of 1", () => {
    for (const x of [-1e-9, 0, 1e-9]) expect(derivative({ kind: "elu", alpha: 1 }, x)).toBeCloseTo(1, 8)
  })
})

it("leaky-relu and elu scale what is below 0, and that alone", () => {
  expect([-3, 3].map((x) => value({ kind: "leaky-relu", slope: 0.5 }, x))).toEqual([-1.5, 3])
  expect([-3, 3].map((x) => derivative({ kind: "leaky-relu", slope: 0.5 }, x))).toEqual([0.5, 1])
  for (const at of [value, derivative]) {
    expect(at({ kind: "elu", alpha: 3 }, -2)).toBeCloseTo(3 * at({ kind: "elu", alpha: 1 }, -2), 15)
    expect(at({ kind: "elu", alpha: 3 }, 2)).toBe(at({ kind: "elu", alpha: 1 }, 2))
  }
})

it("NaN goes in and NaN comes out", () => {
  for (const { f } of bounds) expect(value(f, Number.NaN)).toBeNaN()
})
