// Every estimator under the laws of layers, with exact moments of its output and of its gradient.
import {
  BayesianLinear,
  bayesian,
  Conv1d,
  Conv2d,
  type Estimator,
  empiricalBayes,
  flatten,
  type Layer,
  Linear,
  type MeanField,
  meanField,
  Prior,
  relu,
  type Shape,
  sequential,
  Tensor,
  type Tree,
  tanh
} from "effect-bayes"
import { laws } from "effect-bayes/testing"
import { estimatorGradientMoments, estimatorMoments } from "./estimatorMoments.ts"
import { under } from "./under.ts"

type Weights = Pick<Linear.Params, "weight"> & Partial<Linear.Params>

/** A prior without a closed form, as one of your own would be: a normal, of which only the density is said. */
const sampled = (() => {
  const { logProb, logProbGrad } = Prior.normal({ std: 0.5 })
  return Prior.sampled({ spec: { kind: "density" }, logProb, logProbGrad })
})()

const estimators: ReadonlyArray<Estimator> = ["reparameterization", "localReparameterization", "flipout"]

/** Both engines: the statistical claims too are of kernels of their own in float32, with bounds far above its rounding. */
const both = (["float64", "float32"] as const).flatMap((dtype) => estimators.map((estimator) => ({ dtype, estimator })))

for (const { dtype, estimator } of both) {
  const known = { moments: estimatorMoments(estimator), gradientMoments: estimatorGradientMoments(estimator) }
  const lifted = { layer: Linear.make({ in: 3, out: 2, dtype }), posterior: meanField<Linear.Params>() }
  const wide = BayesianLinear.make({ in: 3, out: 2, dtype, estimator })
  under(`${estimator}, 3 -> 2, ${dtype}`, laws.layer(wide, { inShape: [3], ...known, lifted }))
  const bare = BayesianLinear.make({ in: 3, out: 2, bias: false, dtype, estimator })
  under(`${estimator}, 3 -> 2 without bias, ${dtype}`, laws.layer(bare, { inShape: [3] }))
  const narrow = BayesianLinear.make({ in: 2, out: 1, dtype, estimator })
  under(`${estimator}, 2 -> 1 over two axes, ${dtype}`, laws.layer(narrow, { inShape: [2, 2], ...known }))

  // As factorized as the mean-field posterior that it is built around.
  const scaled = bayesian(Linear.make({ in: 2, out: 2, dtype }), empiricalBayes<Linear.Params>(), {
    estimator
  })
  under(`${estimator}, empirical Bayes, ${dtype}`, laws.layer(scaled, { inShape: [2] }))
}

// Those with noise of their own; a draw of the weights that all rows share is under the laws of other tests too.
for (const { dtype, estimator } of both.filter(({ estimator }) => estimator !== "reparameterization")) {
  const [first, second] = [
    BayesianLinear.make({ in: 3, out: 4, dtype, estimator }),
    BayesianLinear.make({ in: 4, out: 2, dtype, estimator })
  ]
  under(`${estimator}, in a sequence, ${dtype}`, laws.layer(sequential(first, relu, second), { inShape: [3] }))

  const images = bayesian(Conv2d.make({ in: 1, out: 2, kernel: 2, dtype }), meanField(), { estimator })
  under(
    `${estimator}, in a convolutional network, ${dtype}`,
    laws.layer(sequential(images, tanh, flatten, second), { inShape: [1, 2, 3] })
  )

  const convolutions = [
    { name: "conv1d", layer: Conv1d.make({ in: 2, out: 2, kernel: 2, padding: 1, dtype }), inShape: [2, 3] },
    {
      name: "conv2d, 2 groups, stride 2, no bias",
      layer: Conv2d.make({ in: 2, out: 4, kernel: 2, groups: 2, stride: 2, bias: false, dtype }),
      inShape: [2, 3, 4]
    }
  ] as ReadonlyArray<{ name: string; layer: Layer<Weights, Tree.Empty>; inShape: Shape.Shape }>
  for (const { name, layer, inShape } of convolutions) {
    const over = meanField<Weights>()
    const moments = (q: MeanField<Weights>, x: Tensor.Tensor) => {
      const square = Tensor.from(
        Tensor.toFloat64Array(x).map((v) => v * v),
        x
      )
      const at = (weights: Weights, input: Tensor.Tensor) => Tensor.toFloat64Array(layer.forward(weights, input, {}))
      return { mean: at(over.mean(q), x), variance: at(over.variance(q), square) }
    }
    const lifted = { layer, posterior: over }
    under(
      `${estimator}, ${name}, ${dtype}`,
      laws.layer(bayesian(layer, over, { estimator }), { inShape, moments, lifted })
    )
  }

  under(
    `${estimator}, with a KL that is sampled, ${dtype}`,
    laws.layer(BayesianLinear.make({ in: 2, out: 2, dtype, estimator, prior: sampled }), {
      inShape: [2],
      sampledKl: true,
      registry: false,
      lifted: {
        layer: Linear.make({ in: 2, out: 2, dtype }),
        posterior: meanField<Linear.Params>({ prior: sampled })
      }
    })
  )
}
