// The Bayesian linear layer.
import { BayesianLinear, Prior } from "effect-bayes"
import { expect } from "vitest"
import { type Fields, near } from "./cases.ts"
import { type Check, type Checks, nearTree } from "./check.ts"

const linearOf = (params: Fields, prior?: Prior.Prior) => {
  const [out, inputs] = params.tensor("weightMean").shape as [number, number]
  return BayesianLinear.make({ in: inputs, out, dtype: params.dtype, ...(prior === undefined ? {} : { prior }) })
}

const linearVjp: Check = (fields, { value }) => {
  const layer = linearOf(fields.record("params"))
  const params = fields.record("params").normals()
  const eps = fields.record("eps").weights()
  const x = fields.tensor("x")
  near("forward", fields.tensor("y"), layer.forward(params, x, eps), value)
  const { y, pullback } = layer.vjp(params, x, eps)
  near("y", fields.tensor("y"), y, value)
  const { dParams, dx } = pullback(fields.tensor("dy"))
  near("dx", fields.tensor("dx"), dx!, value)
  nearTree("dParams", fields.record("grads").normals(), dParams, value)
}

const linearKl: Check = (fields, { value }) => {
  const prior = Prior.normal({ mean: fields.number("priorMean"), std: fields.number("priorStd") })
  const layer = linearOf(fields.record("params"), prior)
  const params = fields.record("params").normals()
  near("kl", fields.number("kl"), layer.kl(params), value)
  if (fields.has("grads")) nearTree("klGrad", fields.record("grads").normals(), layer.klGrad(params), value)
  else expect(layer.kl(params)).toBe(0)
}

export const linearChecks: Checks = {
  "linear/vjp": linearVjp,
  "linear/kl": linearKl,
  "linear/kl-at-prior": linearKl
}
