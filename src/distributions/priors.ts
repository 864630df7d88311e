/** The priors under one name, `Prior`, with the registry that rebuilds them. @since 0.2.0 */
import type { Definition } from "../core/Spec.ts"
import { expressionDefinition } from "./expressionPrior.ts"
import { normalDefinition } from "./normalPrior.ts"
import type { Prior } from "./Prior.ts"

export { fromExpression } from "./expressionPrior.ts"
export { type NormalOptions, normal } from "./normalPrior.ts"
export { type Density, type Prior, sampled } from "./Prior.ts"

/** The kinds of prior that can be rebuilt from a spec. @category registry @since 0.1.0 */
export const definitions: ReadonlyArray<Definition<Prior>> = [normalDefinition, expressionDefinition]
