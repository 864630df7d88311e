// The Bayesian linear layer.
import { type AnyLayer, BayesianLinear, type Estimator, Prior } from "effect-bayes"
import { expect } from "vitest"
import { type Fields, near } from "./cases.ts"
import { type Check, type Checks, nearTree } from "./check.ts"

const linearOf = (params: Fields, options?: { readonly prior?: Prior.Prior; readonly estimator?: Estimator }) => {
  const [out, inputs] = params.tensor("weightMean").shape as [number, number]
  return BayesianLinear.make({ in: inputs, out, dtype: params.dtype, ...options })
}

/** The output and every gradient of a layer under given noise. */
const checkVjp = (layer: AnyLayer, eps: unknown, fields: Fields, value: number) => {
  const params = fields.record("params").normals()
  const x = fields.tensor("x")
  near("forward", fields.tensor("y"), layer.forward(params, x, eps), value)
  const { y, pullback } = layer.vjp(params, x, eps)
  near("y", fields.tensor("y"), y, value)
  const { dParams, dx } = pullback(fields.tensor("dy"))
  near("dx", fields.tensor("dx"), dx!, value)
  nearTree("dParams", fields.record("grads").normals(), dParams, value)
}

const linearVjp: Check = (fields, { value }) =>
  checkVjp(linearOf(fields.record("params")), fields.record("eps").weights(), fields, value)

const localReparameterization: Check = (fields, { value }) => {
  const layer = linearOf(fields.record("params"), { estimator: "localReparameterization" })
  checkVjp(layer, { output: fields.tensor("eps") }, fields, value)
}

const flipout: Check = (fields, { value }) => {
  const layer = linearOf(fields.record("params"), { estimator: "flipout" })
  const [signIn, signOut] = [fields.tensor("signIn"), fields.tensor("signOut")]
  checkVjp(layer, { weights: fields.record("eps").weights(), signIn, signOut }, fields, value)
}

const linearKl: Check = (fields, { value }) => {
  const prior = Prior.normal({ mean: fields.number("priorMean"), std: fields.number("priorStd") })
  const layer = linearOf(fields.record("params"), { prior })
  const params = fields.record("params").normals()
  near("kl", fields.number("kl"), layer.kl(params), value)
  if (fields.has("grads")) nearTree("klGrad", fields.record("grads").normals(), layer.klGrad(params), value)
  else expect(layer.kl(params)).toBe(0)
}

export const linearChecks: Checks = {
  "linear/vjp": linearVjp,
  "linear/local-reparameterization": localReparameterization,
  "linear/flipout": flipout,
  "linear/kl": linearKl,
  "linear/kl-at-prior": linearKl
}
