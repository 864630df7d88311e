// Every optimizer, and the transformations they are chained from, under the laws of optimizers: one line each.
import { adam, momentum, Schedule, scaleByAdam, scaleByLearningRate, sgd } from "effect-bayes"
import { laws } from "effect-bayes/testing"
import { under } from "./under.ts"

under("sgd", laws.optimizer(sgd({ learningRate: 0.1 })))
under("sgd, momentum", laws.optimizer(sgd({ learningRate: 0.02, momentum: 0.9 })))
under("sgd, nesterov", laws.optimizer(sgd({ learningRate: 0.02, momentum: 0.9, nesterov: true })))
under("sgd, cosine", laws.optimizer(sgd({ learningRate: Schedule.cosine({ initial: 0.1, steps: 100, final: 0.01 }) })))
under("adam", laws.optimizer(adam({ learningRate: 0.01 })))
under("adam, other betas", laws.optimizer(adam({ learningRate: 0.05, beta1: 0.5, beta2: 0.9, epsilon: 1e-4 })))
under("momentum", laws.optimizer(momentum(0.9), { descendsIn: 0 }))
under("scaleByAdam", laws.optimizer(scaleByAdam(), { descendsIn: 0 }))
under("scaleByLearningRate", laws.optimizer(scaleByLearningRate(0.1)))
