// A small model with its parameters, for tests of its file, and what a refusal says.
import { Effect } from "effect"
import {
  BayesianLinear,
  CheckpointError,
  Key,
  type Layer,
  Likelihood,
  Model,
  relu,
  Standardizer,
  sequential
} from "effect-bayes"
import { expect } from "vitest"

/** A network of two inputs and one output. */
export const modelOf = <P, E>(network: Layer<P, E>) =>
  Model.make({
    network,
    likelihood: Likelihood.gaussianLearned(),
    inputs: Standardizer.identity(2),
    targets: Standardizer.identity(1)
  })
export const model = modelOf(
  sequential(BayesianLinear.make({ in: 2, out: 3 }), relu, BayesianLinear.make({ in: 3, out: 1 }))
)
export const params = Model.init(model, Key.make(0))
/** The message of a failure, which has to be a CheckpointError. */
export const messageOf = <A, R>(effect: Effect.Effect<A, CheckpointError, R>) =>
  Effect.map(Effect.flip(effect), (error) => {
    expect(error).toBeInstanceOf(CheckpointError)
    return error.message
  })
