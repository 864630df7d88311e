// Log densities and their derivatives, against the reference engine in float64.
import { Key, Tensor } from "effect-bayes"
import { reference } from "effect-bayes/kernels"
import { describe, expect, it } from "vitest"
import { HALF_LOG_2PI, log, log1p } from "../../../src/core/math.ts"
import { studentTDensity } from "../../../src/core/studentT.ts"
import type { Density } from "../../../src/kernels/Kernels.ts"
import { partials, SIZES } from "./blocks.ts"
import * as harness from "./harness.ts"

const { exports } = harness

const value = (p: Density, x: ReadonlyArray<number>): number => {
  harness.reset()
  const [xs, n, room] = [harness.floats(x), x.length, partials(x.length)]
  if (p.kind === "laplace") return exports.laplaceLogDensity(xs, n, p.mean, p.scale, -log(2 * p.scale), room)
  if (p.kind === "student-t") {
    const peak = studentTDensity(p.df).logPdf(0) - log(p.scale)
    return exports.studentTLogDensity(xs, n, p.mean, p.scale, p.df, peak, room)
  }
  const c1 = log(p.weight) - log(p.std1) - HALF_LOG_2PI
  const c2 = log1p(-p.weight) - log(p.std2) - HALF_LOG_2PI
  return exports.mixtureLogDensity(xs, n, p.std1, p.std2, c1, c2, room)
}

const gradient = (p: Density, a: ReadonlyArray<number>): Float32Array => {
  if (p.kind === "laplace") return harness.operate("opLaplaceGrad", { a, scalars: [p.mean, 1 / p.scale] })
  if (p.kind === "student-t") {
    return harness.operate("opStudentTGrad", { a, scalars: [p.mean, 1 / p.scale, p.df, -(p.df + 1) / p.scale] })
  }
  const r = log(p.weight) - log1p(-p.weight) - log(p.std1) + log(p.std2)
  return harness.operate("opMixtureGrad", { a, scalars: [1 / p.std1, 1 / p.std2, r] })
}

const DENSITIES: ReadonlyArray<Density> = [
  { kind: "scale-mixture", weight: 0.5, std1: 1, std2: 0.0025 },
  { kind: "scale-mixture", weight: 0.25, std1: 0.75, std2: 0.5 },
  { kind: "laplace", mean: 0, scale: 0.3 },
  { kind: "laplace", mean: -0.75, scale: 2 },
  { kind: "student-t", df: 1, mean: 0.5, scale: 0.1 },
  { kind: "student-t", df: 5, mean: 0, scale: 2.5 }
]

/** Each distance of an element from the mean is good to 1 ulp, its square and the functions of it to 6 more. */
const TOLERANCE = 8 * 2 ** -23
/** The parts of a mixture share by e^d, where d is the difference of numbers up to 8 with four roundings: 4 * 8 half ulps more. */
const GRAD_TOLERANCE = 24 * 2 ** -23

describe.each(DENSITIES)("%o", (p) => {
  it.each(SIZES)("over %i elements", (n) => {
    const x = reference.standardNormal(Key.make(n), { shape: [n], dtype: "float32" })
    const xs = Array.from(Tensor.toFloat64Array(x))
    const parts = xs.reduce(
      (sum, x) => sum + Math.abs(reference.logDensity(p, Tensor.from([x], { dtype: "float64" }))),
      0
    )
    expect(Math.abs(value(p, xs) - reference.logDensity(p, x))).toBeLessThanOrEqual(TOLERANCE * (parts + n))
    const grad = gradient(p, xs)
    for (const [i, g] of Tensor.toFloat64Array(reference.logDensityGrad(p, x)).entries()) {
      expect(Math.abs(grad[i]! - g)).toBeLessThanOrEqual(GRAD_TOLERANCE * Math.max(1, Math.abs(g)))
    }
  })

  it("far out, at the mean and at NaN", () => {
    const mean = p.kind === "scale-mixture" ? 0 : p.mean
    for (const x of [mean, 1e-3, -30, 1e6]) {
      const one = Tensor.from([x], { dtype: "float32" })
      const expected = reference.logDensity(p, one)
      expect(Math.abs(value(p, [x]) - expected)).toBeLessThanOrEqual(TOLERANCE * (1 + Math.abs(expected)))
      const slope = Tensor.toFloat64Array(reference.logDensityGrad(p, one))[0]!
      expect(Math.abs(gradient(p, [x])[0]! - slope)).toBeLessThanOrEqual(GRAD_TOLERANCE * Math.abs(slope))
    }
    expect(value(p, [0, Number.NaN])).toBe(Number.NaN)
    expect(gradient(p, [0, Number.NaN])[1]).toBe(Number.NaN)
  })
})

it.each([
  [1e-6, 1e-6, 2e26],
  [1e-6, 1, 1e27],
  [1, 1e-6, -1e27]
])("a mixture's derivative is finite where float32 holds it: stds %d and %d at %d", (std1, std2, x) => {
  const p: Density = { kind: "scale-mixture", weight: 0.5, std1, std2 }
  const slope = Tensor.toFloat64Array(reference.logDensityGrad(p, Tensor.from([x], { dtype: "float64" })))[0]!
  expect(Math.abs(gradient(p, [x])[0]! - slope)).toBeLessThanOrEqual(GRAD_TOLERANCE * Math.abs(slope))
})
