/**
 * A prior from a formula: the log density of one weight, as text.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { ConfigError } from "../core/errors.ts"
import { type Definition, define } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import { type Compiled, compile } from "./expression.ts"
import { type Prior, sampled } from "./Prior.ts"

/**
 * The prior whose log density of a weight `w` is a formula, in nats; its gradient is found symbolically.
 *
 * A formula is made of numbers, `w`, the constants, pi, e, + - * / ^, parentheses and abs, cos, exp, expm1, log, log1p,
 * sin, sqrt, tanh, and lgamma of what does not depend on w. It is read by a parser and never evaluated as a program.
 * **Units**: nats. A formula that leaves out the log of the density's normalizing constant has the right gradient and a
 * KL that is off by that constant for every weight; `laws.prior` tells. **Errors**: `ConfigError` with the column of
 * whatever a formula may not have, where `w` or a constant is not used in it, and, from every function of the prior,
 * for a weight where the log density or its derivative is not finite.
 *
 * @example
 * ```ts
 * import { Prior, Tensor } from "effect-bayes"
 *
 * const laplace = Prior.fromExpression("-abs(w) / b - log(2 b)", { b: 0.5 })
 * laplace.logProb(Tensor.from([1, -1])) // => -4
 * Tensor.toArray(laplace.logProbGrad(Tensor.from([1, -1]))) // => [-2, 2]
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const fromExpression = (expression: string, constants: Readonly<Record<string, number>> = {}): Prior => {
  const formula = compile({
    what: "prior",
    text: expression,
    variables: ["w"],
    constants: new Map(Object.entries(constants))
  })
  const gradient = formula.derivative("w")
  const each = (w: Tensor.Tensor, f: Compiled, what: string): Float64Array => {
    const at = new Float64Array(1)
    return Tensor.toFloat64Array(w).map((weight, i) => {
      at[0] = weight
      const found = f(at)
      if (Number.isFinite(found)) return found
      throw new ConfigError({
        option: `prior "${expression}"`,
        expected: `a ${what} at every weight`,
        actual: `${found} at weight ${weight} (element ${i})`
      })
    })
  }
  const rounded: Compiled = (at) => Math.fround(gradient(at))
  return sampled({
    spec: { kind: "expression", expression, constants: { ...constants } },
    logProb: (w) => each(w, formula.value, "finite log density").reduce((sum, v) => sum + v, 0),
    logProbGrad: (w) => {
      const slopes = each(w, w.dtype === "float32" ? rounded : gradient, `derivative that ${w.dtype} can hold`)
      return Tensor.from(slopes, { shape: w.shape, dtype: w.dtype })
    }
  })
}

/** @category registry @since 0.2.0 */
export const expressionDefinition: Definition<Prior> = /*#__PURE__*/ define(
  "expression",
  Schema.Struct({ expression: Schema.String, constants: Schema.Record(Schema.String, Schema.Finite) }),
  ({ expression, constants }) => fromExpression(expression, constants)
)
