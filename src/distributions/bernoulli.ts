/**
 * The Bernoulli likelihood: a target of 0 or 1 from the logit of 1.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig, ShapeError } from "../core/errors.ts"
import { format } from "../core/Shape.ts"
import { define } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import type { Empty } from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import type { Classes, LikelihoodDefinition } from "./Likelihood.ts"
import { withoutParameters } from "./withoutParameters.ts"

/**
 * Each target is 1 with probability 1 / (1 + exp(-output)).
 *
 * `positiveWeight` (default 1) is how many times a 1 counts, for 1s that are rare. The probabilities are those of the
 * output as it is: with a weight, those of a world where a 1 is that many times as frequent.
 *
 * **Shapes**: output and target [B, T]. Of one target, `probabilities` are [B, 2], those of 0 and of 1; several targets
 * are no single choice, and there it is a `ShapeError`. **Numerics**: finite for any finite logits, and to the last
 * digits where the target is all but certain. **Errors**: `ConfigError` for a target that is neither 0 nor 1, and a
 * positiveWeight that is not finite and above 0.
 *
 * @example
 * ```ts
 * import { Likelihood, Tensor } from "effect-bayes"
 *
 * const likelihood = Likelihood.bernoulli()
 * const logits = Tensor.from([[0], [-1e4]])
 * likelihood.nll({}, logits, Tensor.from([[1], [0]])).toFixed(4) // => "0.6931"
 * Tensor.toArray(likelihood.probabilities({}, logits)) // => [[0.5, 0.5], [1, 0]]
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const bernoulli = (options?: { readonly positiveWeight?: number }): Classes<Empty> => {
  const { positiveWeight = 1 } = options ?? {}
  const fits = Number.isFinite(positiveWeight) && positiveWeight > 0
  assertConfig(fits, "positiveWeight of a Bernoulli likelihood", "a finite number above 0", positiveWeight)
  return {
    spec: { kind: "bernoulli", positiveWeight },
    ...withoutParameters({ kind: "bernoulli", positiveWeight }),
    probabilities: (_, output) => {
      if (output.shape.length !== 2 || output.shape[1] !== 1) {
        const expected = "an output [B, 1], as several targets are no single choice"
        throw new ShapeError({
          where: "probabilities of a Bernoulli likelihood",
          expected,
          actual: format(output.shape)
        })
      }
      return kernels(output.dtype).softmax(Tensor.concat([Tensor.zeros(output), output], 1))
    }
  }
}

/** @category registry @since 0.2.0 */
export const bernoulliDefinition: LikelihoodDefinition = /*#__PURE__*/ define(
  "bernoulli",
  Schema.Struct({ positiveWeight: Schema.Finite }),
  bernoulli
)
