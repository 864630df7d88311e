// Activations and their derivatives.
import { elu, gelu, leakyRelu, relu, sigmoid, silu, softplus, Tensor, tanh } from "effect-bayes"
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
  "activation/tanh": activation(tanh),
  "activation/sigmoid": activation(sigmoid),
  "activation/softplus": activation(softplus),
  "activation/gelu": activation(gelu),
  "activation/silu": activation(silu),
  "activation/elu": activation(elu()),
  "activation/leaky-relu-0.01": activation(leakyRelu())
}
