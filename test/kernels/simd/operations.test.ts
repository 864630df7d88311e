/**
 * The operations on normals, moments and noise in float32, against the reference engine in float64.
 *
 * A product of rounded factors errs by at most the sum of their errors, each at most 2^-24 of its value (an exponential's
 * twice that), which is up to twice as many ulps; a sum also by what its terms bring along, which is its slack.
 */
import { Key, Tensor } from "effect-bayes"
import { type NormalParams, reference } from "effect-bayes/kernels"
import { describe, expect, it } from "vitest"
import type { OperationName } from "../../../src/kernels/simd/OperationName.ts"
import { special, ulpError, worst } from "./float32.ts"
import { floats, operate, readFloats, reset, runOperation } from "./harness.ts"

const N = 20_000
const EPSILON = 2 ** -24

type Three = readonly [a: Tensor.Tensor, b: Tensor.Tensor, c: Tensor.Tensor]

interface Subject {
  readonly operation: OperationName
  readonly scalars?: ReadonlyArray<number>
  /** The result in float64 of float64 tensors. */
  readonly reference: (...inputs: Three) => Tensor.Tensor
  /** Typical inputs, of which a normal and a uniform number are given. */
  readonly inputs: ReadonlyArray<(normal: number) => number>
  readonly ulps: number
  readonly slack?: (a: number, b: number, c: number) => number
}

const asIs = (x: number) => x
const logStd = (x: number) => 2 * x - 3
const variance = (x: number) => x ** 4
const scalar = (x: number) => Tensor.scalar(x, "float64")
const MEAN = 0.125
const LOG_STD = -0.75
const scalars = [MEAN, Math.exp(-LOG_STD), LOG_STD + 0.5 * Math.log(2 * Math.PI)]
const prior: NormalParams = { mean: scalar(MEAN), logStd: scalar(LOG_STD) }
const q = (mean: Tensor.Tensor, logStd: Tensor.Tensor): NormalParams => ({ mean, logStd })
const same = (x: Tensor.Tensor): NormalParams => ({ mean: x, logStd: x })

const squared = (mean: number, logStd: number, x: number) => ((x - mean) * Math.exp(-logStd)) ** 2

const normals: ReadonlyArray<Subject> = [
  {
    operation: "opNormalSample",
    reference: (mean, logStd, eps) => reference.normalSample(q(mean, logStd), eps),
    inputs: [asIs, logStd, asIs],
    ulps: 0.5,
    slack: (_, b, c) => 3 * EPSILON * Math.abs(Math.exp(b) * c)
  },
  {
    operation: "opNormalSampleVjp",
    reference: (logStd, eps, dw) => reference.normalSampleVjp(q(logStd, logStd), eps, dw).logStd,
    inputs: [logStd, asIs, asIs],
    ulps: 4
  },
  { operation: "opNormalVariance", reference: reference.normalVariance, inputs: [logStd], ulps: 1 },
  { operation: "opNormalVarianceVjp", reference: reference.normalVarianceVjp, inputs: [logStd, asIs], ulps: 3 },
  {
    operation: "opNormalLogProb",
    reference: (mean, logStd, x) => reference.normalLogProb(q(mean, logStd), x),
    inputs: [asIs, logStd, asIs],
    ulps: 0.5,
    slack: (a, b, c) => EPSILON * (5 * squared(a, b, c) + 2 * Math.abs(b) + 2)
  },
  {
    operation: "opNormalLogProbMeanGrad",
    reference: (mean, logStd, x) => reference.normalLogProbGrad(q(mean, logStd), x).mean,
    inputs: [asIs, logStd, asIs],
    ulps: 7
  },
  {
    operation: "opNormalLogProbLogStdGrad",
    reference: (mean, logStd, x) => reference.normalLogProbGrad(q(mean, logStd), x).logStd,
    inputs: [asIs, logStd, asIs],
    ulps: 0.5,
    slack: (a, b, c) => 9 * EPSILON * squared(a, b, c)
  },
  {
    operation: "opNormalLogProbScalars",
    scalars,
    reference: (x) => reference.normalLogProb(prior, x),
    inputs: [asIs],
    ulps: 0.5,
    slack: (a) => EPSILON * (4 * squared(MEAN, LOG_STD, a) + 1)
  },
  {
    operation: "opNormalKlMeanGrad",
    reference: (mean, priorMean, priorLogStd) => reference.normalKlGrad(same(mean), q(priorMean, priorLogStd)).mean,
    inputs: [asIs, asIs, logStd],
    ulps: 4
  },
  {
    operation: "opNormalKlMeanGradScalar",
    scalars: [MEAN, Math.exp(-2 * LOG_STD)],
    reference: (mean) => reference.normalKlGrad(same(mean), prior).mean,
    inputs: [asIs],
    ulps: 3
  },
  {
    operation: "opNormalKlLogStdGrad",
    reference: (logStd, priorLogStd) => reference.normalKlGrad(same(logStd), same(priorLogStd)).logStd,
    inputs: [logStd, logStd],
    ulps: 2,
    slack: (a, b) => EPSILON * Math.abs(2 * (a - b)) * Math.exp(2 * (a - b))
  },
  {
    operation: "opNormalKlLogStdGradScalar",
    scalars: [LOG_STD],
    reference: (logStd) => reference.normalKlGrad(same(logStd), prior).logStd,
    inputs: [logStd],
    ulps: 2,
    slack: (a) => EPSILON * Math.abs(2 * (a - LOG_STD)) * Math.exp(2 * (a - LOG_STD))
  }
]

const [BETA1, BETA2, C1, C2, TINY] = [0.9, 0.999, 0.19, 0.001999, 1e-8]
const adam = { beta1: BETA1, beta2: BETA2, correction1: C1, correction2: C2, epsilon: TINY }
const zero = (x: Tensor.Tensor) => Tensor.full({ shape: x.shape, dtype: "float64" }, 0)

const others: ReadonlyArray<Subject> = [
  {
    operation: "opFirstMoment",
    scalars: [BETA1, 1 - BETA1],
    reference: (m, g) => reference.adam(g, m, zero(m), adam).m,
    inputs: [asIs, asIs],
    ulps: 0.5,
    slack: (m, g) => 2 * EPSILON * (Math.abs(BETA1 * m) + Math.abs((1 - BETA1) * g))
  },
  {
    operation: "opSecondMoment",
    scalars: [BETA2, 1 - BETA2],
    reference: (v, g) => reference.adam(g, zero(v), v, adam).v,
    inputs: [variance, asIs],
    ulps: 3
  },
  {
    operation: "opMomentUpdate",
    scalars: [C1 / Math.sqrt(C2), C1 * TINY],
    reference: (m, v) => reference.adam(zero(m), m, v, { ...adam, beta1: 1, beta2: 1 }).update,
    inputs: [asIs, variance],
    ulps: 5
  },
  {
    operation: "opMomentUpdate",
    scalars: [1, TINY],
    reference: (g, v) => reference.rmsprop(g, v, { decay: 1, epsilon: TINY }).update,
    inputs: [asIs, variance],
    ulps: 3
  },
  {
    operation: "opMomentsSample",
    reference: reference.momentsSample,
    inputs: [asIs, variance, asIs],
    ulps: 0.5,
    slack: (_, b, c) => 2 * EPSILON * Math.abs(Math.sqrt(b) * c)
  },
  { operation: "opMomentsSampleVjp", reference: reference.momentsSampleVjp, inputs: [variance, asIs, asIs], ulps: 3 },
  { operation: "opDropout", reference: reference.dropout, inputs: [asIs, asIs], ulps: 2 },
  { operation: "opFill", scalars: [0.75], reference: (a) => Tensor.full(a, 0.75), inputs: [asIs], ulps: 0 }
]

const draws = (i: number) => reference.standardNormal(Key.make(i), { shape: [N], dtype: "float32" })
const noise = [0, 1, 2].map((i) => Tensor.toFloat64Array(draws(i)))

/** All three operands of typical inputs; those that an operation does not read are of whatever kind. */
const typical = ({ inputs }: Subject) =>
  noise.map((values, i) => Float32Array.from(values, inputs[i] ?? asIs)) as [Float32Array, Float32Array, Float32Array]

/** Special values in combinations: strides without a common divisor with how many there are, and each other. */
const extreme = [1, 7, 11].map((stride) =>
  Float32Array.from({ length: N }, (_, i) => special[(Math.floor(i / stride) * stride + i) % special.length]!)
) as [Float32Array, Float32Array, Float32Array]

/** Too large for float32, by more than the roundings of a few operations, or NaN. */
const isBeyond = (x: number) => !Number.isFinite(Math.fround(x * (1 - 8 * EPSILON)))

const expectedOf = (subject: Subject, inputs: ReadonlyArray<Float32Array>): Float64Array => {
  const [a, b, c] = inputs.map((x) => Tensor.from(Float64Array.from(x), { shape: [x.length], dtype: "float64" }))
  return Tensor.toFloat64Array(subject.reference(a!, b!, c!))
}

describe.each([...normals, ...others])("$operation", (subject) => {
  const { operation, scalars = [], ulps, slack = () => 0 } = subject
  const run = ([a, b, c]: ReadonlyArray<Float32Array>) => operate(operation, { a: a!, b: b!, c: c!, scalars })

  it(`is within ${ulps} ulp`, () => {
    const inputs = typical(subject)
    const found = worst({
      expected: expectedOf(subject, inputs),
      actual: run(inputs),
      inputs,
      slack: ([a, b, c]) => slack(a!, b!, c!)
    })
    expect(found.ulps, JSON.stringify(found)).toBeLessThanOrEqual(ulps)
  })

  it("is never finite where the truth is not", () => {
    const expected = expectedOf(subject, extreme)
    const actual = run(extreme)
    const wrong = [...actual.keys()].filter((i) => isBeyond(expected[i]!) && Number.isFinite(actual[i]!))
    expect(wrong.map((i) => [...extreme.map((x) => x[i]), expected[i], actual[i]])).toEqual([])
  })

  it.each([0, 1, 2])("may write over its input %i", (over) => {
    const inputs = typical(subject).map((x) => x.slice(0, 513))
    const expected = run(inputs)
    reset()
    const [a, b, c] = inputs.map(floats) as [number, number, number]
    const out = [a, b, c][over]!
    runOperation(operation, 513, { out, a, b, c }, scalars)
    expect(readFloats(out, 513)).toEqual(expected)
  })

  it.each([0, 1, 15, 16, 17, 511, 512])("gives the same bits over %i elements as one by one", (n) => {
    const inputs = extreme.map((x) => x.slice(0, n))
    const alone = Float32Array.from({ length: n }, (_, i) => run(inputs.map((x) => x.slice(i, i + 1)))[0]!)
    expect(run(inputs)).toEqual(alone)
  })
})

it("the gradient of a sample by a variance of 0 is 0, whatever the noise", () => {
  const a = [0, -0, 0, 0]
  const [b, c] = [
    [1, 1, Number.POSITIVE_INFINITY, Number.NaN],
    [1, -1, 0, 1]
  ]
  expect(operate("opMomentsSampleVjp", { a, b, c })).toEqual(Float32Array.of(0, 0, 0, 0))
})

it("a second moment is there where float32 holds it, though not the gradient's square", () => {
  const [moment] = operate("opSecondMoment", { a: [1e37], b: [-1e20], scalars: [0.5, 0.001] })
  expect(ulpError(0.5e37 + 0.001 * 1e40, moment!)).toBeLessThanOrEqual(3)
})
