// The elementary functions in float32 within stated bounds of those in float64, for arguments of every exponent.
import { describe, expect, it } from "vitest"
import { exp, expm1, log, log1p } from "../../../src/core/math.ts"
import type { OperationName } from "../../../src/kernels/simd/OperationName.ts"
import { special, sweepOf, worst } from "./float32.ts"
import { operate } from "./harness.ts"

const sweep = sweepOf(4096)

interface Subject {
  readonly operation: OperationName
  readonly f: (x: number) => number
  /**
   * Units in the last place, found by this sweep and rounded up: 1/2 for the result, more for the operations before it,
   * most where their results are larger than it.
   */
  readonly bound: number
}

const subjects: ReadonlyArray<Subject> = [
  { operation: "opExp", f: exp, bound: 1 },
  { operation: "opExpm1", f: expm1, bound: 2 },
  { operation: "opLog", f: log, bound: 1 },
  { operation: "opLog1p", f: log1p, bound: 1.5 }
]

describe.each(subjects)("$operation", ({ operation, f, bound }) => {
  it(`is within ${bound} ulp`, () => {
    const actual = operate(operation, { a: sweep })
    const found = worst({ expected: Float64Array.from(sweep, f), actual, inputs: [sweep] })
    expect(found.ulps, JSON.stringify(found)).toBeLessThanOrEqual(bound)
  })

  it.each([0, 1, 15, 16, 17, 511, 512])("gives the same bits over %i elements as one by one", (n) => {
    const a = Float32Array.from({ length: n }, (_, i) => special[i % special.length]!)
    const alone = Float32Array.from(a, (x) => operate(operation, { a: [x] })[0]!)
    expect(operate(operation, { a })).toEqual(alone)
  })
})

// exp and expm1 have a shorter way for blocks without large numbers.
it.each(["opExp", "opExpm1"] as const)("%s gives the same bits whatever else is in the block", (operation) => {
  const isNaNAt = (i: number) => i % 500 === 0
  const moderate = sweep.filter((x) => Math.abs(x) <= 87)
  const alone = operate(operation, { a: moderate })
  const among = operate(operation, { a: moderate.map((x, i) => (isNaNAt(i) ? Number.NaN : x)) })
  expect(among).toEqual(alone.map((y, i) => (isNaNAt(i) ? Number.NaN : y)))
})

const inf = Number.POSITIVE_INFINITY
const nan = Number.NaN

interface Exact {
  readonly operation: OperationName
  readonly xs: ReadonlyArray<number>
  readonly ys: ReadonlyArray<number>
}

const exact: ReadonlyArray<Exact> = [
  { operation: "opExp", xs: [0, -0, inf, -inf, -104, 89, 1e-30, nan], ys: [1, 1, inf, 0, 0, inf, 1, nan] },
  { operation: "opExpm1", xs: [0, -0, inf, -inf, 1e-45, -1e-40, 89], ys: [0, -0, inf, -1, 1e-45, -1e-40, inf] },
  { operation: "opLog", xs: [1, 0, -0, inf, -1e-45, -inf, nan], ys: [0, -inf, -inf, inf, nan, nan, nan] },
  { operation: "opLog1p", xs: [0, -0, -1, inf, 1e-45, -1e-40, -1.001], ys: [0, -0, -inf, inf, 1e-45, -1e-40, nan] }
]

it.each(exact)("$operation is exact at the ends, to the sign of a zero", ({ operation, xs, ys }) => {
  expect(operate(operation, { a: xs })).toEqual(Float32Array.from(ys))
})
