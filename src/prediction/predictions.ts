/** Predictions under one name, `Prediction`: of real targets and of classes. @since 0.1.0 */
export {
  type ClassEvaluation,
  type Classified,
  type ClassifyOptions,
  classify,
  evaluateClassifier,
  type FittedClassifier
} from "./classify.ts"
export { assertDraws, type PredictError } from "./draws.ts"
export {
  type Evaluation,
  evaluate,
  type Fitted,
  interval,
  type Prediction,
  type PredictOptions,
  predict
} from "./predict.ts"
