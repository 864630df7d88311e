/**
 * The registry of everything that comes with the library, and the way back from a spec to a layer.
 *
 * @since 0.1.0
 */
import type { Spec } from "../core/Spec.ts"
import { empiricalBayesDefinition, Likelihood, meanFieldDefinition, Prior } from "../distributions/index.ts"
import * as activation from "./activation.ts"
import * as bayesian from "./bayesian.ts"
import * as Conv1d from "./Conv1d.ts"
import * as Conv2d from "./Conv2d.ts"
import * as Dropout from "./Dropout.ts"
import * as freeze from "./freeze.ts"
import type { Any } from "./Layer.ts"
import * as Linear from "./Linear.ts"
import * as moped from "./moped.ts"
import * as parallel from "./parallel.ts"
import * as pooling from "./pooling.ts"
import * as Registry from "./Registry.ts"
import * as reshape from "./reshape.ts"
import * as residual from "./residual.ts"
import * as sequential from "./sequential.ts"

/** @category registry @since 0.1.0 */
export const builtin: Registry.Registry = {
  layers: [
    Linear.definition,
    Conv1d.definition,
    Conv2d.definition,
    ...pooling.definitions,
    ...reshape.definitions,
    Dropout.definition,
    bayesian.definition,
    sequential.definition,
    residual.definition,
    parallel.definition,
    freeze.definition,
    moped.definition,
    ...activation.definitions
  ],
  posteriors: [meanFieldDefinition, empiricalBayesDefinition],
  priors: Prior.definitions,
  likelihoods: Likelihood.definitions
}

/**
 * Makes the layer that a spec describes. **Errors**: `ConfigError` for an unknown kind or wrong fields.
 *
 * @example
 * ```ts
 * import { fromSpec, Linear } from "effect-bayes"
 *
 * fromSpec(Linear.make({ in: 3, out: 2 }).spec).outShape([3]) // => [2]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromSpec = (spec: Spec, registry: Registry.Registry = builtin): Any => Registry.layer(spec, registry)
