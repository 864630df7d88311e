// Log densities through the engine's interface: its bindings, what it leaves to the reference engine, its refusals.
import { Key, ShapeError, Tensor } from "effect-bayes"
import { kernels, reference } from "effect-bayes/kernels"
import { describe, expect, it } from "vitest"
import type { Density } from "../../../src/kernels/Kernels.ts"
import { simd } from "../../../src/kernels/simd/index.ts"

const x = reference.standardNormal(Key.make(1), { shape: [5, 7], dtype: "float32" })
const q = { mean: x, logStd: reference.scale(0.5, x) }
const laplace = { kind: "laplace", mean: 0.25, scale: 0.5 } as const

/** Sums of 35 elements, each good to 32 ulp. */
const close = (actual: number, expected: number) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(32 * 2 ** -23 * (35 + Math.abs(expected)))
const allClose = (actual: Tensor.Tensor, expected: Tensor.Tensor) => {
  expect(actual.shape).toEqual(expected.shape)
  const es = Tensor.toFloat64Array(expected)
  const scale = es.reduce((most, e) => Math.max(most, Math.abs(e)), 0)
  for (const [i, a] of Tensor.toFloat64Array(actual).entries()) {
    expect(Math.abs(a - es[i]!)).toBeLessThanOrEqual(32 * 2 ** -23 * scale)
  }
}

describe.each<Density>([
  { kind: "scale-mixture", weight: 0.25, std1: 1, std2: 0.01 },
  laplace,
  { kind: "student-t", df: 3, mean: -0.5, scale: 2 },
  // Beyond what float32 can hold.
  { kind: "scale-mixture", weight: 0.5, std1: 1, std2: 1e-30 },
  { kind: "laplace", mean: 0, scale: 1e-20 },
  { kind: "student-t", df: 1e20, mean: 0, scale: 1 }
])("%o", (p) => {
  it("is the reference engine's", () => {
    close(simd.logDensity(p, x), reference.logDensity(p, x))
    allClose(simd.logDensityGrad(p, x), reference.logDensityGrad(p, x))
  })
})

it("the divergence from a Laplace distribution is the reference engine's", () => {
  for (const p of [laplace, { ...laplace, scale: 1e-20 }]) {
    close(simd.laplaceKl(q, p), reference.laplaceKl(q, p))
    const [actual, expected] = [simd.laplaceKlGrad(q, p), reference.laplaceKlGrad(q, p)]
    allClose(actual.mean, expected.mean)
    allClose(actual.logStd, expected.logStd)
  }
})

it("refuses a logStd of another shape", () => {
  const wrong = { mean: x, logStd: Tensor.zeros({ shape: [35], dtype: "float32" }) }
  expect(() => simd.laplaceKl(wrong, laplace)).toThrow(ShapeError)
  expect(() => simd.laplaceKlGrad(wrong, laplace)).toThrow(ShapeError)
})

it("is the engine of float32", () => {
  expect(kernels("float32").name).toBe(simd.name)
})
