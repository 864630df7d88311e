/** The likelihoods under one name, `Likelihood`, with the registry that rebuilds them. @since 0.1.0 */
import * as Schema from "effect/Schema"
import { type Definition, define } from "../core/Spec.ts"
import { categorical } from "./categorical.ts"
import { expressionDefinition } from "./expressionLikelihood.ts"
import { gaussianDefinition, gaussianLearnedDefinition } from "./gaussian.ts"
import type { Likelihood } from "./Likelihood.ts"

export { categorical } from "./categorical.ts"
export { type ExpressionOptions, type ExpressionParameters, fromExpression } from "./expressionLikelihood.ts"
export { gaussian, gaussianLearned, type LearnedNoise } from "./gaussian.ts"
export type { Classes, Conditional, Continuous, Likelihood } from "./Likelihood.ts"

/** The kinds of likelihood that can be rebuilt from a spec. @category registry @since 0.1.0 */
export const definitions: ReadonlyArray<Definition<Likelihood<unknown>>> = [
  gaussianDefinition as Definition<Likelihood<unknown>>,
  gaussianLearnedDefinition as Definition<Likelihood<unknown>>,
  expressionDefinition as Definition<Likelihood<unknown>>,
  define("categorical", Schema.Struct({}), categorical) as Definition<Likelihood<unknown>>
]
