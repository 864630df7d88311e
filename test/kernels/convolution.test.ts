// The convolution and pooling kernels against their definitions, in any geometry, and what they refuse.
import { Key, ShapeError, Tensor } from "effect-bayes"
import { type Convolution, outSize, reference } from "effect-bayes/kernels"
import { arbitraries } from "effect-bayes/testing"
import fc from "fast-check"
import { expect, it } from "vitest"
import { type Axis, axis, geometryOf } from "./geometries.ts"
import { naiveConvolution, naivePool } from "./naive.ts"

const random = (seed: number, dtype: "float32" | "float64", ...shape: ReadonlyArray<number>) =>
  reference.standardNormal(Key.make(seed), { shape, dtype })

const cases = fc.record({
  y: axis,
  x: axis,
  rows: fc.integer({ min: 0, max: 3 }),
  groups: fc.integer({ min: 1, max: 3 }),
  within: fc.integer({ min: 1, max: 3 }),
  each: fc.integer({ min: 1, max: 3 }),
  dtype: arbitraries.dtype,
  seed: fc.nat()
})

/** Sums of at most a few hundred products of standard normals, in another order, and one rounding. */
const BOUND = { float64: 1e-12, float32: 1e-6 }

const near = (what: string, expected: Float64Array, actual: Tensor.Tensor) => {
  const found = Tensor.toFloat64Array(actual)
  expect(found).toHaveLength(expected.length)
  for (const [i, e] of expected.entries()) {
    const error = Math.abs(found[i]! - e) / Math.max(1, Math.abs(e))
    if (!(error <= BOUND[actual.dtype])) throw new Error(`${what}[${i}]: ${found[i]}, by definition ${e}`)
  }
}

it("conv2d and its three products are their definitions, in any geometry", () => {
  fc.assert(
    fc.property(cases, (given) => {
      const { y, x, rows, groups, within, each, dtype, seed } = given
      const geometry = geometryOf(given)
      const out = outSize("here", geometry, [y.size, x.size])
      const image = random(seed, dtype, rows, groups * within, y.size, x.size)
      const weight = random(seed + 1, dtype, groups * each, within, y.kernel, x.kernel)
      const bias = random(seed + 2, dtype, groups * each)
      const dy = random(seed + 3, dtype, rows, groups * each, ...out)
      const naive = naiveConvolution(image, weight, dy, geometry)
      near("y", naive.y, reference.conv2d(image, weight, undefined, geometry))
      const area = out[0] * out[1]
      const biases = Tensor.toFloat64Array(bias)
      const channelOf = (i: number) => Math.floor(i / area) % biases.length
      const biased = naive.y.map((v, i) => v + biases[channelOf(i)]!)
      near("y with bias", biased, reference.conv2d(image, weight, bias, geometry))
      near("dW", naive.dw, reference.conv2dWeightGrad(image, dy, geometry))
      near("dx", naive.dx, reference.conv2dInputGrad(dy, weight, image.shape, geometry))
      const sums = new Float64Array(biases.length)
      for (const [i, d] of Tensor.toFloat64Array(dy).entries()) sums[channelOf(i)]! += d
      near("db", sums, reference.conv2dBiasGrad(dy))
    }),
    { numRuns: 300 }
  )
})

it("pool2d and its pullback are their definitions, in any geometry", () => {
  fc.assert(
    fc.property(cases, fc.constantFrom("max" as const, "average" as const), (given, pool) => {
      const { y, x, rows, groups, dtype, seed } = given
      const whole = { dilation: 1, padding: 0 }
      const half = (a: Axis) => ({ ...a, ...whole, padding: Math.min(a.padding, Math.floor(a.kernel / 2)) })
      const { groups: _, ...window } = geometryOf({ y: half(y), x: half(x), groups })
      const size = [Math.max(y.size, y.kernel), Math.max(x.size, x.kernel)] as const
      const image = random(seed, dtype, rows, groups, ...size)
      const dy = random(seed + 1, dtype, rows, groups, ...outSize("here", window, size))
      const naive = naivePool(pool, image, dy, window)
      near("y", naive.y, reference.pool2d(pool, image, window))
      near("dx", naive.dx, reference.pool2dVjp(pool, image, dy, window))
    }),
    { numRuns: 300 }
  )
})

const unit: Convolution = { kernel: [2, 2], stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 }

it("the first of equal elements has the gradient; a NaN and -Infinity are themselves", () => {
  const window = { ...unit, kernel: [1, 2], stride: [1, 2] } as const
  const x = Tensor.from([[[[3, 3, 1, Number.NaN, Number.NaN, 1, -Infinity, -Infinity]]]], { dtype: "float64" })
  const dy = Tensor.from([[[[1, 2, 3, 4]]]], { dtype: "float64" })
  expect(Tensor.toArray(reference.pool2d("max", x, window))).toEqual([[[[3, Number.NaN, Number.NaN, -Infinity]]]])
  expect(Tensor.toArray(reference.pool2dVjp("max", x, dy, window))).toEqual([[[[1, 0, 0, 2, 3, 0, 4, 0]]]])
})

it("a misfit is a ShapeError that names both sides", () => {
  const [x, w, dy] = [
    random(0, "float64", 2, 4, 5, 5),
    random(1, "float64", 2, 4, 2, 2),
    random(2, "float64", 2, 2, 4, 4)
  ]
  const misfits: ReadonlyArray<readonly [() => unknown, string]> = [
    [
      () => reference.conv2d(random(0, "float64", 4, 5, 5), w, undefined, unit),
      "[rows, channels, height, width], got [4, 5, 5]"
    ],
    [
      () => reference.conv2d(x, w, undefined, { ...unit, kernel: [2, 3] }),
      "expected float64 [2, 4, 2, 3], got float64 [2, 4, 2, 2]"
    ],
    [
      () => reference.conv2d(x, w, undefined, { ...unit, groups: 3 }),
      "expected multiples of 3 groups, got 4 in, 2 out"
    ],
    [
      () => reference.conv2d(x, w, random(0, "float64", 3), unit),
      "conv2d, bias: expected float64 [2], got float64 [3]"
    ],
    [
      () => reference.conv2d(x, w, undefined, { ...unit, kernel: [6, 2] }),
      "which covers [6, 2] (height, width), got [5, 5]"
    ],
    [
      () => reference.conv2dWeightGrad(x, random(0, "float64", 2, 2, 5, 4), unit),
      "expected float64 [2, 2, 4, 4], got float64 [2, 2, 5, 4]"
    ],
    [() => reference.conv2dInputGrad(dy, w, [2, 4, 6, 5], unit), "conv2d, dy: expected float64 [2, 2, 5, 4]"],
    [
      () => reference.conv2dInputGrad(dy, Tensor.cast(w, "float32"), x.shape, unit),
      "expected float64 [2, 4, 2, 2], got float32"
    ],
    [
      () => reference.pool2dVjp("max", x, dy, unit),
      "pooling, dy: expected float64 [2, 4, 4, 4], got float64 [2, 2, 4, 4]"
    ]
  ]
  for (const [misfit, message] of misfits) {
    expect(misfit).toThrow(ShapeError)
    expect(misfit).toThrow(message)
  }
})
