/**
 * Kernels of the WebAssembly module as functions to time, on one thread and a memory of their own.
 */

import { instantiate } from "../src/kernels/simd/instance.ts"
import type { OperationName } from "../src/kernels/simd/OperationName.ts"
import { bitsOf, harnessOf } from "../test/kernels/simd/harness.ts"

/** Of a linear map. */
export type Sizes = readonly [rows: number, inputs: number, outputs: number]

const { exports, floats, words, allocate } = harnessOf(instantiate(false))

export const BLOCK = exports.BLOCK.value

/** A buffer of numbers from -1/2 to 1/2. */
export const filled = (count: number): number =>
  floats(Float32Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 101 - 0.5))

/** The three products of a linear map. */
export const products = (sizes: Sizes) => {
  const [rows, inputs, outputs] = sizes
  const [x, w, dy] = [filled(rows * inputs), filled(outputs * inputs), filled(rows * outputs)]
  const [dx, dw, y] = [filled(rows * inputs), filled(outputs * inputs), filled(rows * outputs)]
  const bytes = [exports.affineTmp, exports.affineWeightGradTmp, exports.affineInputGradTmp].map((f) => f(...sizes))
  const tmp = allocate(Math.max(...bytes))
  return {
    "y = x W^T": () => exports.affine(x, w, 0, y, ...sizes, tmp),
    "dW = dy^T x": () => exports.affineWeightGrad(x, dy, dw, ...sizes, tmp),
    "dx = dy W": () => exports.affineInputGrad(dy, w, dx, ...sizes, tmp)
  } as const
}

/** An operation, what it writes and reads, and its scalars. */
export interface Instruction {
  readonly name: OperationName
  readonly out: number
  readonly a?: number
  readonly b?: number
  readonly c?: number
  readonly scalars?: ReadonlyArray<number>
}

/** A program of instructions, one after the other on each block of so many elements. */
export const program = (elements: number, instructions: ReadonlyArray<Instruction>): (() => void) => {
  const coded = instructions.flatMap(({ name, out, a = 0, b = 0, c = 0, scalars = [] }) => {
    const bits = [0, 1, 2, 3].map((i) => bitsOf(scalars[i] ?? 0))
    return [exports[name].value, out, a, b, c, ...bits]
  })
  const blocks = Math.ceil(elements / BLOCK)
  const groups = words([0, elements, instructions.length, words(coded), blocks])
  return () => exports.run(groups, blocks, 0)
}

/** The divergence of normals from N(0, 1), summed. */
export const normalKl = (elements: number, mean: number, logStd: number): (() => void) => {
  const zero = floats([0])
  const partials = allocate(8 * Math.ceil(elements / exports.REDUCTION_BLOCK.value))
  return () => exports.normalKl(mean, logStd, zero, 0, zero, 0, elements, partials)
}
