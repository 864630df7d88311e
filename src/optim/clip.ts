/**
 * A bound on the length of a step's gradient.
 *
 * @since 0.2.0
 */
import { assertConfig } from "../core/errors.ts"
import * as Leaves from "../core/Leaves.ts"
import { isTensor } from "../core/Tensor.ts"
import type { Empty } from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import type { Optimizer } from "./Optimizer.ts"

/**
 * Scales all leaves by one factor, so that the norm over the whole record is at most `max`.
 *
 * A norm that is not finite makes every leaf NaN, so that no part of the record takes a step as if nothing had happened
 * and the training loop stops there.
 *
 * **Source**: Pascanu, Mikolov & Bengio 2013, algorithm 1. PyTorch's `clip_grad_norm_` adds 1e-6 to the norm it divides
 * by; here a clipped norm is `max`. **Numerics**: a norm of 1e154 or above counts as infinite. **Errors**: `ConfigError`
 * for a `max` that is not finite or not above 0.
 *
 * @example
 * ```ts
 * import { adam, clipByGlobalNorm, Optimizer, Tensor } from "effect-bayes"
 *
 * const optimizer = Optimizer.chain(clipByGlobalNorm(1), adam({ learningRate: 0.01 }))
 *
 * const grads = { a: Tensor.from([3], { dtype: "float64" }), b: Tensor.from([4], { dtype: "float64" }) }
 * const [clipped] = clipByGlobalNorm(2.5).update(grads, {}, grads)
 * Tensor.toArray(clipped.b) // => [2]
 * ```
 *
 * @category transforms
 * @since 0.2.0
 */
export const clipByGlobalNorm = (max: number): Optimizer<Empty> => {
  assertConfig(Number.isFinite(max) && max > 0, "max of clipByGlobalNorm", "a finite number above 0", max)
  return {
    init: () => ({}),
    update: (grads, state) => {
      const squares = Leaves.list(isTensor, grads).map((g) => kernels(g.dtype).dot(g, g))
      const norm = Math.sqrt(squares.reduce((sum, of) => sum + of, 0))
      if (norm <= max) return [grads, state]
      const factor = Number.isFinite(norm) ? max / norm : Number.NaN
      return [Leaves.map(grads, (g) => kernels(g.dtype).scale(factor, g)), state]
    }
  }
}
