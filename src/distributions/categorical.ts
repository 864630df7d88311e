/**
 * The categorical likelihood: class ~ softmax(logits), Blundell et al. 2015, section 5.1.
 *
 * @since 0.1.0
 */
import type { Empty } from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import type { Classes } from "./Likelihood.ts"

/**
 * Classes 0 ... C - 1 from logits.
 *
 * **Shapes**: output [B, C], target [B, 1] holding the class as a number. **Numerics**: by log-sum-exp, finite for
 * any finite logits. **Errors**: `ConfigError` for a label outside the classes.
 *
 * @example
 * ```ts
 * import { Likelihood, Tensor } from "effect-bayes"
 *
 * const likelihood = Likelihood.categorical()
 * Tensor.toArray(likelihood.probabilities({}, Tensor.from([[0, 0], [1e4, 0]]))) // => [[0.5, 0.5], [1, 0]]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const categorical = (): Classes<Empty> => ({
  spec: { kind: "categorical" },
  shapes: {},
  init: () => ({}),
  nll: (_, output, target) => kernels(output.dtype).categoricalNll(output, target),
  nllGrad: (_, output, target) => ({ dParams: {}, dOutput: kernels(output.dtype).categoricalNllGrad(output, target) }),
  probabilities: (_, output) => kernels(output.dtype).softmax(output)
})
