/** The likelihoods under one name, `Likelihood`, with the registry that rebuilds them. @since 0.1.0 */
import { rebuild, type Spec } from "../core/Spec.ts"
import { bernoulliDefinition } from "./bernoulli.ts"
import { categoricalDefinition } from "./categorical.ts"
import { expressionDefinition } from "./expressionLikelihood.ts"
import { gaussianDefinition, gaussianLearnedDefinition, heteroscedasticDefinition } from "./gaussian.ts"
import type { Likelihood, LikelihoodDefinition } from "./Likelihood.ts"
import { poissonDefinition } from "./poisson.ts"
import { productDefinition } from "./product.ts"
import { studentTDefinition, studentTLearnedDefinition } from "./studentT.ts"

export { bernoulli } from "./bernoulli.ts"
export { categorical } from "./categorical.ts"
export { type ExpressionOptions, type ExpressionParameters, fromExpression } from "./expressionLikelihood.ts"
export { gaussian, gaussianLearned, heteroscedastic, type LearnedNoise } from "./gaussian.ts"
export type { Classes, Conditional, Continuous, Counts, Likelihood, LikelihoodDefinition } from "./Likelihood.ts"
export { poisson } from "./poisson.ts"
export { type Part, type Product, product } from "./product.ts"
export { type LearnedScale, studentT, studentTLearned } from "./studentT.ts"

/** The kinds of likelihood that can be rebuilt from a spec. @category registry @since 0.1.0 */
export const definitions: ReadonlyArray<LikelihoodDefinition> = [
  gaussianDefinition,
  gaussianLearnedDefinition,
  heteroscedasticDefinition,
  studentTDefinition,
  studentTLearnedDefinition,
  categoricalDefinition,
  bernoulliDefinition,
  poissonDefinition,
  productDefinition,
  expressionDefinition
]

/** The likelihood of a spec. **Errors**: `ConfigError` for an unknown kind or wrong fields. @category constructors @since 0.2.0 */
export const fromSpec = (
  spec: Spec,
  registry: ReadonlyArray<LikelihoodDefinition> = definitions
): Likelihood<unknown> => rebuild("likelihood", registry, spec, registry)
