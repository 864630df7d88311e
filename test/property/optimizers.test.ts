// Every optimizer, and the transformations they are chained from, under the laws of optimizers: one line each.
import {
  adam,
  adamw,
  addDecayedWeights,
  clipByGlobalNorm,
  frozen,
  type Groups,
  groups,
  momentum,
  Optimizer,
  rmsprop,
  Schedule,
  scaleByAdam,
  scaleByLearningRate,
  scaleByRms,
  sgd
} from "effect-bayes"
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
under("rmsprop", laws.optimizer(rmsprop({ learningRate: 0.01 })))
under("rmsprop, momentum", laws.optimizer(rmsprop({ learningRate: 0.01, momentum: 0.5, decay: 0.9, epsilon: 1e-4 })))
under("adamw", laws.optimizer(adamw({ learningRate: 0.01 })))
under("scaleByRms", laws.optimizer(scaleByRms(), { descendsIn: 0 }))
under("addDecayedWeights", laws.optimizer(addDecayedWeights(0.1), { descendsIn: 0 }))
under("clipByGlobalNorm", laws.optimizer(clipByGlobalNorm(1), { leafwise: false, descendsIn: 0 }))

const clipped = Optimizer.chain(clipByGlobalNorm(1), sgd({ learningRate: 0.1 }))
under("sgd, clipped", laws.optimizer(clipped, { leafwise: false }))
const { warmUp, exponential, stepDecay } = Schedule
const falling = exponential({ initial: 0.1, factor: 0.5, every: 50 })
under("sgd, warm-up and exponential", laws.optimizer(sgd({ learningRate: warmUp({ steps: 10, followedBy: falling }) })))
under("sgd, step decay", laws.optimizer(sgd({ learningRate: stepDecay({ initial: 0.1, every: 50 }) })))

const alone = { leafwise: false } // a pattern that matches nothing is refused, so there is no leaf without the others
const twoRates: Groups.Groups<Optimizer.Optimizer<unknown>> = [
  ["b", adam({ learningRate: 0.01 })],
  ["**", clipped]
]
under("groups of two optimizers", laws.optimizer(groups(twoRates), { ...alone, parts: twoRates }))
const half: Groups.Groups<Optimizer.Optimizer<unknown>> = [
  ["a", frozen],
  ["**.c", rmsprop({ learningRate: 0.01 })]
]
under("groups, one of them frozen", laws.optimizer(groups(half), { ...alone, parts: half, frozen: ["a"] }))
under("groups of one", laws.optimizer(groups([["**", adam({ learningRate: 0.01 })]])))
under("frozen", laws.optimizer(frozen, { descendsIn: 0, frozen: ["**"] }))
