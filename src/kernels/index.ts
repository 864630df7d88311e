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
import { canShare, instantiate } from "./simd/instance.ts"
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
export { reference } from "./reference/index.ts"
export { simd } from "./simd/index.ts"
export { outSize, type Pair, type Window } from "./Window.ts"
export { tensorsOf, type Workspace } from "./Workspace.ts"
export { Threads }

/** Whether the SIMD engine can be made here, asked once. */
let available: boolean | undefined

const simdAvailable = (): boolean => {
  if (available === undefined) {
    try {
      available = new Engine(instantiate(canShare())).exports.BLOCK.value > 0
    } catch {
      available = false // no WebAssembly, no vectors in it, or a policy that forbids it
    }
  }
  return available
}

/** The engine for tensors of this precision. @category engines @since 0.1.0 */
export const kernels = (dtype: DType): Kernels => (dtype === "float32" && simdAvailable() ? simd : reference)

/**
 * Memory, and the threads of `Threads`, for the steps of a loop over tensors of this precision.
 *
 * @category engines
 * @since 0.4.0
 */
export const workspace = (dtype: DType): Effect.Effect<Workspace, EngineError, Scope.Scope> =>
  dtype === "float32" && simdAvailable()
    ? Effect.flatMap(Threads.Threads, ({ threads, instance }) =>
        Effect.map(instance, (lent) => SimdWorkspace.make(new Engine(lent), threads))
      )
    : Effect.succeed(onHeap)
