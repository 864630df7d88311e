// The paths that optimizers take under given gradients, the rates of schedules, and clipped gradients.
import {
  adam,
  adamw,
  clipByGlobalNorm,
  frozen,
  groups,
  Optimizer,
  rmsprop,
  Schedule,
  sgd,
  Tensor,
  Tree
} from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { type Fields, near } from "./cases.ts"
import { type Check, type Checks, nearTree } from "./check.ts"

const row = (t: Tensor.Tensor, step: number) => Tensor.reshape(Tensor.rows(t, step, step + 1), t.shape.slice(1))

const follow = <P>(
  self: Optimizer.Optimizer<unknown>,
  initial: P,
  gradients: (step: number) => P,
  steps: number,
  see: (params: P, step: number) => void
) => {
  let params = initial
  let state = self.init(params)
  for (let step = 0; step < steps; step++) {
    const [updates, next] = self.update(gradients(step), state, params)
    state = next
    params = Optimizer.apply(params, updates)
    see(params, step)
  }
}

const optimizer =
  (self: Optimizer.Optimizer<unknown>): Check =>
  (fields, bounds) => {
    const gradients = fields.tensor("gradients")
    const path = fields.tensor("path")
    follow(
      self,
      fields.tensor("initial"),
      (step) => row(gradients, step),
      gradients.shape[0]!,
      (params, step) => near(`parameters after step ${step + 1}`, row(path, step), params, bounds.value)
    )
  }

const grouped: Check = (fields, bounds) => {
  const leaves = (record: Fields) => ({
    normal: { mean: record.tensor("mean"), logStd: record.tensor("logStd") },
    still: record.tensor("still")
  })
  const self = groups([
    ["still", frozen],
    ["**.logStd", adamw({ learningRate: 0.01, weightDecay: 0 })],
    ["normal", adamw({ learningRate: 0.1 })]
  ])
  const [initial, gradients, path] = [
    leaves(fields.record("initial")),
    fields.record("gradients"),
    fields.record("path")
  ]
  follow(
    self,
    initial,
    (step) => Tree.map(leaves(gradients), (g) => row(g, step)),
    6,
    ({ normal, still }, step) => {
      near(`mean after step ${step + 1}`, row(path.tensor("mean"), step), normal.mean, bounds.value)
      near(`logStd after step ${step + 1}`, row(path.tensor("logStd"), step), normal.logStd, bounds.value)
      near("what is frozen", initial.still, still, 0)
    }
  )
}

const schedule =
  (rate: Schedule.Schedule): Check =>
  (fields, { value }) => {
    const known = Tensor.toFloat64Array(fields.tensor("rates"))
    for (const [step, expected] of known.entries()) near(`rate of step ${step}`, expected, rate(step), value)
  }

const clipped: Check = (fields, { value }) => {
  const record = (name: string) => ({ a: fields.record(name).tensor("a"), b: fields.record(name).tensor("b") })
  const max = fields.number("max")
  const norm = fields.number("norm")
  const gradients = record("gradients")
  const [updates] = clipByGlobalNorm(max).update(gradients, {}, gradients)
  // PyTorch divides by norm + 1e-6, ours by the norm.
  const exact = norm > max ? (norm + 1e-6) / norm : 1
  const known = Tree.map(record("clipped"), (g) => kernels(g.dtype).scale(exact, g))
  nearTree("clipped", known, updates, value)
}

export const optimizerChecks: Checks = {
  "optimizer/sgd": optimizer(sgd({ learningRate: 0.1 })),
  "optimizer/sgd-momentum": optimizer(sgd({ learningRate: 0.1, momentum: 0.9 })),
  "optimizer/sgd-nesterov": optimizer(sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true })),
  "optimizer/sgd-step-decay": optimizer(
    sgd({ learningRate: Schedule.stepDecay({ initial: 0.1, every: 3, factor: 0.5 }), momentum: 0.9 })
  ),
  "optimizer/adam": optimizer(adam({ learningRate: 0.01 })),
  "optimizer/adamw": optimizer(adamw({ learningRate: 0.01, weightDecay: 0.1 })),
  "optimizer/adamw-betas": optimizer(adamw({ learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-6 })),
  "optimizer/adamw-exponential": optimizer(
    adamw({ learningRate: Schedule.exponential({ initial: 0.1, factor: 0.8 }), weightDecay: 0.2 })
  ),
  "optimizer/rmsprop": optimizer(rmsprop({ learningRate: 0.01 })),
  "optimizer/rmsprop-momentum": optimizer(rmsprop({ learningRate: 0.02, decay: 0.9, epsilon: 1e-6, momentum: 0.8 })),
  "optimizer/groups": grouped,
  "schedule/cosine": schedule(Schedule.cosine({ initial: 0.3, steps: 12, final: 0.02 })),
  "schedule/step-decay": schedule(Schedule.stepDecay({ initial: 0.3, every: 4 })),
  "schedule/exponential": schedule(Schedule.exponential({ initial: 0.3, factor: 0.9 })),
  "schedule/warm-up": schedule(Schedule.warmUp({ initial: 0.075, steps: 5, followedBy: Schedule.constant(0.3) })),
  "schedule/warm-up-exponential": schedule(
    Schedule.warmUp({
      initial: 0.03,
      steps: 4,
      followedBy: Schedule.exponential({ initial: 0.3, factor: 0.7 })
    })
  ),
  "clipping/global-norm": clipped
}
