/**
 * Where the steps of a loop keep their tensors: an engine's own memory, in place of the heap.
 *
 * Inside `step` every tensor that a kernel makes is in that memory and dies with the step, but for those that are kept:
 * they live until the step after the next has run, so that each step reads what the one before has made and writes its
 * own. A tensor that is used later than that is a `ShapeError`. The functions that run inside are the same pure
 * functions as outside, and their results have the same bits.
 *
 * @since 0.4.0
 */
import { ShapeError } from "../core/errors.ts"
import { isPlain } from "../core/records.ts"
import { isTensor, type Tensor } from "../core/Tensor.ts"
import type { Recorder } from "./Recorder.ts"
import { reference } from "./reference/index.ts"

/** What a step gives, and whether all that is kept of it is finite. @category models @since 0.4.0 */
interface Stepped<A> {
  readonly result: A
  readonly finite: boolean
}

/** @category models @since 0.4.0 */
export interface Workspace {
  /** Threads that kernels may use, the caller's included. */
  readonly threads: number
  /** Runs one step. `kept` says of its result which tensors live on; they may come from this step or the one before. */
  step<A>(f: () => A, kept: (result: A) => ReadonlyArray<Tensor>): Stepped<A>
  /** Runs what keeps nothing: tensors made inside are dead afterwards. */
  frame<A>(f: () => A): A
  /** The tensor in the workspace's memory for as long as the workspace lives, so that no frame copies it again. */
  hold(t: Tensor): Tensor
  /** An ordinary tensor that outlives everything. */
  copyOut(t: Tensor): Tensor
  /** What records steps; the heap has none. */
  readonly recorder?: Recorder
}

/**
 * The tensors in plain data, in the order in which it was written. What is of a class, a Map or a Date, may be there too.
 *
 * **Errors**: `ShapeError` where that holds tensors, as nobody could put others in their place.
 *
 * @category getters
 * @since 0.4.0
 */
export const tensorsOf = (data: unknown): Array<Tensor> => {
  const found: Array<Tensor> = []
  collect(data, found)
  return found
}

const collect = (node: unknown, found: Array<Tensor>): void => {
  if (typeof node !== "object" || node === null || ArrayBuffer.isView(node)) return
  if (isTensor(node)) found.push(node)
  else if (Array.isArray(node)) for (let i = 0; i < node.length; i++) collect(node[i], found)
  else if (isPlain(node)) for (const key in node) collect(node[key], found)
  else assertNoTensors(node)
}

/** Throws where a Map, a Set or an object of a class holds tensors. */
const assertNoTensors = (node: object): void => {
  const members = node instanceof Map || node instanceof Set ? [...node] : Object.values(node)
  if (tensorsOf(members).length === 0) return
  throw new ShapeError({
    where: "a step's state",
    expected: "tensors in records and arrays alone, so that they can be kept",
    actual: `tensors in an object of the class ${node.constructor.name}`,
    hint: "Make it a plain record: Object.fromEntries(map), say"
  })
}

/** The heap, which needs none of this. */
export const onHeap: Workspace = {
  threads: 1,
  step: (f, kept) => {
    const result = f()
    return { result, finite: kept(result).every(reference.allFinite) }
  },
  frame: (f) => f(),
  hold: (t) => t,
  copyOut: (t) => t
}
