// The paths that optimizers take under given gradients.
import { adam, Optimizer, sgd, Tensor } from "effect-bayes"
import { near } from "./cases.ts"
import type { Check, Checks } from "./check.ts"

const optimizer =
  (self: Optimizer.Optimizer<unknown>): Check =>
  (fields, bounds) => {
    const gradients = fields.tensor("gradients")
    const path = fields.tensor("path")
    let params = fields.tensor("initial")
    let state = self.init(params)
    const row = (t: Tensor.Tensor, step: number) => Tensor.reshape(Tensor.rows(t, step, step + 1), params.shape)
    for (let step = 0; step < gradients.shape[0]!; step++) {
      const [updates, next] = self.update(row(gradients, step), state, params)
      state = next
      params = Optimizer.apply(params, updates)
      near(`parameters after step ${step + 1}`, row(path, step), params, bounds.value)
    }
  }

export const optimizerChecks: Checks = {
  "optimizer/sgd": optimizer(sgd({ learningRate: 0.1 })),
  "optimizer/sgd-momentum": optimizer(sgd({ learningRate: 0.1, momentum: 0.9 })),
  "optimizer/sgd-nesterov": optimizer(sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true })),
  "optimizer/adam": optimizer(adam({ learningRate: 0.01 }))
}
