/**
 * Calls of kernels, to be made again: what is left of a function that was recorded (`Recording`).
 *
 * They do the same as before to whatever lies now where the function's operands lay, with the noise of other keys.
 */
import { equals } from "../../core/Shape.ts"
import type { Tensor } from "../../core/Tensor.ts"
import type { Tape } from "../Recorder.ts"
import type { Heap } from "./Heap.ts"
import { Recipe } from "./Recipe.ts"

/** A function of the module. */
export type Kernel = (...args: ReadonlyArray<number>) => number | undefined

/** The most arguments that a kernel takes; a call that is recorded has as many, of which the last may be of no use. */
export const ARGUMENTS = 14

export interface Call {
  readonly kernel: Kernel
  readonly args: ReadonlyArray<number>
  readonly result: number | undefined
}

/** The four words by which a program makes noise, and whose they are. */
interface KeyWords {
  readonly at: number
  /** Which of the function's noise. */
  readonly index: number
}

/** What is on a tape. */
interface Content {
  readonly calls: ReadonlyArray<Call>
  /** The function's noise when it was recorded. */
  readonly noise: ReadonlyArray<Recipe>
  readonly keys: ReadonlyArray<KeyWords>
  /** Where the function's number stands. */
  readonly factors: ReadonlyArray<number>
}

export class SimdTape implements Tape {
  private readonly heap: Heap
  private readonly content: Content

  constructor(heap: Heap, content: Content) {
    this.heap = heap
    this.content = content
  }

  /**
   * Makes the calls again with other noise. Whether they did what the function would have done: a kernel that gives
   * another number than it gave then may have led elsewhere, and other noise than a key's is not to be had here.
   */
  play(noise: ReadonlyArray<Tensor>, number: number): boolean {
    const { calls, keys, factors, noise: recorded } = this.content
    if (noise.length !== recorded.length) return false
    for (let i = 0; i < noise.length; i++) if (!isLike(noise[i]!, recorded[i]!)) return false
    const { u32, f32 } = this.heap
    for (const at of factors) f32[at] = number
    for (const { at, index } of keys) {
      const { key, parameter } = noise[index] as Recipe
      u32[at] = key.k0
      u32[at + 1] = key.k1
      u32[at + 2] = parameter[0]
      u32[at + 3] = parameter[1]
    }
    for (const { kernel, args: a, result } of calls) {
      // Written out, as a list that is spread costs more than many a kernel.
      const now = kernel(
        a[0]!,
        a[1]!,
        a[2]!,
        a[3]!,
        a[4]!,
        a[5]!,
        a[6]!,
        a[7]!,
        a[8]!,
        a[9]!,
        a[10]!,
        a[11]!,
        a[12]!,
        a[13]!
      )
      if (!Object.is(now, result)) return false
    }
    return true
  }
}

/** Whether noise differs from that of the recording in its key at most. */
const isLike = (eps: Tensor, { operation, shape }: Recipe): boolean =>
  eps instanceof Recipe && eps.operation === operation && equals(eps.shape, shape)
