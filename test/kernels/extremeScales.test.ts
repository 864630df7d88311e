// Priors of scales that float32 cannot square, or means beside which its numbers have no digits: what the SIMD engine
// leaves to the reference engine.
import { Tensor } from "effect-bayes"
import { reference, simd } from "effect-bayes/kernels"
import { describe, expect, it } from "vitest"

const scalar = (value: number) => Tensor.scalar(value)
const numbers = (t: Tensor.Tensor) => Array.from(Tensor.toFloat64Array(t))
const x = Tensor.from([0, 1e-30, -2, 1e20])

describe.each([-100, -45, -39, 39, 45, 100])("a normal of logStd %d", (logStd) => {
  const p = { mean: scalar(0), logStd: scalar(logStd) }
  const q = { mean: x, logStd: Tensor.full(x, logStd / 2) }

  it("has the gradients of its KL", () => {
    const [actual, expected] = [simd.normalKlGrad(q, p), reference.normalKlGrad(q, p)]
    for (const field of ["mean", "logStd"] as const) {
      for (const [i, right] of numbers(expected[field]).entries()) {
        const found = numbers(actual[field])[i]!
        // Both infinite, or within 4 ulp, or both where float32 has few digits or none.
        const near = found === right || Math.abs(found - right) <= 2 ** -21 * Math.abs(right) + 1e-44
        expect({ i, found, right, near }).toMatchObject({ near: true })
      }
    }
  })
})

it("densities far from 0 have their derivatives", () => {
  const at = Tensor.from([1e8, 1.00000016e8])
  for (const p of [
    { kind: "laplace", mean: 100000008.5, scale: 2 },
    { kind: "student-t", df: 3, mean: 100000008.5, scale: 2 }
  ] as const) {
    expect(numbers(simd.logDensityGrad(p, at))).toEqual(numbers(reference.logDensityGrad(p, at)))
    expect(simd.logDensity(p, at)).toBe(reference.logDensity(p, at))
  }
})
