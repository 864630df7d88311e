// The instructions of an Adam step at the end of a group run as one loop: bit for bit what they are one by one.
import { Key, Tensor } from "effect-bayes"
import { reference } from "effect-bayes/kernels"
import { beforeEach, describe, expect, it } from "vitest"
import type { OperationName } from "../../../src/kernels/simd/OperationName.ts"
import * as harness from "./harness.ts"

beforeEach(harness.reset)

const { exports } = harness
const BLOCK = exports.BLOCK.value

const normals = (seed: number, n: number) =>
  Float32Array.from(Tensor.toFloat64Array(reference.standardNormal(Key.make(seed), { shape: [n], dtype: "float32" })))

/** What a step begins with. */
interface Given {
  readonly gradient: Float32Array
  readonly m: Float32Array
  readonly v: Float32Array
  readonly p: Float32Array
}

const given = (n: number): Given => ({
  gradient: normals(1, n),
  m: normals(2, n),
  v: normals(3, n).map((x) => x * x),
  p: normals(4, n)
})

/** An instruction: its scalars are numbers, or words. */
type Step = readonly [
  name: OperationName,
  out: number,
  a: number,
  b?: number,
  scalars?: ReadonlyArray<number> | Uint32Array
]

/** The words of an instruction. */
const coded = ([name, out, a, b = 0, scalars = []]: Step): ReadonlyArray<number> => {
  const words = scalars instanceof Uint32Array ? [...scalars] : scalars.map(harness.bitsOf)
  return [exports[name].value, out, a, b, 0, ...words, ...Array.from({ length: 4 - words.length }, () => 0)]
}

const runs = (n: number, steps: ReadonlyArray<Step>): void => {
  const blocks = Math.ceil(n / BLOCK)
  exports.run(harness.words([0, n, steps.length, harness.words(steps.flatMap(coded)), blocks]), blocks, 0)
}

/** The gradient, halved, is in buffer 0, the update in 1, times the rate in 2. */
const stepOf = ({ gradient, m, v, p }: Given) => {
  const n = gradient.length
  const into = () => harness.allocate(n * 4)
  const [newM, newV, newP] = [into(), into(), into()]
  const flags = [harness.words([0]), harness.words([0]), harness.words([0])]
  const check = (number: number, of: number): Step => ["opNonFinite", 0, of, 0, Uint32Array.of(flags[number]!, n)]
  const before: ReadonlyArray<Step> = [["opScale", 0, harness.floats(gradient), 0, [0.5]]]
  const adam: ReadonlyArray<Step> = [
    ["opFirstMoment", newM, harness.floats(m), 0, [0.9, 0.1]],
    check(0, newM),
    ["opSecondMoment", newV, harness.floats(v), 0, [0.999, 0.001]],
    check(1, newV),
    ["opMomentUpdate", 1, newM, newV, [0.7, 1e-8]],
    ["opScale", 2, 1, 0, [-0.01]],
    ["opAxpy", newP, 2, harness.floats(p), [1.5]],
    check(2, newP)
  ]
  const read = () => ({
    m: harness.readWords(newM, n),
    v: harness.readWords(newV, n),
    p: harness.readWords(newP, n),
    flags: flags.map((at) => harness.readWords(at, 1)[0]!)
  })
  return { n, before, adam, read }
}

/** The result of the loop, which must be that of the same instructions with another one behind them. */
const result = (from: Given) => {
  harness.reset()
  const one = stepOf(from)
  runs(one.n, [...one.before, ...one.adam])
  const made = one.read()
  harness.reset()
  const apart = stepOf(from)
  const update = harness.allocate(apart.n * 4)
  runs(apart.n, [...apart.before, ...apart.adam, ["opScale", update, 2, 0, [1]]])
  expect(made).toEqual(apart.read())
  return { ...made, update: harness.readFloats(update, apart.n) }
}

const at = (values: Float32Array, index: number, value: number) => values.map((x, i) => (i === index ? value : x))

describe("an Adam step at the end of a group", () => {
  it.each([1, 16, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 37])(
    "is its instructions one by one: %i",
    (n) => {
      const { gradient, m, v, p } = given(n)
      const made = result({ gradient, m, v, p })
      const f = Math.fround
      const [d1, r1, d2, r2, c, e] = [0.9, 0.1, 0.999, 0.001, 0.7, 1e-8].map(f) as [number, ...Array<number>]
      const expected = Array.from(gradient, (twice, i) => {
        const g = f(0.5 * twice)
        const m1 = f(f(d1 * m[i]!) + f(r1! * g))
        const v1 = f(f(d2! * v[i]!) + f(f(r2! * g) * g))
        const w = f(f(-0.01) * f(m1 / f(f(f(Math.sqrt(v1)) * c!) + e!)))
        return { m1, v1, w, p1: f(f(1.5 * w) + p[i]!) }
      })
      const bits = (of: (x: (typeof expected)[number]) => number) =>
        new Uint32Array(Float32Array.from(expected, of).buffer)
      expect(made.m).toEqual(bits(({ m1 }) => m1))
      expect(made.v).toEqual(bits(({ v1 }) => v1))
      expect(made.p).toEqual(bits(({ p1 }) => p1))
      expect(made.update).toEqual(Float32Array.from(expected, ({ w }) => w))
      expect(made.flags).toEqual([0, 0, 0])
    }
  )

  it.each([0, 5, BLOCK - 1, BLOCK, 2 * BLOCK + 3])("tells which of its results is not finite, at %i", (i) => {
    const fine = given(2 * BLOCK + 4)
    expect(result({ ...fine, m: at(fine.m, i, Number.NaN) }).flags).toEqual([1, 0, 1])
    expect(result({ ...fine, v: at(fine.v, i, Infinity) }).flags).toEqual([0, 1, 0])
    expect(result({ ...fine, v: at(fine.v, i, -1) }).flags).toEqual([0, 0, 1])
    expect(result({ ...fine, p: at(fine.p, i, -Infinity) }).flags).toEqual([0, 0, 1])
  })

  it("finds finite numbers finite whose sum is not", () => {
    const fine = given(BLOCK)
    const huge = 3e38
    expect(result({ ...fine, m: at(fine.m, 7, huge), v: at(fine.v, 7, huge), p: at(fine.p, 7, huge) }).flags).toEqual([
      0, 0, 0
    ])
  })
})
