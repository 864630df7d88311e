// The products of a linear map: bit for bit the plain float32 loops, in every shape, and near the reference engine.

import { Key, Tensor } from "effect-bayes"
import { reference } from "effect-bayes/kernels"
import fc from "fast-check"
import { beforeEach, describe, expect, it } from "vitest"
import * as harness from "./harness.ts"

beforeEach(() => {
  harness.reset()
  harness.exports.setPairs(false)
})

interface Sizes {
  readonly rows: number
  readonly inputs: number
  readonly outputs: number
}

/** Standard normals, the same for the same seed. */
const random = (seed: number, ...shape: ReadonlyArray<number>) =>
  reference.standardNormal(Key.make(seed), { shape, dtype: "float32" })
const values = (t: Tensor.Tensor) => Float32Array.from(Tensor.toFloat64Array(t))

const operands = ({ rows, inputs, outputs }: Sizes, seed: number) => ({
  x: random(seed, rows, inputs),
  w: random(seed + 1, outputs, inputs),
  bias: random(seed + 2, outputs),
  dy: random(seed + 3, rows, outputs)
})

/** c[r][j] = start(j) + the sum over k upwards of a(r, k) b(k, j), every product and every sum rounded to float32. */
const loop = (
  [m, n, k]: readonly [number, number, number],
  a: (r: number, k: number) => number,
  b: (k: number, j: number) => number,
  start: (j: number) => number = () => 0
): Float32Array => {
  const c = new Float32Array(m * n)
  for (let r = 0; r < m; r++)
    for (let j = 0; j < n; j++) {
      let sum = start(j)
      for (let i = 0; i < k; i++) sum = Math.fround(sum + Math.fround(a(r, i) * b(i, j)))
      c[r * n + j] = sum
    }
  return c
}

/** What the kernels make of the operands. */
const run = ({ rows, inputs, outputs }: Sizes, given: ReturnType<typeof operands>) => {
  harness.reset()
  const { exports } = harness
  const [x, w, bias, dy] = [given.x, given.w, given.bias, given.dy].map((t) => harness.floats(values(t))) as [
    number,
    number,
    number,
    number
  ]
  const into = (n: number, kernel: (out: number) => void): Float32Array => {
    const out = harness.allocate(n * 4)
    kernel(out)
    return harness.readFloats(out, n)
  }
  const s = [rows, inputs, outputs] as const
  const tmp = (bytes: number) => harness.allocate(bytes)
  return {
    y: into(rows * outputs, (y) => exports.affine(x, w, 0, y, ...s, tmp(exports.affineTmp(...s)))),
    biased: into(rows * outputs, (y) => exports.affine(x, w, bias, y, ...s, tmp(exports.affineTmp(...s)))),
    dw: into(outputs * inputs, (dw) =>
      exports.affineWeightGrad(x, dy, dw, ...s, tmp(exports.affineWeightGradTmp(...s)))
    ),
    db: into(outputs, (db) => exports.affineBiasGrad(dy, db, rows, outputs)),
    dx: into(rows * inputs, (dx) => exports.affineInputGrad(dy, w, dx, ...s, tmp(exports.affineInputGradTmp(...s))))
  }
}

const naive = ({ rows, inputs, outputs }: Sizes, given: ReturnType<typeof operands>) => {
  const [x, w, bias, dy] = [given.x, given.w, given.bias, given.dy].map(values) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array
  ]
  const xAt = (r: number, i: number) => x[r * inputs + i]!
  const wAt = (i: number, o: number) => w[o * inputs + i]!
  const dyAt = (r: number, o: number) => dy[r * outputs + o]!
  return {
    y: loop([rows, outputs, inputs], xAt, wAt),
    biased: loop([rows, outputs, inputs], xAt, wAt, (o) => bias[o]!),
    dw: loop([outputs, inputs, rows], (o, r) => dyAt(r, o), xAt),
    db: values(reference.affineBiasGrad(given.dy)), // a float64 sum in the same order, rounded once
    dx: loop([rows, inputs, outputs], dyAt, (o, i) => wAt(i, o))
  }
}

/** Bits as integers, so that 0 and -0 differ. */
const bits = (x: Float32Array) => new Uint32Array(x.buffer)

const assertSame = (sizes: Sizes, seed: number) => {
  const given = operands(sizes, seed)
  const expected = naive(sizes, given)
  for (const pairs of [false, true]) assertMade({ ...sizes, pairs }, given, expected)
}

/** By narrow tiles, or by wide ones where they can be. */
const assertMade = (
  sizes: Sizes & { readonly pairs: boolean },
  given: ReturnType<typeof operands>,
  expected: ReturnType<typeof naive>
) => {
  harness.exports.setPairs(sizes.pairs)
  const actual = run(sizes, given)
  for (const name of ["y", "biased", "dw", "db", "dx"] as const) {
    const [a, e] = [bits(actual[name]), bits(expected[name])]
    const at = e.findIndex((word, i) => a[i] !== word)
    if (at >= 0) {
      throw new Error(`${name}[${at}] of ${JSON.stringify(sizes)}: ${actual[name][at]}, not ${expected[name][at]}`)
    }
  }
}

/** None, one, around the sizes of vectors, tiles (5 rows, 8 or 16 columns) and pairs of them, and many. */
const size = fc.oneof(fc.integer({ min: 0, max: 24 }), fc.constantFrom(31, 32, 33, 40, 47, 61, 100))

describe("affine and its gradient", () => {
  it("are bit for bit the plain float32 loops", () => {
    fc.assert(
      fc.property(fc.record({ rows: size, inputs: size, outputs: size }), fc.nat(), (sizes, seed) =>
        assertSame(sizes, seed)
      ),
      { numRuns: 300 }
    )
  })

  // Several blocks of tiles, several of panels, and one long axis at a time.
  it.each([
    [200, 211, 90],
    [17, 4100, 60],
    [2003, 18, 21],
    [20_003, 18, 21],
    [921, 13, 50],
    [922, 13, 50],
    [923, 13, 50],
    [19, 2003, 23],
    [21, 17, 2003],
    [40_001, 13, 3],
    [3, 13, 40_001],
    [20_001, 1, 33],
    [1, 300, 700],
    // One tile, or one panel, in the second block of those that are packed.
    [16, 128, 81],
    [18, 130, 85],
    [30, 40, 131]
  ])("are the same where they are cut into blocks: %i rows, %i inputs, %i outputs", (rows, inputs, outputs) => {
    assertSame({ rows, inputs, outputs }, rows + inputs + outputs)
  })

  // Sums of few terms (up to 128), of 5 rows at a time, of which 185 by 16 columns pass by together.
  it.each(
    [0, 1, 4, 5, 6, 184, 185, 186, 189].flatMap((rows) =>
      [0, 1, 5, 127, 128, 129].map((inputs) => [rows, inputs] as const)
    )
  )("are the same where sums have few terms: %i rows, %i inputs", (rows, inputs) => {
    for (const outputs of [0, 1, 4, 5, 8, 11, 13, 16]) assertSame({ rows, inputs, outputs }, rows + inputs)
    assertSame({ rows, inputs: 16, outputs: inputs }, rows)
  })

  it("give a row the same bits in every batch", () => {
    const sizes = { rows: 130, inputs: 29, outputs: 30 }
    const given = operands(sizes, 5)
    const { biased: all } = run(sizes, given)
    for (const rows of [1, 2, 3, 4, 5, 7, 8, 9, 64]) {
      const x = Tensor.from(values(given.x).slice(0, rows * 29), { shape: [rows, 29] })
      const dy = Tensor.from(values(given.dy).slice(0, rows * 30), { shape: [rows, 30] })
      expect(run({ ...sizes, rows }, { ...given, x, dy }).biased).toEqual(all.subarray(0, rows * 30))
    }
  })

  it("differ from the reference by no more than the error of k float32 sums", () => {
    const sizes = { rows: 43, inputs: 200, outputs: 77 }
    const given = operands(sizes, 11)
    const actual = run(sizes, given)
    const absolute = (t: Tensor.Tensor) => Tensor.from(values(t).map(Math.abs), { shape: t.shape })
    const [x, w, dy] = [absolute(given.x), absolute(given.w), absolute(given.dy)]
    // |error| <= k 2^-24 sum |a b| to first order (Higham, Accuracy and Stability, section 3.1); the reference itself rounds once.
    const check = (name: "y" | "dw" | "dx", k: number, expected: Tensor.Tensor, sums: Tensor.Tensor) => {
      const [e, s] = [expected, sums].map(Tensor.toFloat64Array) as [Float64Array, Float64Array]
      for (const [i, value] of actual[name].entries()) {
        expect(Math.abs(value - e[i]!)).toBeLessThanOrEqual((k + 1) * 2 ** -24 * s[i]!)
      }
    }
    check("y", 200, reference.affine(given.x, given.w, undefined), reference.affine(x, w, undefined))
    check("dw", 43, reference.affineWeightGrad(given.x, given.dy), reference.affineWeightGrad(x, dy))
    check("dx", 77, reference.affineInputGrad(given.dy, given.w), reference.affineInputGrad(dy, w))
  })
})
