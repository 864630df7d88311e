// The likelihoods of independent targets and their gradients, against the reference engine in float64.
import { Key, Tensor } from "effect-bayes"
import { reference, type TargetDensity } from "effect-bayes/kernels"
import { beforeEach, describe, expect, it } from "vitest"
import { lgamma } from "../../../src/core/gamma.ts"
import { studentTDensity } from "../../../src/core/studentT.ts"
import * as harness from "./harness.ts"

beforeEach(harness.reset)

const { exports, floats, readFloats } = harness

const normals = (seed: number, n: number, by = 1): Float32Array =>
  Float32Array.from(
    Tensor.toFloat64Array(reference.standardNormal(Key.make(seed), { shape: [n], dtype: "float64" })),
    (x) => x * by
  )
const tensor = (values: Float32Array, shape: ReadonlyArray<number>) =>
  Tensor.reshape(Tensor.from(Array.from(values), { dtype: "float64" }), shape)
const numbers = (t: Tensor.Tensor) => Tensor.toFloat64Array(t)

/** Weights of rows, among them zeros. */
const weightsOf = (rows: number) => Float32Array.from({ length: rows }, (_, i) => [1, 0, 0.3, 2.5][i % 4]!)

/** Each element within `ulps` units of float32's last place of the largest. */
const near = (actual: Float32Array, expected: Float64Array, ulps: number) => {
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  for (const [i, x] of expected.entries()) expect(Math.abs(actual[i]! - x)).toBeLessThanOrEqual(ulps * 2 ** -23 * scale)
}

interface Case {
  readonly density: TargetDensity
  readonly output: Float32Array
  readonly target: Float32Array
  readonly weights: Float32Array | undefined
  readonly rows: number
  readonly T: number
}

/** The kernel's value and gradients. */
const run = ({ density, output, target, weights, rows, T }: Case) => {
  const [o, y, w, dOutput] = [
    floats(output),
    floats(target),
    weights ? floats(weights) : 0,
    harness.allocate(4 * rows * T)
  ]
  if (density.kind === "bernoulli") {
    const tmp = harness.allocate(exports.bernoulliTmp(rows, T))
    const value = exports.bernoulliNll(o, y, density.positiveWeight, w, rows, T, tmp)
    exports.bernoulliNllGrad(o, y, density.positiveWeight, w, rows, T, dOutput, tmp)
    return { value, output: readFloats(dOutput, rows * T), logScale: undefined }
  }
  if (density.kind === "poisson") {
    const tmp = harness.allocate(exports.poissonTmp(rows, T))
    const varying = exports.poissonNll(o, y, w, rows, T, tmp)
    exports.poissonNllGrad(o, y, w, rows, T, dOutput, tmp)
    const fixed = target.reduce((sum, k, i) => sum + (weights?.[Math.floor(i / T)] ?? 1) * lgamma(k + 1), 0)
    return { value: varying + fixed, output: readFloats(dOutput, rows * T), logScale: undefined }
  }
  const tmp = harness.allocate(exports.locationScaleTmp(rows, T))
  const scales = numbers(density.logScale)
  const [l, dLogScale] = [floats(scales), harness.allocate(4 * scales.length)]
  const read = (value: number) => ({
    value,
    output: readFloats(dOutput, rows * T),
    logScale: readFloats(dLogScale, scales.length)
  })
  const [df, peak] =
    density.kind === "gaussian"
      ? [Number.POSITIVE_INFINITY, -Math.log(2 * Math.PI) / 2]
      : [density.df, studentTDensity(density.df).logPdf(0)]
  exports.locationScaleNllGrad(o, y, l, scales.length, w, rows, T, dOutput, dLogScale, tmp, df)
  return read(exports.locationScaleNll(o, y, l, scales.length, w, rows, T, tmp, df, peak))
}

/**
 * An element's error: z has 2 ulp (a difference, e^-l, a product), its square 5, log1p or the gradients' last products 3
 * more; where a value is the difference of larger ones, the error is relative to those, in these data up to 4 times as
 * large.
 */
const ULPS = 32

const check = (given: Case) => {
  const { density, rows, T, weights } = given
  const [output, target] = [tensor(given.output, [rows, T]), tensor(given.target, [rows, T])]
  const w = weights && tensor(weights, [rows])
  const actual = run(given)
  const value = reference.targetNll(density, output, target, w)
  const grad = reference.targetNllGrad(density, output, target, w)
  expect(Math.abs(actual.value - value)).toBeLessThanOrEqual(ULPS * 2 ** -23 * Math.max(rows * T, Math.abs(value)))
  near(actual.output, numbers(grad.output), ULPS)
  if (grad.logScale && actual.logScale)
    near(actual.logScale, numbers(grad.logScale), ULPS * Math.max(1, Math.sqrt(rows)))
}

const SHAPES = [
  [0, 2],
  [1, 1],
  [1, 3],
  [3, 1],
  [4, 1],
  [5, 1],
  [7, 3],
  [32, 2],
  [100, 1],
  [33, 10],
  [1000, 5]
] as const

describe.each(SHAPES)("%i rows of %i targets", (rows, T) => {
  const n = rows * T
  const [output, target] = [normals(1, n), normals(2, n)]
  const cases = { output, target, rows, T }
  for (const weights of [undefined, weightsOf(rows)]) {
    const title = weights ? ", weighted" : ""
    for (const shape of [[T], [rows, T]]) {
      const logScale = tensor(
        normals(
          3,
          shape.reduce<number>((a, b) => a * b, 1),
          0.5
        ),
        shape
      )
      it(`normal, logScale of shape ${shape.length}${title}`, () => {
        check({ ...cases, weights, density: { kind: "gaussian", logScale } })
      })
      it.each([1, 4, 30])(`Student's t with %i degrees of freedom, logScale of shape ${shape.length}${title}`, (df) => {
        check({ ...cases, weights, density: { kind: "student-t", logScale, df } })
      })
    }
    it(`counts${title}`, () => {
      const counts = target.map((x) => Math.floor(Math.abs(3 * x)))
      check({ ...cases, target: counts, weights, density: { kind: "poisson" } })
    })
    it.each([1, 3])(`0 or 1${title}, a 1 counting %i times`, (positiveWeight) => {
      const bits = target.map((x) => (x > 0 ? 1 : 0))
      check({ ...cases, target: bits, weights, density: { kind: "bernoulli", positiveWeight } })
    })
  }
})

it("a row of weight 0 does not count, whatever is in it", () => {
  const weights = Float32Array.of(0, 1)
  const output = Float32Array.of(Number.NaN, 0.5)
  const target = Float32Array.of(Number.POSITIVE_INFINITY, 1)
  const cases = { output, target, weights, rows: 2, T: 1 }
  const normal = run({ ...cases, density: { kind: "gaussian", logScale: tensor(Float32Array.of(0), [1]) } })
  expect(normal).toEqual({
    value: 0.125 + 0.9189385332046727,
    output: Float32Array.of(0, -0.5),
    logScale: Float32Array.of(0.75)
  })
  const bit = run({ ...cases, density: { kind: "bernoulli", positiveWeight: 1 } })
  expect(bit.value).toBeCloseTo(Math.log1p(Math.exp(-0.5)), 6)
  expect(bit.output[0]).toBe(0)
})

it("large counts near their mean, and none of a mean of 0", () => {
  const output = Float32Array.of(9, 9, Number.NEGATIVE_INFINITY)
  const target = Float32Array.of(8103, 8000, 0)
  const cases = { output, target, weights: undefined, rows: 3, T: 1 }
  const { value, output: grad } = run({ ...cases, density: { kind: "poisson" } })
  const exact = reference.targetNll({ kind: "poisson" }, tensor(output, [3, 1]), tensor(target, [3, 1]))
  // e^9 = 8103 is good to 1 ulp.
  expect(Math.abs(value - exact)).toBeLessThanOrEqual(2 * 2 ** -10)
  expect(Math.abs(grad[0]! - (Math.exp(9) - 8103))).toBeLessThanOrEqual(2 ** -10)
  expect(grad[2]).toBe(0)
})

it("a scale that underflows leaves a target that is met alone", () => {
  const logScale = tensor(Float32Array.of(-200), [1])
  const met = { output: Float32Array.of(1), target: Float32Array.of(1), weights: undefined, rows: 1, T: 1 }
  const { value, output } = run({ ...met, density: { kind: "gaussian", logScale } })
  expect(value).toBe(-200 + 0.9189385332046727)
  expect(output).toEqual(Float32Array.of(0))
})

it("the logits of a 0 or 1 keep their digits in both tails", () => {
  const output = Float32Array.of(-80, -20, 20, 80)
  const target = Float32Array.of(0, 0, 1, 1)
  const { value, output: grad } = run({
    ...{ output, target, weights: undefined, rows: 4, T: 1 },
    density: { kind: "bernoulli", positiveWeight: 1 }
  })
  expect(value).toBeCloseTo(2 * Math.exp(-20), 14)
  expect(Math.abs(grad[0]! / Math.exp(-80) - 1)).toBeLessThan(4 * 2 ** -23)
  expect(Math.abs(grad[3]! / Math.exp(-80) + 1)).toBeLessThan(4 * 2 ** -23)
})
