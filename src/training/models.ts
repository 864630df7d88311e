/** Models under one name, `Model`: what they are, and the ones that come ready made. @since 0.1.0 */
export {
  type Classification,
  fromSpec,
  init,
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
  type LearnedLikelihood,
  type Loose,
  type NetworkOptions,
  type RegressionLikelihood,
  type RegressionOptions,
  regression
} from "./recipes.ts"
