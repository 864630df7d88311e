/** Training under one name, `Training`: the objective, the step, the loop. @since 0.1.0 */

export { type Best, type Checkpoint, type Ended, endedAt, type Run, RunSchema, stepsOf } from "./Checkpoint.ts"
export { DivergedError } from "./DivergedError.ts"
export { events, type Fit, type FitError, fit, type Past, type Progress, type Validated } from "./fit.ts"
export { type Batch, type Loss, negElbo, negElboGrad, type Weighting } from "./objective.ts"
export type { Live } from "./PackedState.ts"
export type { FitOptions } from "./plan.ts"
export { type State, start, step } from "./step.ts"
export { live, type StepIn, stepIn, type Taken } from "./stepIn.ts"
