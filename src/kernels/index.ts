/**
 * The engines. `kernels(dtype)` is the one place that chooses one: SIMD for float32 where WebAssembly is to be had, the
 * reference engine for float64 and elsewhere.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { EngineError } from "../core/errors.ts"
import type { DType } from "../core/Shape.ts"
import type { Kernels } from "./Kernels.ts"
import { reference } from "./reference/index.ts"
import { Engine } from "./simd/Engine.ts"
import { simd } from "./simd/index.ts"
import { instantiate } from "./simd/instance.ts"
import * as SimdWorkspace from "./simd/workspace.ts"
import * as Threads from "./Threads.ts"
import { onHeap, type Workspace } from "./Workspace.ts"

export type {
  AdamConstants,
  Convolution,
  Elementwise,
  Kernels,
  NormalGrad,
  NormalParams,
  Pool,
  RmspropConstants,
  TargetDensity
} from "./Kernels.ts"
export type { Layout, Recorder, Tape } from "./Recorder.ts"
export { reference } from "./reference/index.ts"
export { simd } from "./simd/index.ts"
export { outSize, type Pair, type Window } from "./Window.ts"
export { tensorsOf, type Workspace } from "./Workspace.ts"
export { Threads }

/** Whether the SIMD engine can be made here, and if not, why; asked once. */
let asked: { readonly refusal: string | undefined } | undefined

const refusal = (): string | undefined => {
  if (asked === undefined) {
    try {
      new Engine(instantiate(false))
      asked = { refusal: undefined }
    } catch (cause) {
      asked = { refusal: String(cause) } // no WebAssembly, no vectors in it, or a policy that forbids it
    }
  }
  return asked.refusal
}

const simdAvailable = (): boolean => refusal() === undefined

/** Whether the log has been told that the reference engine stands in. */
let said = false

const heapInstead = Effect.suspend(() => {
  const reason = refusal()
  if (said || reason === undefined) return Effect.succeed(onHeap)
  said = true
  const slower = "Computing without WebAssembly, on the reference engine, which is many times slower"
  return Effect.as(Effect.logWarning(`${slower}: ${reason}`), onHeap)
})

/** The engine for tensors of this precision. @category engines @since 0.1.0 */
export const kernels = (dtype: DType): Kernels => (dtype === "float32" && simdAvailable() ? simd : reference)

/**
 * Memory, and the threads of `Threads`, for the steps of a loop over tensors of this precision. Where float32 must do
 * without the SIMD engine, the heap, with a warning in the log the first time.
 *
 * @category engines
 * @since 0.4.0
 */
export const workspace = (dtype: DType): Effect.Effect<Workspace, EngineError, Scope.Scope> =>
  dtype !== "float32"
    ? Effect.succeed(onHeap)
    : simdAvailable()
      ? Effect.flatMap(Threads.Threads, ({ threads, instance }) =>
          Effect.map(instance, (lent) => SimdWorkspace.make(new Engine(lent), threads))
        )
      : heapInstead
