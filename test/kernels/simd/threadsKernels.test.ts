// Every kernel gives the same bits on any number of threads, however small the work that is shared.

import { createHash } from "node:crypto"
import { Key, Tensor } from "effect-bayes"
import { reference } from "effect-bayes/kernels"
import { expect, it } from "vitest"
import { instantiate } from "../../../src/kernels/simd/instance.ts"
import { bitsOf, type Harness, harnessOf } from "./harness.ts"
import { withPool } from "./pools.ts"

type Sizes = readonly [rows: number, inputs: number, outputs: number]

const normal = (seed: number, n: number): Float32Array =>
  Float32Array.from(Tensor.toFloat64Array(reference.standardNormal(Key.make(seed), { shape: [n], dtype: "float32" })))

/** What a kernel computes in a memory of its own: its outputs, read back. */
type Run = (harness: Harness) => ReadonlyArray<Float32Array | Float64Array>

/** The outputs of a kernel that fills n floats. */
const into =
  (n: number, kernel: (harness: Harness, out: number) => void): Run =>
  (harness) => {
    const out = harness.allocate(n * 4)
    kernel(harness, out)
    return [harness.readFloats(out, n)]
  }

/** out = 2 a + a b, then its square in place, over two groups of different lengths. */
const program =
  (n: number): Run =>
  ({ floats, words, allocate, exports, readFloats }) => {
    const [a, b] = [floats(normal(1, n)), floats(normal(2, n))]
    const [first, second] = [allocate(n * 4), allocate(100 * 4)]
    const instruction = (name: "opAxpy" | "opMultiply", out: number, a: number, b: number) => [
      exports[name].value,
      out,
      a,
      b,
      0,
      bitsOf(2),
      0,
      0,
      0
    ]
    const instructions = words(
      [
        instruction("opMultiply", 3, a, b),
        instruction("opAxpy", first, a, 3),
        instruction("opMultiply", first, first, first)
      ].flat()
    )
    const short = words(instruction("opMultiply", second, a, b))
    const blocks = Math.ceil(n / 512)
    exports.run(words([0, n, 3, instructions, blocks, 100, 1, short, blocks + 1]), blocks + 1, 0)
    return [readFloats(first, n), readFloats(second, 100)]
  }

const affine = (sizes: Sizes): Record<string, Run> => {
  const [rows, inputs, outputs] = sizes
  const x = normal(1, rows * inputs)
  const weight = normal(2, outputs * inputs)
  const bias = normal(3, outputs)
  const dy = normal(4, rows * outputs)
  return {
    affine: into(rows * outputs, ({ exports, floats, allocate }, y) =>
      exports.affine(floats(x), floats(weight), floats(bias), y, ...sizes, allocate(exports.affineTmp(...sizes)))
    ),
    affineWeightGrad: into(outputs * inputs, ({ exports, floats, allocate }, dw) =>
      exports.affineWeightGrad(floats(x), floats(dy), dw, ...sizes, allocate(exports.affineWeightGradTmp(...sizes)))
    ),
    affineBiasGrad: into(outputs, ({ exports, floats }, db) => exports.affineBiasGrad(floats(dy), db, rows, outputs)),
    affineInputGrad: into(rows * inputs, ({ exports, floats, allocate }, dx) =>
      exports.affineInputGrad(floats(dy), floats(weight), dx, ...sizes, allocate(exports.affineInputGradTmp(...sizes)))
    )
  }
}

const named = (suffix: string, runs: Record<string, Run>): ReadonlyArray<readonly [string, Run]> =>
  Object.entries(runs).map(([name, run]) => [`${name}, ${suffix}`, run])

/** Such as take each way through the products, larger and smaller than a block. */
const SIZES: ReadonlyArray<Sizes> = [
  [100, 400, 300],
  [3, 50, 1000],
  [1000, 3, 2],
  [64, 1, 200],
  [200, 211, 90]
]

const kernels: ReadonlyArray<readonly [string, Run]> = [
  ["a program over 1,000,003 elements", program(1_000_003)],
  ...SIZES.flatMap((sizes) => named(sizes.join(" x "), affine(sizes)))
]

/** Equal for equal bytes: -0 is not 0, and a NaN is itself. */
const digest = (outputs: ReturnType<Run>) =>
  outputs.map((output) => createHash("sha256").update(new Uint8Array(output.buffer)).digest("hex"))

it("gives the same bits on 1 to 4 threads", async () => {
  const alone = harnessOf(instantiate(false))
  const expected = kernels.map(([, run]) => {
    alone.reset()
    return digest(run(alone))
  })
  for (const threads of [2, 3, 4]) {
    await withPool({ threads }, (harness) => {
      for (const [i, [name, run]] of kernels.entries()) {
        for (let repetition = 0; repetition < 5; repetition++) {
          harness.reset()
          expect(digest(run(harness)), `${name}, on ${threads} threads`).toEqual(expected[i])
        }
      }
    })
  }
})
