/** The priors under one name, `Prior`, with the registry that rebuilds them. @since 0.2.0 */
import type { Definition } from "../core/Spec.ts"
import { expressionDefinition } from "./expressionPrior.ts"
import { laplaceDefinition } from "./laplacePrior.ts"
import { normalDefinition } from "./normalPrior.ts"
import type { Prior } from "./Prior.ts"
import { scaleMixtureDefinition } from "./scaleMixturePrior.ts"
import { studentTDefinition } from "./studentTPrior.ts"

export { fromExpression } from "./expressionPrior.ts"
export { type LaplaceOptions, laplace } from "./laplacePrior.ts"
export { type NormalOptions, normal } from "./normalPrior.ts"
export { type Density, type Prior, sampled } from "./Prior.ts"
export { type ScaleMixtureOptions, scaleMixture } from "./scaleMixturePrior.ts"
export { type StudentTOptions, studentT } from "./studentTPrior.ts"

/** The kinds of prior that can be rebuilt from a spec. @category registry @since 0.1.0 */
export const definitions: ReadonlyArray<Definition<Prior>> = [
  normalDefinition,
  laplaceDefinition,
  studentTDefinition,
  scaleMixtureDefinition,
  expressionDefinition
]
