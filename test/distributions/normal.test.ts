// The edges of what a normal may be, and that its entropy wants parameters of the variable's shape.
import { ConfigError, Normal, Prior, ShapeError, Tensor } from "effect-bayes"
import { describe, expect, it } from "vitest"

describe("make", () => {
  it("refuses a mean that its dtype cannot hold", () => {
    expect(() => Normal.make({ mean: 1e39, std: 1 })).toThrow(ConfigError)
    expect(() => Normal.make({ mean: -1e39, std: 1, dtype: "float32" })).toThrow(
      "mean of a normal: expected a number that float32 can hold, got -1e+39"
    )
    expect(() => Prior.normal({ mean: 1e39 })).toThrow("a number that float32 can hold")
    expect(Tensor.item(Normal.make({ mean: 1e39, std: 1, dtype: "float64" }).mean)).toBe(1e39)
    expect(Tensor.item(Normal.make({ mean: 3e38, std: 1 }).mean)).toBe(Math.fround(3e38))
  })

  it("refuses a std whose precision would leave float64, and takes the last that does not", () => {
    for (const std of [1e-151, 5e-324, 1e151, 1.7e308]) {
      expect(() => Normal.make({ mean: 0, std, dtype: "float64" })).toThrow(
        `std of a normal: expected a number from 1e-150 to 1e+150, got ${std}`
      )
    }
    const p = Normal.make({ mean: 0, std: 1e-150, dtype: "float64" })
    const grad = Normal.klGrad({ q: Normal.make({ mean: 1, std: 1e-150, dtype: "float64" }), p })
    expect(Tensor.item(grad.mean) / 1e300).toBeCloseTo(1, 12)
    const wide = Normal.make({ mean: 0, std: 1e150, dtype: "float64" })
    expect(Normal.kl({ q: wide, p: wide })).toBe(0)
  })
})

describe("entropy", () => {
  it("is log(2 pi e) / 2 + logStd for each element, with derivative 1", () => {
    const q = { mean: Tensor.from(new Float64Array([5, -5])), logStd: Tensor.from(new Float64Array([0.5, -2])) }
    expect(Normal.entropy(q)).toBeCloseTo(Math.log(2 * Math.PI * Math.E) - 1.5, 14)
    expect(Tensor.toArray(Normal.entropyGrad(q).logStd)).toEqual([1, 1])
  })

  it("refuses a scalar logStd that would stand for many elements, as kl does", () => {
    const q = { mean: Tensor.from(new Float64Array([0, 0, 0])), logStd: Tensor.scalar(0, "float64") }
    for (const f of [Normal.entropy, Normal.entropyGrad]) {
      expect(() => f(q)).toThrow(ShapeError)
      expect(() => f(q)).toThrow("normal, entropy of q, logStd: expected float64 [3], got float64 []")
    }
  })
})
