/**
 * The engine that kernels run on: that of the training step under way, or else one for calls from outside.
 *
 * A call from outside takes and returns ordinary tensors: its operands are copied in, its result is copied out, and what
 * it used in between is free again.
 */
import { isTensor, type Tensor } from "../../core/Tensor.ts"
import { Engine } from "./Engine.ts"
import { instantiate } from "./instance.ts"
import { SimdTensor } from "./SimdTensor.ts"

/** The engine whose frame is open. */
let open: Engine | undefined
/** The one for calls from outside. */
let outside: Engine | undefined

/** An engine for calls from outside that has grown beyond this many bytes is not kept: garbage collection frees its memory. */
const KEPT = 1 << 26

/** Runs with the engine's frame open: kernels that are called inside leave their results in its memory. */
export const within = <A>(engine: Engine, f: () => A): A => {
  const before = open
  open = engine
  try {
    return f()
  } finally {
    open = before
  }
}

/** There will be no tape of the function under way, if it is recorded: it looks at numbers. */
export const spoilRecording = (): void => open?.recording?.spoil()

/** What a kernel gives: a tensor, a number, or a record of tensors. */
type Result = Tensor | number | boolean | object

/** Runs a kernel on the engine of the open frame, or from outside. */
export const run = <A extends Result>(kernel: (engine: Engine) => A): A =>
  open === undefined ? fromOutside(kernel) : kernel(open)

const fromOutside = <A extends Result>(kernel: (engine: Engine) => A): A => {
  outside ??= new Engine(instantiate(false))
  const engine = outside
  open = engine
  try {
    return copiedOut(engine, kernel(engine)) as A
  } finally {
    open = undefined
    engine.reset()
    if (engine.heap.used > KEPT) outside = undefined
  }
}

/** The result with tensors of the heap in place of the engine's. */
const copiedOut = (engine: Engine, result: Result): Result => {
  if (result instanceof SimdTensor) return engine.copy(result)
  if (typeof result !== "object" || isTensor(result)) return result
  return Object.fromEntries(Object.entries(result).map(([key, value]) => [key, copiedOut(engine, value as Result)]))
}
