/**
 * The categorical likelihood: class ~ softmax(logits), Blundell et al. 2015, section 5.1.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import { define } from "../core/Spec.ts"
import type { Tensor } from "../core/Tensor.ts"
import type { Empty } from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import { type Classes, type LikelihoodDefinition, onZeros } from "./Likelihood.ts"

/**
 * Classes 0 ... C - 1 from logits.
 *
 * `classWeights`, one for each class, say how many times its rows count, for classes that are rare; nothing is divided
 * by their sum. The probabilities are those of the logits as they are: with weights, those of a world where the classes
 * are that many times as frequent.
 *
 * **Shapes**: output [B, C], target [B, 1] holding the class as a number. **Numerics**: by log-sum-exp, finite for
 * any finite logits. **Errors**: `ConfigError` for a label outside the classes, a class weight that is not finite and
 * above 0, and another number of weights than of classes.
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
export const categorical = (options?: { readonly classWeights?: ReadonlyArray<number> }): Classes<Empty> => {
  const classWeights = options?.classWeights === undefined ? undefined : [...options.classWeights]
  for (const [k, weight] of classWeights?.entries() ?? []) {
    assertConfig(Number.isFinite(weight) && weight > 0, `weight of class ${k}`, "a finite number above 0", weight)
  }
  const nll = (output: Tensor, target: Tensor, weights?: Tensor): number =>
    kernels(output.dtype).categoricalNll(output, target, weights, classWeights)
  return {
    spec: { kind: "categorical", ...(classWeights === undefined ? {} : { classWeights }) },
    shapes: {},
    init: () => ({}),
    nll: (_, output, target, weights) => nll(output, target, weights),
    assertTargets: onZeros(nll),
    nllGrad: (_, output, target, weights) => ({
      dParams: {},
      dOutput: kernels(output.dtype).categoricalNllGrad(output, target, weights, classWeights)
    }),
    probabilities: (_, output) => kernels(output.dtype).softmax(output)
  }
}

/** @category registry @since 0.1.0 */
export const categoricalDefinition: LikelihoodDefinition = /*#__PURE__*/ define(
  "categorical",
  Schema.Struct({ classWeights: Schema.optionalKey(Schema.Array(Schema.Finite)) }),
  categorical
)
