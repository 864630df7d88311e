/**
 * The engines. `kernels(dtype)` is the one place that chooses one; a faster engine for float32 goes in here.
 *
 * @since 0.1.0
 */
import type { DType } from "../core/Shape.ts"
import type { Kernels } from "./Kernels.ts"
import { reference } from "./reference/index.ts"

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
export { outSize, type Pair, type Window } from "./Window.ts"

/** The engine for tensors of this precision. @category engines @since 0.1.0 */
export const kernels = (_dtype: DType): Kernels => reference
