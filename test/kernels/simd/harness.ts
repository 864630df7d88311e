/**
 * Raw kernels under test: arrays go into a memory of their own, a kernel runs over pointers, arrays come out.
 *
 * Every buffer begins at a multiple of 64 bytes and is padded to a multiple of 64. The padding is NaN, so that a kernel
 * which lets it into a result shows. Behind each buffer stands a guard; reading any buffer throws if a guard has changed.
 */

import { type Instance, instantiate, reserve } from "../../../src/kernels/simd/instance.ts"
import type { OperationName } from "../../../src/kernels/simd/OperationName.ts"

/** A group of 16 floats: what buffers are aligned and padded to. */
const ALIGNMENT = 64
const GUARD = 64
const GUARD_WORD = 0x7fc0dead // a NaN, as are all bytes of padding
const PADDING = 0xff

const up = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT

/** The word that a float32 is. */
export const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0]!

/** What an operation reads: up to three arrays, and up to four scalars, as numbers or as the words that they are. */
export interface Operands {
  readonly a: ArrayLike<number>
  readonly b?: ArrayLike<number>
  readonly c?: ArrayLike<number>
  readonly scalars?: ReadonlyArray<number> | Uint32Array
}

/** Buffers and operations on an instance. */
export const harnessOf = ({ memory, exports, start: first }: Instance) => {
  const constant = (name: "BLOCK" | "SLOTS"): number => exports[name].value
  const start = first + constant("SLOTS") * constant("BLOCK") * 4

  let end = start
  let guards: Array<number> = []

  reserve(memory, start)
  exports.setBuffers(first)

  /** Forgets all buffers: call it before each test. */
  const reset = (): void => {
    end = start
    guards = []
  }

  /** A buffer of so many bytes, all of them and their padding those of NaN. */
  const allocate = (bytes: number): number => {
    const pointer = end
    const guard = pointer + up(bytes)
    end = guard + GUARD
    reserve(memory, end)
    new Uint8Array(memory.buffer, pointer, guard - pointer).fill(PADDING)
    new Uint32Array(memory.buffer, guard, GUARD / 4).fill(GUARD_WORD)
    guards.push(guard)
    return pointer
  }

  /** Float32 values in a buffer of their own. */
  const floats = (values: ArrayLike<number>): number => {
    const pointer = allocate(values.length * 4)
    new Float32Array(memory.buffer).set(values, pointer / 4)
    return pointer
  }

  /** Float64 values in a buffer of their own. */
  const doubles = (values: ArrayLike<number>): number => {
    const pointer = allocate(values.length * 8)
    new Float64Array(memory.buffer).set(values, pointer / 8)
    return pointer
  }

  /** 32-bit words in a buffer of their own. */
  const words = (values: ArrayLike<number>): number => {
    const pointer = allocate(values.length * 4)
    new Uint32Array(memory.buffer).set(values, pointer / 4)
    return pointer
  }

  const assertGuards = (): void => {
    for (const guard of guards) {
      if (new Uint32Array(memory.buffer, guard, GUARD / 4).some((word) => word !== GUARD_WORD)) {
        throw new Error(`a kernel wrote behind the end of the buffer before ${guard}`)
      }
    }
  }

  /** A copy of n float32 values. */
  const readFloats = (pointer: number, n: number): Float32Array => {
    assertGuards()
    return new Float32Array(memory.buffer, pointer, n).slice()
  }

  /** A copy of n float64 values. */
  const readDoubles = (pointer: number, n: number): Float64Array => {
    assertGuards()
    return new Float64Array(memory.buffer, pointer, n).slice()
  }

  /** A copy of n words. */
  const readWords = (pointer: number, n: number): Uint32Array => {
    assertGuards()
    return new Uint32Array(memory.buffer, pointer, n).slice()
  }

  /** Runs one operation over n elements at pointers, as a program of one instruction. */
  const runOperation = (
    name: OperationName,
    n: number,
    pointers: { readonly out: number; readonly a: number; readonly b: number; readonly c: number },
    scalars: ReadonlyArray<number> | Uint32Array
  ): void => {
    const { out, a, b, c } = pointers
    const scalarWords = [0, 1, 2, 3].map((i) =>
      scalars instanceof Uint32Array ? (scalars[i] ?? 0) : bitsOf(scalars[i] ?? 0)
    )
    const instructions = words([exports[name].value, out, a, b, c, ...scalarWords])
    const blocks = Math.max(1, Math.ceil(n / constant("BLOCK")))
    exports.run(words([0, n, 1, instructions, blocks]), blocks, 0)
  }

  /** The operation's result, one element for each of a's. */
  const operate = (name: OperationName, { a, b = [], c = [], scalars = [] }: Operands): Float32Array => {
    reset()
    const out = allocate(a.length * 4)
    runOperation(name, a.length, { out, a: floats(a), b: floats(b), c: floats(c) }, scalars)
    return readFloats(out, a.length)
  }

  return {
    memory,
    exports,
    reset,
    allocate,
    floats,
    doubles,
    words,
    readFloats,
    readDoubles,
    readWords,
    runOperation,
    operate
  }
}

export type Harness = ReturnType<typeof harnessOf>

/** The harness of most tests: on one thread, all of a file's tests in one memory. */
export const {
  exports,
  reset,
  allocate,
  floats,
  doubles,
  words,
  readFloats,
  readDoubles,
  readWords,
  runOperation,
  operate
} = harnessOf(instantiate(false))
