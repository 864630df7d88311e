/** Distributions, priors, posteriors and likelihoods: each value beside its gradient. @since 0.1.0 */
export {
  definition as empiricalBayesDefinition,
  type EmpiricalBayes,
  empiricalBayes
} from "./empiricalBayes.ts"
export * as Likelihood from "./likelihoods.ts"
export { definition as meanFieldDefinition, type MeanField, type MeanFieldOptions, meanField } from "./meanField.ts"
export * as Normal from "./Normal.ts"
export type { Factorized, Posterior } from "./Posterior.ts"
export type { Priors } from "./priorGroups.ts"
export * as Prior from "./priors.ts"
