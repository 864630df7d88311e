// Dropout, residual and parallel under the laws of layers.
import {
  type AnyLayer,
  BayesianLinear,
  bayesian,
  Conv2d,
  Dropout,
  type Empty,
  identity,
  type Layer,
  Linear,
  MaxPool2d,
  meanField,
  type ParamsOf,
  Prior,
  parallel,
  predictive,
  relu,
  residual,
  type Shape,
  sequential,
  Tensor,
  tanh
} from "effect-bayes"
import { laws, type Moments } from "effect-bayes/testing"
import { under } from "./under.ts"

/** E[x (1 + eps)] = x, and its variance x^2 rate / (1 - rate). */
const dropoutMoments =
  (rate: number) =>
  (_: unknown, x: Tensor.Tensor): Moments => {
    const mean = Tensor.toFloat64Array(x)
    return { mean, variance: mean.map((v) => (v * v * rate) / (1 - rate)) }
  }

for (const dtype of ["float64", "float32"] as const) {
  const check = (name: string, layer: AnyLayer, inShape: Shape.Shape) =>
    under(`${name}, ${dtype}`, laws.layer(layer, { inShape, dtype }))
  // The view has 24 elements: two keys drop the same ones with probability 1e-5, in each of 50 seeded cases.
  const dropout = Dropout.make({ rate: 0.25, dtype })
  const options = { inShape: [2, 12], dtype, moments: dropoutMoments(0.25) }
  under(`Dropout, ${dtype}`, laws.layer(dropout, options))
  // Its spec is that of the layer it is a view of.
  under(`its view for predictions, ${dtype}`, laws.layer(predictive(dropout), { ...options, registry: false }))

  const linear = Linear.make({ in: 3, out: 3, dtype })
  check("residual", residual(sequential(linear, tanh)), [3])
  const lifted = BayesianLinear.make({ in: 3, out: 2, dtype })
  check("residual with a shortcut, both Bayesian", residual(lifted, BayesianLinear.make({ in: 3, out: 2, dtype })), [3])
  check(
    "parallel over channels",
    parallel(Conv2d.make({ in: 2, out: 1, kernel: 3, padding: 1, dtype }), MaxPool2d.make({ kernel: 1 }), identity),
    [2, 3, 2]
  )
  check("parallel of Bayesian and deterministic layers", parallel(lifted, linear, sequential(lifted, relu)), [3])
  check(
    "dropout within sequential, residual and parallel",
    sequential(linear, parallel(Dropout.make({ rate: 0.5, dtype }), residual(Dropout.make({ rate: 0.5, dtype })))),
    [3]
  )
}

// Each part's KL is sampled from that part's own noise, wherever it stands.
const prior = Prior.scaleMixture({ std1: 1, std2: 0.1 })
for (const dtype of ["float64", "float32"] as const) {
  const sampled = { in: 2, out: 2, dtype, prior }
  const local = BayesianLinear.make({ ...sampled, estimator: "localReparameterization" })
  const flipped = BayesianLinear.make({ ...sampled, estimator: "flipout" })
  under(
    `KLs that are sampled within sequential, residual and parallel, ${dtype}`,
    laws.layer(residual(sequential(local, relu), parallel(sequential(flipped, tanh))), {
      inShape: [2],
      sampledKl: true
    })
  )
}

const block = sequential(residual(Linear.make({ in: 2, out: 2 })), parallel(Linear.make({ in: 2, out: 1 }), tanh))
type Block = ParamsOf<typeof block>
const lifting = { layer: block as Layer<Block, Empty>, posterior: meanField<Block>() }
under(
  "bayesian over a residual and a parallel layer",
  laws.layer(bayesian(lifting.layer, lifting.posterior), { inShape: [2], lifted: lifting })
)
