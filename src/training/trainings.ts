/** Training under one name, `Training`: the objective, the step, the loop. @since 0.1.0 */
export { DivergedError } from "./DivergedError.ts"
export { events, type Fit, type FitError, type FitOptions, fit, type Progress } from "./fit.ts"
export { type Batch, type Loss, negElbo, negElboGrad, type Weighting } from "./objective.ts"
export { type State, start, step } from "./step.ts"
