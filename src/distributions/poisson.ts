/**
 * The Poisson likelihood: a target that counts, from the logarithm of its rate.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { exp } from "../core/math.ts"
import { poissonCdf, poissonLogPmf } from "../core/poisson.ts"
import { define } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import type { Empty } from "../core/Tree.ts"
import type { Counts, LikelihoodDefinition } from "./Likelihood.ts"
import { withoutParameters } from "./withoutParameters.ts"

/**
 * Each target is a count with mean exp(output).
 *
 * **Shapes**: output and target [B, T]. **Numerics**: finite as long as the rate is: a log rate up to 709, for the
 * gradient in float32 up to 88. **Errors**: `ConfigError` for a negative or fractional count, naming its row.
 *
 * @example
 * ```ts
 * import { Likelihood, Tensor } from "effect-bayes"
 *
 * const likelihood = Likelihood.poisson()
 * likelihood.nll({}, Tensor.from([[0]]), Tensor.from([[0]])) // => 1
 * likelihood.counts({}, Tensor.from([[0]])).cdf(0, 1).toFixed(4) // => "0.7358"
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const poisson = (): Counts<Empty> => ({
  spec: { kind: "poisson" },
  ...withoutParameters({ kind: "poisson" }),
  counts: (_, output) => {
    const logRates = Tensor.toFloat64Array(output)
    const rates = logRates.map(exp)
    return {
      mean: rates,
      variance: rates,
      logPdf: (i, y) => poissonLogPmf(y, logRates[i]!),
      cdf: (i, y) => poissonCdf(y, logRates[i]!)
    }
  }
})

/** @category registry @since 0.2.0 */
export const poissonDefinition: LikelihoodDefinition = /*#__PURE__*/ define("poisson", Schema.Struct({}), poisson)
