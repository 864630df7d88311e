/**
 * The kinds of layer, posterior, prior and likelihood that a spec may name.
 *
 * A registry is a value. To make a layer of your own from its spec, add its definition to a copy of `builtin`.
 *
 * @since 0.1.0
 */
import { type Definition, rebuild, type Spec } from "../core/Spec.ts"
import type { Likelihood, Posterior, Prior } from "../distributions/index.ts"
import type { Any } from "./Layer.ts"

/** @category models @since 0.1.0 */
export type LayerDefinition = Definition<Any, Registry>

/** @category models @since 0.1.0 */
export interface Registry {
  readonly layers: ReadonlyArray<LayerDefinition>
  readonly posteriors: ReadonlyArray<
    Definition<Posterior<unknown, unknown, unknown>, ReadonlyArray<Definition<Prior.Prior>>>
  >
  readonly priors: ReadonlyArray<Definition<Prior.Prior>>
  readonly likelihoods: ReadonlyArray<Likelihood.LikelihoodDefinition>
}

/** The layer of a spec, its parts found in the registry. **Errors**: `ConfigError`. @category constructors @since 0.1.0 */
export const layer = (spec: Spec, registry: Registry): Any => rebuild("layer", registry.layers, spec, registry)

/** The posterior of a spec. **Errors**: `ConfigError`. @category constructors @since 0.1.0 */
export const posterior = (spec: Spec, registry: Registry): Posterior<unknown, unknown, unknown> =>
  rebuild("posterior", registry.posteriors, spec, registry.priors)
