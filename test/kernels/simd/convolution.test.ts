// Convolutions: bit for bit the plain float32 loops where sums are not cut, and near the reference engine where they are.
import { Key, Tensor } from "effect-bayes"
import { type Convolution, kernels, outSize, reference } from "effect-bayes/kernels"
import fc from "fast-check"
import { beforeEach, describe, expect, it } from "vitest"
import { type Axis, axis, geometryOf } from "../geometries.ts"
import * as harness from "./harness.ts"

beforeEach(harness.reset)

interface Case {
  readonly geometry: Convolution
  readonly rows: number
  readonly size: readonly [number, number]
  /** Inputs and outputs of a group. */
  readonly within: number
  readonly each: number
}

const random = (seed: number, shape: ReadonlyArray<number>) =>
  reference.standardNormal(Key.make(seed), { shape, dtype: "float32" })
const values = (t: Tensor.Tensor) => Float32Array.from(Tensor.toFloat64Array(t))

const operands = ({ geometry, rows, size, within, each }: Case, seed: number) => {
  const { groups, kernel } = geometry
  return {
    x: random(seed, [rows, groups * within, ...size]),
    w: random(seed + 1, [groups * each, within, ...kernel]),
    bias: random(seed + 2, [groups * each]),
    dy: random(seed + 3, [rows, groups * each, ...outSize("here", geometry, size)])
  }
}

/** What the kernels make of the operands. */
const run = ({ geometry, rows, size, within, each }: Case, given: ReturnType<typeof operands>) => {
  harness.reset()
  const { exports } = harness
  const { groups, kernel, stride, padding, dilation } = geometry
  exports.setGeometry(
    rows,
    groups * within,
    ...size,
    groups * each,
    groups,
    ...kernel,
    ...stride,
    ...padding,
    ...dilation
  )
  const put = (t: Tensor.Tensor) => harness.floats(values(t))
  const [x, w, bias, dy] = [put(given.x), put(given.w), put(given.bias), put(given.dy)]
  const into = (like: Tensor.Tensor, tmpBytes: number, kernel: (out: number, tmp: number) => void): Float32Array => {
    const out = harness.allocate(values(like).length * 4)
    kernel(out, harness.allocate(tmpBytes))
    return harness.readFloats(out, values(like).length)
  }
  const places = given.dy.shape[2]! * given.dy.shape[3]!
  return {
    y: into(given.dy, exports.conv2dTmp(), (y, tmp) => exports.conv2d(x, w, 0, y, tmp)),
    biased: into(given.dy, exports.conv2dTmp(), (y, tmp) => exports.conv2d(x, w, bias, y, tmp)),
    dw: into(given.w, exports.conv2dWeightGradTmp(), (dw, tmp) => exports.conv2dWeightGrad(x, dy, dw, tmp)),
    db: into(given.bias, 0, (db) => exports.conv2dBiasGrad(dy, db, rows, groups * each, places)),
    dx: into(given.x, exports.conv2dInputGradTmp(), (dx, tmp) => exports.conv2dInputGrad(dy, w, dx, tmp))
  }
}

const { fround } = Math

/** The plain loops in float32: y and dW are one sum each, dx a sum over taps of sums over outputs. */
const loops = ({ geometry, rows, size, within, each }: Case, given: ReturnType<typeof operands>) => {
  const { groups, kernel, stride, padding, dilation } = geometry
  const [height, width] = size
  const [outHeight, outWidth] = outSize("here", geometry, size)
  const [x, w, bias, dy] = [values(given.x), values(given.w), values(given.bias), values(given.dy)]
  const [y, biased, dw, dx] = [dy.slice().fill(0), dy.slice(), w.slice().fill(0), x.slice().fill(0)]
  const [taps, places, outputs] = [kernel[0] * kernel[1], outHeight * outWidth, groups * each]
  for (let i = 0; i < biased.length; i++) biased[i] = bias[Math.floor(i / places) % outputs]!
  const add = (to: Float32Array, i: number, a: number, b: number) => {
    to[i] = to[i]! + fround(a * b)
  }
  for (let b = 0; b < rows; b++)
    for (let c = 0; c < groups * within; c++)
      for (let tap = 0; tap < taps; tap++)
        for (let place = 0; place < places; place++) {
          const i = Math.floor(place / outWidth) * stride[0] + Math.floor(tap / kernel[1]) * dilation[0] - padding[0]
          const j = (place % outWidth) * stride[1] + (tap % kernel[1]) * dilation[1] - padding[1]
          if (i < 0 || i >= height || j < 0 || j >= width) continue
          const from = ((b * groups * within + c) * height + i) * width + j
          const first = Math.floor(c / within) * each
          let sum = 0
          for (let o = first; o < first + each; o++) {
            const at = (b * outputs + o) * places + place
            const weight = (o * within + (c % within)) * taps + tap
            add(y, at, w[weight]!, x[from]!)
            add(biased, at, w[weight]!, x[from]!)
            add(dw, weight, dy[at]!, x[from]!)
            sum = fround(sum + fround(w[weight]! * dy[at]!))
          }
          dx[from] = dx[from]! + sum
        }
  return { y, biased, dw, dx }
}

const assertSame = (name: string, actual: Float32Array, expected: Float32Array) => {
  const at = expected.findIndex((value, i) => actual[i] !== value)
  if (at >= 0) throw new Error(`${name}[${at}]: ${actual[at]}, not ${expected[at]}`)
}

const cases = fc
  .record({
    y: axis,
    x: fc.oneof(
      axis,
      axis.map((a): Axis => ({ ...a, stride: 1, size: a.size + 20 }))
    ),
    rows: fc.integer({ min: 0, max: 3 }),
    groups: fc.integer({ min: 1, max: 3 }),
    within: fc.integer({ min: 1, max: 4 }),
    each: fc.integer({ min: 1, max: 12 })
  })
  .map(({ y, x, rows, groups, within, each }): Case => {
    return { geometry: geometryOf({ y, x, groups }), rows, size: [y.size, x.size], within, each }
  })

const large: Case = {
  geometry: { kernel: [5, 5], stride: [1, 1], padding: [2, 2], dilation: [1, 1], groups: 1 },
  rows: 37,
  size: [14, 14],
  within: 6,
  each: 16
}

describe("conv2d and its gradient", () => {
  it("are bit for bit the plain float32 loops, in any geometry", () => {
    fc.assert(
      fc.property(cases, fc.nat(), (given, seed) => {
        const all = operands(given, seed)
        const [actual, expected] = [run(given, all), loops(given, all)]
        for (const name of ["y", "biased", "dw", "dx"] as const) assertSame(name, actual[name], expected[name])
        const engine = kernels("float32")
        const { x, w, bias, dy } = all
        assertSame("the engine's y", values(engine.conv2d(x, w, bias, given.geometry)), actual.biased)
        assertSame("the engine's dW", values(engine.conv2dWeightGrad(x, dy, given.geometry)), actual.dw)
        assertSame("the engine's db", values(engine.conv2dBiasGrad(dy)), actual.db)
        assertSame("the engine's dx", values(engine.conv2dInputGrad(dy, w, x.shape, given.geometry)), actual.dx)
        // Two float64 sums in different orders, which differ by far less than float32 can tell, but may round apart.
        const db = Tensor.toFloat64Array(reference.conv2dBiasGrad(all.dy))
        for (const [o, sum] of actual.db.entries())
          expect(Math.abs(sum - db[o]!)).toBeLessThanOrEqual(2 ** -23 * Math.abs(db[o]!))
      }),
      { numRuns: 300 }
    )
  })

  it("are the same where rows are cut into blocks, and dW near where its sum is", () => {
    const all = operands(large, 1)
    const [actual, expected] = [run(large, all), loops(large, all)]
    for (const name of ["y", "biased", "dx"] as const) assertSame(name, actual[name], expected[name])
    const absolute = (t: Tensor.Tensor) => Tensor.from(values(t).map(Math.abs), { shape: t.shape, dtype: "float64" })
    const exact = Tensor.toFloat64Array(reference.conv2dWeightGrad(all.x, all.dy, large.geometry))
    const sums = Tensor.toFloat64Array(reference.conv2dWeightGrad(absolute(all.x), absolute(all.dy), large.geometry))
    // |error| <= k 2^-24 sum |a b| to first order for sums of k products (Higham, Accuracy and Stability, section 3.1).
    const k = large.rows * 14 * 14
    for (const [i, value] of actual.dw.entries()) {
      expect(Math.abs(value - exact[i]!)).toBeLessThanOrEqual((k + 1) * 2 ** -24 * sums[i]!)
    }
  })

  it("give a row the same bits in every batch", () => {
    const all = operands(large, 2)
    const { biased, dx } = run(large, all)
    const [x, dy] = [values(all.x).slice(-6 * 14 * 14), values(all.dy).slice(-16 * 14 * 14)]
    const one = {
      ...all,
      x: Tensor.from(x, { shape: [1, 6, 14, 14] }),
      dy: Tensor.from(dy, { shape: [1, 16, 14, 14] })
    }
    const last = run({ ...large, rows: 1 }, one)
    expect(last.biased).toEqual(biased.slice(-dy.length))
    expect(last.dx).toEqual(dx.slice(-x.length))
  })
})
