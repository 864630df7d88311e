// The categorical likelihood and its gradient, against the reference engine in float64.
import { Key, Tensor } from "effect-bayes"
import { reference } from "effect-bayes/kernels"
import fc from "fast-check"
import { beforeEach, describe, expect, it } from "vitest"
import { instantiate } from "../../../src/kernels/simd/instance.ts"
import { ulpError } from "./float32.ts"
import * as harness from "./harness.ts"

beforeEach(harness.reset)

const { exports } = harness
const float64 = { dtype: "float64" } as const

interface Case {
  readonly logits: ReadonlyArray<number>
  readonly labels: ReadonlyArray<number>
  readonly weights?: ReadonlyArray<number>
  readonly classWeights?: ReadonlyArray<number>
}

const run = ({ logits, labels, weights, classWeights }: Case) => {
  const rows = labels.length
  const C = logits.length / rows
  const inputs = [
    harness.floats(logits),
    harness.floats(labels),
    weights ? harness.floats(weights) : 0,
    classWeights ? harness.doubles(classWeights) : 0
  ] as const
  const [out, tmp] = [harness.allocate(4 * logits.length), harness.allocate(exports.categoricalTmp(C))]
  const value = exports.categoricalNll(...inputs, rows, C, tmp)
  const bad = exports.categoricalNllGrad(...inputs, rows, C, out, tmp)
  return { value, bad, grad: harness.readFloats(out, logits.length) }
}

const expected = ({ logits, labels, weights, classWeights }: Case) => {
  const rows = labels.length
  const args = [
    Tensor.reshape(Tensor.from(logits, float64), [rows, logits.length / rows]),
    Tensor.reshape(Tensor.from(labels, float64), [rows, 1]),
    weights && Tensor.from(weights, float64),
    classWeights
  ] as const
  return {
    value: reference.categoricalNll(...args),
    grad: Tensor.toFloat64Array(reference.categoricalNllGrad(...args))
  }
}

/** A difference of logits is rounded: an exponential of -d errs by d / 2 ulp, and by 2 of its own; 3 more for the sums. */
const ULPS = (spread: number) => 6 + spread

const check = (given: Case, spread: number) => {
  const [actual, right] = [run(given), expected(given)]
  expect(actual.bad).toBe(-1)
  expect(ulpError(right.value, actual.value)).toBeLessThanOrEqual(ULPS(spread))
  for (const [i, x] of right.grad.entries()) expect(ulpError(x, actual.grad[i]!)).toBeLessThanOrEqual(ULPS(spread))
}

const SIZES = [
  [1, 1],
  [1, 2],
  [2, 3],
  [3, 10],
  [4, 3],
  [4, 4],
  [4, 10],
  [5, 5],
  [5, 10],
  [33, 7],
  [100, 10],
  [9, 1000]
] as const

describe.each(SIZES)("%i rows of %i classes", (rows, C) => {
  const normals = reference.standardNormal(Key.make(rows), { shape: [rows * C], dtype: "float32" })
  const logits = Array.from(Tensor.toFloat64Array(normals), (x) => Math.fround(3 * x))
  const labels = Array.from({ length: rows }, (_, i) => (i * 7) % C)
  const weights = Array.from({ length: rows }, (_, i) => Math.fround([1, 0, 0.3, 2.5][i % 4]!))
  const classWeights = Array.from({ length: C }, (_, c) => 0.1 + (c % 3))
  it("each once", () => check({ logits, labels }, 24))
  it("weighted by row", () => check({ logits, labels, weights }, 24))
  it("weighted by class", () => check({ logits, labels, classWeights }, 24))
  it("weighted by both", () => check({ logits, labels, weights, classWeights }, 24))
})

it("keeps the digits of what is left of a p near 1", () => {
  check({ logits: [40, 0, -3, 0, 0, 30, 5, 5, 5], labels: [0, 2, 1] }, 60)
  const { value, grad } = run({ logits: [60, 0], labels: [0] })
  expect(ulpError(Math.exp(-60), value)).toBeLessThanOrEqual(ULPS(60))
  expect(ulpError(-Math.exp(-60), grad[0]!)).toBeLessThanOrEqual(ULPS(60))
})

it("does not overflow, and its ties are right", () => {
  check({ logits: [3e38, -3e38, 0, 100, -100, 100], labels: [0, 2] }, 200)
  check({ logits: [1, 1, 1, -2, -2, -2], labels: [1, 2] }, 0)
})

it("rows do not depend on their neighbours", () => {
  const logit = fc.float({ min: -30, max: 30, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.tuple(logit, logit, logit), { minLength: 1, maxLength: 9 }), (rows) => {
      harness.reset()
      const labels = rows.map((_, i) => i % 3)
      const all = run({ logits: rows.flat(), labels })
      expect(all.value).toBeGreaterThanOrEqual(0)
      let sum = 0
      for (const [i, row] of rows.entries()) {
        const one = run({ logits: row, labels: [labels[i]!] })
        expect(all.grad.subarray(3 * i, 3 * i + 3)).toEqual(one.grad)
        sum += one.value
      }
      expect(all.value).toBe(sum)
    })
  )
})

it("tells the first row whose label is none", () => {
  const logits = Array<number>(21).fill(0)
  for (const bad of [-1, 3, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e30]) {
    for (const row of [0, 3, 6]) {
      const labels = [0, 1, 2, 0, 1, 2, 0]
      labels[row] = bad
      expect(run({ logits, labels })).toMatchObject({ value: -1 - row, bad: row })
    }
  }
})

it("a row of weight 0 does not count, whatever is in it", () => {
  const logits = [Number.NaN, 0, 1, 1]
  const { value, bad, grad } = run({ logits, labels: [Number.NaN, 1], weights: [0, 1] })
  expect(value).toBeCloseTo(Math.LN2, 7)
  expect(bad).toBe(-1)
  expect(grad).toEqual(Float32Array.of(0, 0, 0.5, -0.5))
})

it("reads no row that is not there, at the end of memory", () => {
  const { memory, exports, doubles, floats, allocate } = harness.harnessOf(instantiate(false))
  const logits = Float32Array.from({ length: 16 }, (_, c) => c % 5)
  const rest = [floats([3]), 0, doubles(Array(16).fill(1)), 1, 16] as const
  const tmp = allocate(exports.categoricalTmp(16))
  const pointer = memory.buffer.byteLength - logits.byteLength
  new Float32Array(memory.buffer, pointer).set(logits)
  expect(exports.categoricalNll(pointer, ...rest, tmp)).toBe(run({ logits: [...logits], labels: [3] }).value)
})
