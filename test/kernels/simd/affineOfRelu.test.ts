// A linear map with few outputs that reads its input through a relu: bit for bit the map of what the relu makes.
import { Key, Tensor } from "effect-bayes"
import { reference, simd } from "effect-bayes/kernels"
import { describe, expect, it } from "vitest"
import * as harness from "./harness.ts"
import { numbers, open } from "./workspaces.ts"

/** Standard normals, the same for the same seed. */
const random = (seed: number, n: number): Float32Array =>
  Float32Array.from(Tensor.toFloat64Array(reference.standardNormal(Key.make(seed), { shape: [n], dtype: "float32" })))

const SPECIAL = [-0, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-45, -1e-45]

/** Whether all are the same number; 0 and -0 differ, and NaN, whose bits WebAssembly leaves open, is itself. */
const areSame = (a: Float32Array, b: Float32Array) => a.every((v, i) => Object.is(v, b[i]))

/** The map of an input through the relu, and that of the relu itself. */
const both = (rows: number, inputs: number, outputs: number) => {
  harness.reset()
  const { exports } = harness
  const x = random(rows, rows * inputs).map((v, i) => (i % 29 === 3 ? SPECIAL[i % SPECIAL.length]! : v))
  const relu = x.map((v) => Math.max(v, 0))
  const weight = harness.floats(random(inputs, outputs * inputs))
  const bias = harness.floats(random(outputs, outputs).map((v, i) => (i === 0 ? -0 : v)))
  const tmp = harness.allocate(exports.affineTmp(rows, inputs, outputs))
  const [fused, plain] = [harness.allocate(rows * outputs * 4), harness.allocate(rows * outputs * 4)]
  exports.affineOfRelu(harness.floats(x), weight, bias, fused, rows, inputs, outputs)
  exports.affine(harness.floats(relu), weight, bias, plain, rows, inputs, outputs, tmp)
  return [harness.readFloats(fused, rows * outputs), harness.readFloats(plain, rows * outputs)] as const
}

describe("an input through a relu", () => {
  // 8 rows and 4 inputs at a time; the last case is cut into blocks.
  it.each([8, 9, 15, 16, 17, 1000, 40_001])("gives the bits of the relu: %i rows", (rows) => {
    for (const inputs of [0, 1, 3, 4, 5, 8, 13]) {
      for (const outputs of [1, 2, 3]) {
        const [fused, plain] = both(rows, inputs, outputs)
        expect(areSame(fused, plain)).toBe(true)
      }
    }
  })

  it("is for few outputs of eight rows or more", () => {
    const takes = (rows: number, outputs: number) => harness.exports.affineTakesRelu(rows, outputs)
    expect([takes(8, 1), takes(8, 3), takes(7, 1), takes(8, 4)]).toEqual([1, 1, 0, 0])
  })

  it.each([7, 8, 100])("is read before and after the relu itself has been made: %i rows", (rows) => {
    const { memory } = open()
    const x = Tensor.from(random(1, rows * 5), { shape: [rows, 5] })
    const [weight, bias] = [Tensor.from([[1, -2, 3, -4, 5]]), Tensor.from([0.5])]
    const expected = numbers(simd.affine(simd.elementwise({ kind: "relu" }, x), weight, bias))
    const oracle = numbers(reference.affine(reference.elementwise({ kind: "relu" }, x), weight, bias))
    for (const [i, value] of expected.entries()) expect(value).toBeCloseTo(oracle[i]!, 4)
    memory.frame(() => {
      const h = simd.elementwise({ kind: "relu" }, memory.hold(x))
      expect(numbers(simd.affine(h, weight, bias))).toEqual(expected)
      expect(simd.sum(h)).toBeCloseTo(
        numbers(x).reduce((sum, v) => sum + Math.max(v, 0), 0),
        4
      )
      expect(numbers(simd.affine(h, weight, bias))).toEqual(expected)
      // Of what is not made yet the relu is made with it.
      const doubled = simd.elementwise({ kind: "relu" }, simd.scale(2, x))
      const twice = simd.affine(doubled, weight, Tensor.from([1]))
      expect(numbers(twice)).toEqual(expected.map((v) => 2 * v))
      // Another activation is its own.
      const other = simd.affine(simd.elementwise({ kind: "tanh" }, memory.hold(x)), weight, bias)
      expect(numbers(other)).not.toEqual(expected)
    })
  })
})
