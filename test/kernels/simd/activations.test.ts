// Activations and their pullbacks in float32 within stated bounds of the reference engine in float64.
import { Tensor } from "effect-bayes"
import { type Elementwise, reference } from "effect-bayes/kernels"
import { describe, expect, it } from "vitest"
import type { OperationName } from "../../../src/kernels/simd/OperationName.ts"
import { special, sweepOf, worst } from "./float32.ts"
import { operate } from "./harness.ts"

interface Subject {
  readonly kind: Elementwise
  readonly value: OperationName
  readonly pullback: OperationName
  readonly scalar: number
  /** Units in the last place, found by this sweep and rounded up. */
  readonly ulps: { readonly value: number; readonly pullback: number }
  /** What an element may err beside that. */
  readonly slack?: { readonly value: (x: number) => number; readonly pullback: (x: number) => number }
}

/** A factor of x is subnormal where the result is near that: its rounding comes out times |x|. */
const subnormal = (x: number): number => Math.abs(x) * 2 ** -149
/** Near its zero the derivative is a difference of terms below 1 that keep three roundings each. */
const cancelling = (x: number): number => (Math.abs(x) < 2 ? 3 * 2 ** -24 : subnormal(x))
const times = { value: subnormal, pullback: cancelling }
const none = { value: () => 0, pullback: () => 0 }

const subjects: ReadonlyArray<Subject> = [
  { kind: { kind: "relu" }, value: "opRelu", pullback: "opReluVjp", scalar: 0, ulps: { value: 0, pullback: 0 } },
  { kind: { kind: "tanh" }, value: "opTanh", pullback: "opTanhVjp", scalar: 0, ulps: { value: 2.5, pullback: 2 } },
  {
    kind: { kind: "sigmoid" },
    value: "opSigmoid",
    pullback: "opSigmoidVjp",
    scalar: 0,
    ulps: { value: 2.5, pullback: 5 }
  },
  {
    kind: { kind: "softplus" },
    value: "opSoftplus",
    pullback: "opSoftplusVjp",
    scalar: 0,
    ulps: { value: 2, pullback: 3 }
  },
  {
    kind: { kind: "silu" },
    value: "opSilu",
    pullback: "opSiluVjp",
    scalar: 0,
    ulps: { value: 3, pullback: 6 },
    slack: times
  },
  {
    kind: { kind: "gelu" },
    value: "opGelu",
    pullback: "opGeluVjp",
    scalar: 0,
    ulps: { value: 5, pullback: 4 },
    slack: times
  },
  {
    kind: { kind: "leaky-relu", slope: 0.25 },
    value: "opLeakyRelu",
    pullback: "opLeakyReluVjp",
    scalar: 0.25,
    ulps: { value: 0.5, pullback: 0.5 }
  },
  {
    kind: { kind: "elu", alpha: 1.5 },
    value: "opElu",
    pullback: "opEluVjp",
    scalar: 1.5,
    ulps: { value: 3, pullback: 2 }
  }
]

const sweep = sweepOf(1024)

const float64 = (values: ArrayLike<number>): Tensor.Tensor =>
  Tensor.from(Float64Array.from(values), { shape: [values.length], dtype: "float64" })

describe.each(subjects)("$kind.kind", ({ kind, value, pullback, scalar, ulps, slack = none }) => {
  const scalars = [scalar]

  it(`is within ${ulps.value} ulp`, () => {
    const expected = Tensor.toFloat64Array(reference.elementwise(kind, float64(sweep)))
    const actual = operate(value, { a: sweep, scalars })
    const found = worst({ expected, actual, inputs: [sweep], slack: ([x]) => slack.value(x!) })
    expect(found.ulps, JSON.stringify(found)).toBeLessThanOrEqual(ulps.value)
  })

  it.each([1, -0.7])(`pulls %d back within ${ulps.pullback} ulp`, (dy) => {
    const y = operate(value, { a: sweep, scalars })
    const c = new Float32Array(sweep.length).fill(dy)
    const expected = Tensor.toFloat64Array(reference.elementwiseVjp(kind, float64(sweep), float64(y), float64(c)))
    const actual = operate(pullback, { a: sweep, b: y, c, scalars })
    const found = worst({
      expected,
      actual,
      inputs: [sweep, y],
      slack: ([x]) => slack.pullback(x!)
    })
    expect(found.ulps, JSON.stringify(found)).toBeLessThanOrEqual(ulps.pullback)
  })

  it.each([0, 1, 15, 16, 17, 511, 512])("gives the same bits over %i elements as one by one", (n) => {
    const a = Float32Array.from({ length: n }, (_, i) => special[i % special.length]!)
    const b = operate(value, { a, scalars })
    expect(b).toEqual(Float32Array.from(a, (x) => operate(value, { a: [x], scalars })[0]!))
    const c = a.map((_, i) => 1 + i / 512)
    const alone = Float32Array.from(a, (x, i) => operate(pullback, { a: [x], b: [b[i]!], c: [c[i]!], scalars })[0]!)
    expect(operate(pullback, { a, b, c, scalars })).toEqual(alone)
  })
})

it("relu is NaN for NaN and +0 for zeros and negative numbers", () => {
  const a = [Number.NaN, -0, 0, -1, Number.NEGATIVE_INFINITY, 1e-45]
  expect(operate("opRelu", { a })).toEqual(Float32Array.of(Number.NaN, 0, 0, 0, 0, 1e-45))
})
