/** Models under one name, `Model`: what they are, and the ones that come ready made. @since 0.1.0 */
export type { Saved, Versions } from "./format.ts"
export { type Inspection, inspect, type LoadOptions, load } from "./load.ts"
export {
  type Classification,
  type Counting,
  classCount,
  fromSpec,
  init,
  isClassification,
  isRegression,
  type Model,
  ModelSpec,
  make,
  type Params,
  type ParamsOf,
  type Regression,
  spec
} from "./Model.ts"
export {
  type ClassificationOptions,
  classification,
  counts,
  type LearnedLikelihood,
  type Loose,
  type NetworkOptions,
  type RegressionLikelihood,
  type RegressionOptions,
  regression
} from "./recipes.ts"
export { save } from "./save.ts"
