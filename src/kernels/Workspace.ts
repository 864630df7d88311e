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
import { isTensor, type Tensor } from "../core/Tensor.ts"
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
}

/** The tensors in plain data, in the order in which it was written. @category getters @since 0.4.0 */
export const tensorsOf = (data: unknown): Array<Tensor> => {
  const found: Array<Tensor> = []
  collect(data, found)
  return found
}

const collect = (node: unknown, found: Array<Tensor>): void => {
  if (typeof node !== "object" || node === null || ArrayBuffer.isView(node)) return
  if (isTensor(node)) found.push(node)
  else if (Array.isArray(node)) for (let i = 0; i < node.length; i++) collect(node[i], found)
  else for (const key in node) collect((node as Readonly<Record<string, unknown>>)[key], found)
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
