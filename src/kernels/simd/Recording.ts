/**
 * The recording of what a pure function does to tensors: calls of kernels in their order, with memory of their own.
 *
 * Three things could make it wrong to do the same again, and each is looked after. Keys of noise, and the function's number,
 * stand in programs as words, whose places are written down (`writes`). A kernel that gives a number may decide what comes
 * next, so the number is kept with the call. And a function that looks at the numbers of a tensor may do something else
 * with others: it spoils the recording.
 */
import type { Tensor } from "../../core/Tensor.ts"
import type { Exports } from "./Exports.ts"
import type { Heap } from "./Heap.ts"
import { Recipe } from "./Recipe.ts"
import type { Region } from "./Region.ts"
import { ARGUMENTS, type Call, type Kernel, SimdTape } from "./SimdTape.ts"
import type { SimdTensor } from "./SimdTensor.ts"

/** Functions that give sizes, and change nothing. */
const isSize = (name: string): boolean => name.endsWith("Tmp")

export class Recording {
  /** Of all that is made meanwhile. */
  readonly region: Region
  private readonly heap: Heap
  private readonly calls: Array<Call> = []
  private readonly drawn = new Map<SimdTensor, Recipe>()
  private readonly written: Array<{ readonly at: number; readonly recipe: Recipe }> = []
  private readonly varying = new Set<SimdTensor>()
  private readonly factors: Array<number> = []
  private spoiled = false

  constructor(heap: Heap, region: Region) {
    this.heap = heap
    this.region = region
  }

  /** From now on there will be no tape. */
  spoil(): void {
    this.spoiled = true
  }

  /** The same exports, each call of which is recorded. */
  listening(exports: Exports): Exports {
    const listen = ([name, value]: readonly [string, unknown]): readonly [string, unknown] => {
      if (typeof value !== "function" || isSize(name)) return [name, value]
      const kernel = value as Kernel
      const recorded: Kernel = (...args) => {
        const result = kernel(...args)
        this.calls.push({ kernel, args: [...args, ...new Array<number>(ARGUMENTS - args.length).fill(0)], result })
        return result
      }
      return [name, recorded]
    }
    return Object.fromEntries(Object.entries(exports).map(listen)) as unknown as Exports
  }

  /** A tensor will hold this noise. */
  draws(made: SimdTensor, recipe: Recipe): void {
    this.drawn.set(made, recipe)
  }

  /** The first scalar of the operation that makes a tensor is the function's number. */
  varies(made: SimdTensor): void {
    if (made.operation === undefined) this.spoil() // it has been made already
    this.varying.add(made)
  }

  /** From the word at `at` on, a program has the scalars of the operation that makes a tensor. */
  writes(made: SimdTensor, at: number): void {
    const recipe = this.drawn.get(made)
    if (recipe !== undefined) this.written.push({ at, recipe })
    if (this.varying.has(made)) this.factors.push(at)
  }

  /** The tape, for noise in the places of this; undefined where to play it might be wrong. */
  tape(noise: ReadonlyArray<Tensor>): SimdTape | undefined {
    const recipes = noise.filter((eps) => eps instanceof Recipe)
    if (this.spoiled || recipes.length < noise.length) return undefined
    const words = this.written.map(({ at, recipe }) => ({ at, index: recipes.indexOf(recipe) }))
    // Noise that is none of the function's own is the same each time.
    return new SimdTape(this.heap, {
      calls: this.calls,
      noise: recipes,
      keys: words.filter(({ index }) => index >= 0),
      factors: this.factors
    })
  }
}
