// Poolings against the reference engine: the largest elements exactly, sums within the error of float32 sums.
import { Key, Tensor } from "effect-bayes"
import { kernels, outSize, reference, type Window } from "effect-bayes/kernels"
import fc from "fast-check"
import { beforeEach, expect, it } from "vitest"
import { type Axis, axis, geometryOf } from "../geometries.ts"
import * as harness from "./harness.ts"

beforeEach(harness.reset)

const values = (t: Tensor.Tensor) => Float32Array.from(Tensor.toFloat64Array(t))

/** All four kernels on images [rows, channels, height, width]. */
const run = (x: Tensor.Tensor, dy: Tensor.Tensor, { kernel, stride, padding, dilation }: Window) => {
  harness.reset()
  const { exports } = harness
  const [rows, channels, height, width] = x.shape as [number, number, number, number]
  exports.setGeometry(rows, channels, height, width, channels, channels, ...kernel, ...stride, ...padding, ...dilation)
  const [xs, ds] = [harness.floats(values(x)), harness.floats(values(dy))]
  const into = (like: Tensor.Tensor, pool: (out: number) => void) => {
    const out = harness.allocate(values(like).length * 4)
    pool(out)
    return harness.readFloats(out, values(like).length)
  }
  return {
    max: { y: into(dy, (y) => exports.maxPool(xs, y)), dx: into(x, (dx) => exports.maxPoolVjp(xs, ds, dx)) },
    average: { y: into(dy, (y) => exports.averagePool(xs, y)), dx: into(x, (dx) => exports.averagePoolVjp(ds, dx)) }
  }
}

const cases = fc
  .record({
    y: axis,
    x: fc.oneof(
      axis,
      axis.map((a): Axis => ({ ...a, size: a.size + 20 }))
    ),
    rows: fc.integer({ min: 0, max: 3 }),
    channels: fc.integer({ min: 1, max: 3 }),
    /** Few different values, so that some are equal, or many. */
    levels: fc.constantFrom(3, 1e6),
    seed: fc.nat()
  })
  .map(({ y, x, ...rest }) => {
    // At most half of the kernel is padding, as poolings ask for, so that each window sees an element.
    const half = (a: Axis): Axis => ({ ...a, dilation: 1, padding: Math.min(a.padding, Math.floor(a.kernel / 2)) })
    const size = [Math.max(y.size, y.kernel), Math.max(x.size, x.kernel)] as const
    return { ...rest, size, window: geometryOf({ y: half(y), x: half(x), groups: 1 }) }
  })

it("pools as the reference does, in any geometry", () => {
  fc.assert(
    fc.property(cases, ({ rows, channels, size, window, levels, seed }) => {
      const random = (at: number, ...shape: ReadonlyArray<number>) =>
        reference.standardNormal(Key.make(at), { shape, dtype: "float32" })
      const x = Tensor.from(
        values(random(seed, rows, channels, ...size)).map((v) => Math.round(v * levels) / levels),
        { shape: [rows, channels, ...size] }
      )
      const dy = random(seed + 1, rows, channels, ...outSize("here", window, size))
      const actual = run(x, dy, window)
      expect(actual.max.y).toEqual(values(reference.pool2d("max", x, window)))
      const absolute = (t: Tensor.Tensor) => Tensor.from(values(t).map(Math.abs), { shape: t.shape, dtype: "float64" })
      const double = (t: Tensor.Tensor) => Tensor.cast(t, "float64")
      const count = window.kernel[0] * window.kernel[1]
      // |error| <= (n - 1) 2^-24 sum |terms| to first order (Higham, section 4.2), a division rounds once more, float32 stores once.
      const near = (found: Float32Array, exact: Tensor.Tensor, sums: Tensor.Tensor) => {
        const [e, s] = [exact, sums].map(Tensor.toFloat64Array) as [Float64Array, Float64Array]
        for (const [i, value] of found.entries()) {
          expect(Math.abs(value - e[i]!)).toBeLessThanOrEqual((count + 1) * 2 ** -24 * s[i]!)
        }
      }
      near(
        actual.average.y,
        reference.pool2d("average", double(x), window),
        reference.pool2d("average", absolute(x), window)
      )
      const engine = kernels("float32")
      for (const pool of ["max", "average"] as const) {
        expect(values(engine.pool2d(pool, x, window))).toEqual(actual[pool].y)
        expect(values(engine.pool2dVjp(pool, x, dy, window))).toEqual(actual[pool].dx)
        const vjp = (d: Tensor.Tensor) => reference.pool2dVjp(pool, double(x), d, window)
        near(actual[pool].dx, vjp(double(dy)), vjp(absolute(dy)))
      }
    }),
    { numRuns: 300 }
  )
})

it("gives the gradient to the first of equal elements; a NaN and -Infinity are themselves", () => {
  const window = { kernel: [1, 2], stride: [1, 2], padding: [0, 0], dilation: [1, 1] } as const
  const x = Tensor.from([[[[3, 3, 1, Number.NaN, Number.NaN, 1, -Infinity, -Infinity]]]])
  const dy = Tensor.from([[[[1, 2, 3, 4]]]])
  const { max } = run(x, dy, window)
  expect(max.y).toEqual(Float32Array.of(3, Number.NaN, Number.NaN, -Infinity))
  expect(max.dx).toEqual(Float32Array.of(1, 0, 0, 2, 3, 0, 4, 0))
})
