// Activations and their derivatives.
import { relu, Tensor, tanh } from "effect-bayes"
import { near } from "./cases.ts"
import type { Check, Checks } from "./check.ts"

const activation =
  (layer: typeof relu): Check =>
  (fields, { value }) => {
    const x = fields.tensor("x")
    const { y, pullback } = layer.vjp({}, x, {})
    near("y", fields.tensor("y"), y, value)
    near("dx", fields.tensor("grad"), pullback(Tensor.full(x, 1)).dx!, value)
  }

export const activationChecks: Checks = {
  "activation/relu": activation(relu),
  "activation/tanh": activation(tanh)
}
