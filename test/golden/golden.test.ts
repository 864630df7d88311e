// Values and gradients against known answers, computed by another library's automatic differentiation in float64.
//
// Bounds are on |a - b| / max(1, |b|). In float64: 1e-10. In float32 the inputs are rounded to 6e-8 of their size, and
// each value of a case is a sum of such products in float64, rounded once; as errors of either sign partly cancel,
// 1e-6 holds. Adam divides a gradient by its own size, so an error e in a gradient of size g comes out as rate e / g:
// 1e-5 bounds it for e = 1e-7 and g = 1e-4 at rate 0.01.
import {
  adam,
  BayesianLinear,
  Likelihood,
  Normal,
  Optimizer,
  Prior,
  relu,
  type Shape,
  sequential,
  sgd,
  Tensor,
  Tree,
  tanh
} from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { describe, expect, it } from "vitest"
import { type Case, cases, Fields, near } from "./cases.ts"

interface Bounds {
  readonly value: number
  readonly adam: number
}

const BOUNDS: Readonly<Record<Shape.DType, Bounds>> = {
  float64: { value: 1e-10, adam: 1e-10 },
  float32: { value: 1e-6, adam: 1e-5 }
}

type Check = (fields: Fields, bounds: Bounds) => void

const nearTree = (what: string, expected: unknown, actual: unknown, bound: number): void => {
  const known = Tree.leaves(expected)
  const found = Tree.leaves(actual)
  expect(found.map((leaf) => leaf.path)).toEqual(known.map((leaf) => leaf.path))
  for (const [k, { path, value }] of known.entries()) near(`${what} ${path}`, value, found[k]!.value, bound)
}

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

const likelihood =
  (make: (fields: Fields) => Likelihood.Likelihood<Tree.Empty>, target: string): Check =>
  (fields, { value }) => {
    const self = make(fields)
    const output = fields.tensor("output")
    const targets = target === "labels" ? fields.tensor(target, [output.shape[0]!, 1]) : fields.tensor(target)
    near("nll", fields.number("nll"), self.nll({}, output, targets), value)
    near("dOutput", fields.tensor("grad"), self.nllGrad({}, output, targets).dOutput, value)
  }

const priorNormal: Check = (fields, { value }) => {
  const [mean, std] = [fields.number("loc"), fields.number("scale")]
  const p = Normal.make({ mean, std, dtype: fields.dtype })
  const w = fields.tensor("w")
  const known = fields.tensor("logProb")
  near("logProb", known, Normal.logProb(p, w), value)
  near("dlogProb/dw", fields.tensor("grad"), Normal.logProbGrad(p, w).x, value)
  const sum = Tensor.toFloat64Array(known).reduce((total, v) => total + v, 0)
  near("sum of logProb", sum, Prior.normal({ mean, std }).logProb(w), value)
}

const activation =
  (layer: typeof relu): Check =>
  (fields, { value }) => {
    const x = fields.tensor("x")
    const { y, pullback } = layer.vjp({}, x, {})
    near("y", fields.tensor("y"), y, value)
    near("dx", fields.tensor("grad"), pullback(Tensor.full(x, 1)).dx!, value)
  }

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

const checks: Readonly<Record<string, Check>> = {
  "linear/vjp": linearVjp,
  "linear/kl": linearKl,
  "linear/kl-at-prior": linearKl,
  "prior/normal": priorNormal,
  "likelihood/gaussian": likelihood(
    (fields) => Likelihood.gaussian({ std: [0.3, 0.3, 0.3].map(() => fields.number("std")) }),
    "target"
  ),
  "likelihood/categorical": likelihood(() => Likelihood.categorical(), "labels"),
  "activation/relu": activation(relu),
  "activation/tanh": activation(tanh),
  "optimizer/sgd": optimizer(sgd({ learningRate: 0.1 })),
  "optimizer/sgd-momentum": optimizer(sgd({ learningRate: 0.1, momentum: 0.9 })),
  "optimizer/sgd-nesterov": optimizer(sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true })),
  "optimizer/adam": optimizer(adam({ learningRate: 0.01 })),
  "mlp/elbo-adam": elbo
}

/** What the file holds for things that are not there yet. */
const notYet = [
  ...["elu", "gelu", "leaky-relu-0.01", "sigmoid", "silu", "softplus"].map((name) => `activation/${name}`),
  ...["conv1d/vjp", "conv2d/vjp", "pool/avg-pool2d-2", "pool/max-pool2d-2"],
  "exact/mean-field-linear-regression",
  ...["bernoulli", "heteroscedastic-gaussian", "poisson"].map((name) => `likelihood/${name}`),
  ...["linear/flipout", "linear/local-reparameterization"],
  ...["optimizer/adamw", "optimizer/rmsprop"],
  ...["prior/laplace", "prior/scale-mixture", "prior/student-t"]
]

it("knows every case of the file, and the file has a case for every check", () => {
  const names = [...new Set(cases.map((found) => found.name))].sort()
  expect(names).toEqual([...Object.keys(checks), ...notYet].sort())
})

const covered = cases.flatMap((found) => {
  const check = checks[found.name]
  return check === undefined ? [] : [{ found, check }]
})

for (const dtype of ["float64", "float32"] as const) {
  const bounds = BOUNDS[dtype]
  describe(`${dtype}, within ${bounds.value}`, () => {
    const count = new Map<string, number>()
    const number = ({ name }: Case): number => {
      count.set(name, (count.get(name) ?? 0) + 1)
      return count.get(name)!
    }
    for (const { found, check } of covered) {
      it(`${found.name} ${number(found)}`, () => check(new Fields(found, dtype), bounds))
    }
  })
}
