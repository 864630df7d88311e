/**
 * The categorical likelihood: class ~ softmax(logits), Blundell et al. 2015, section 5.1.
 *
 * @since 0.1.0
 */
import type { Empty } from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import type { Likelihood } from "./Likelihood.ts"

/**
 * Classes 0 ... C - 1 from logits.
 *
 * **Shapes**: output [B, C], target [B, 1] holding the class as a number. **Numerics**: by log-sum-exp, finite for
 * any finite logits. **Errors**: `ConfigError` for a label outside the classes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const categorical = (): Likelihood<Empty> => ({
  spec: { kind: "categorical" },
  shapes: {},
  init: () => ({}),
  nll: (_, output, target) => kernels(output.dtype).categoricalNll(output, target),
  nllGrad: (_, output, target) => ({ dParams: {}, dOutput: kernels(output.dtype).categoricalNllGrad(output, target) })
})
