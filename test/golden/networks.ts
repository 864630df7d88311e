// Whole networks: steps of Adam on the negative ELBO.
import { adam, BayesianLinear, Likelihood, Optimizer, relu, sequential, Tree, tanh } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { type Fields, near } from "./cases.ts"
import { type Check, type Checks, nearTree } from "./check.ts"

/** Three steps of Adam on task + klWeight KL. */
const elbo: Check = (fields, bounds) => {
  const { dtype } = fields
  const k = kernels(dtype)
  const sizes = fields.numbers("sizes")
  const act = { relu, tanh }[fields.text("activation") as "relu" | "tanh"]
  const depth = sizes.length - 1
  const [first, ...rest] = sizes.slice(1).map((out, i) => BayesianLinear.make({ in: sizes[i]!, out, dtype }))
  const network = sequential(first!, ...rest.flatMap((layer) => [act, layer]))
  /** A record for each linear layer, at its place between the activations. */
  const placed = (of: (i: number) => unknown): never =>
    Array.from({ length: 2 * depth - 1 }, (_, i) => (i % 2 === 0 ? of(i / 2) : {})) as never
  const normals = (from: Fields) => placed((i) => from.normals(`${i}.`))

  const x = fields.tensor("x")
  const batch = x.shape[0]!
  const squares = fields.text("task") === "mse-mean"
  // The nll of N(output, 1/2) is the squared error, plus log sqrt(pi) for each of the targets.
  const task = squares ? Likelihood.gaussian({ std: Math.sqrt(0.5) }) : Likelihood.categorical()
  const constant = squares ? 0.5 * Math.log(Math.PI) : 0
  const target = fields.tensor("target", [batch, 1])
  const klWeight = fields.number("klWeight")
  const self = adam({ learningRate: 0.01 })

  let params = normals(fields.record("params"))
  let state = self.init(params)
  for (let step = 0; step < 3; step++) {
    const known = fields.record(`step${step}`)
    const eps = placed((i) => known.record("eps").record(String(i)).weights())
    const { y, pullback } = network.vjp(params, x, eps)
    near("output", known.tensor("output"), y, bounds.adam)
    const taskValue = task.nll({}, y, target) / batch - constant
    const kl = network.kl(params)
    near("task", known.number("task"), taskValue, bounds.adam)
    near("kl", known.number("kl"), kl, bounds.adam)
    near("total", known.number("total"), taskValue + klWeight * kl, bounds.adam)
    const dOutput = k.scale(1 / batch, task.nllGrad({}, y, target).dOutput)
    const grads = Tree.zip(pullback(dOutput).dParams, network.klGrad(params), (a, b) => k.axpy(klWeight, b, a))
    nearTree("gradient", normals(known.record("grads")), grads, bounds.adam)
    const [updates, next] = self.update(grads, state, params)
    state = next
    params = Optimizer.apply(params, updates) as never
    nearTree("parameters", normals(known.record("paramsAfter")), params, bounds.adam)
  }
}

export const networkChecks: Checks = { "mlp/elbo-adam": elbo }
