// A model whose best mean-field posterior is known exactly: linear, Gaussian noise, prior N(0, 1), no bias.

import { Effect } from "effect"
import {
  BayesianLinear,
  Dataset,
  type Estimator,
  Likelihood,
  Model,
  Noise,
  Standardizer,
  Tensor,
  Training
} from "effect-bayes"
import { cases, Fields } from "../golden/cases.ts"

const found = cases.find(({ name }) => name === "exact/mean-field-linear-regression")
if (found === undefined) throw new Error("the file of known answers has no exact optimum")
const known = new Fields(found, "float64")

const values = (name: string): Float64Array => Tensor.toFloat64Array(known.tensor(name))
const x = known.tensor("x")
const y = known.tensor("y")
const [rows = 0, width = 0] = x.shape
const noiseStd = known.number("noiseStd")

export const exact = {
  mean: values("mean"),
  std: values("std"),
  elbo: known.number("elbo"),
  logEvidence: known.number("logEvidence")
}

const data = Dataset.make({ x, y: Tensor.reshape(y, [rows, 1]) })
const modelOf = (estimator: Estimator) =>
  Model.make({
    network: BayesianLinear.make({ in: width, out: 1, bias: false, estimator }),
    likelihood: Likelihood.gaussian({ std: noiseStd }),
    inputs: Standardizer.identity(width),
    targets: Standardizer.identity(1)
  })

/** E_q[log p(y | x, w)] - KL(q || N(0, 1)) of a mean-field normal q, term by term from the textbook. */
export const closedFormElbo = (mean: Float64Array, std: Float64Array): number => {
  const xs = Tensor.toFloat64Array(x)
  const ys = Tensor.toFloat64Array(y)
  let squares = 0
  for (let r = 0; r < rows; r++) {
    const residual = mean.reduce((e, m, i) => e - m * xs[r * width + i]!, ys[r]!)
    squares += residual ** 2 + std.reduce((v, s, i) => v + (s * xs[r * width + i]!) ** 2, 0)
  }
  const logLikelihood = -0.5 * rows * Math.log(2 * Math.PI * noiseStd ** 2) - squares / (2 * noiseStd ** 2)
  return mean.reduce((elbo, m, i) => elbo - (0.5 * (std[i]! ** 2 + m ** 2 - 1) - Math.log(std[i]!)), logLikelihood)
}

/** Trains on all rows at once, with a rate that falls to 0, and gives the posterior found. */
export const find = (seed: number, estimator: Estimator = "reparameterization") =>
  Training.fit(modelOf(estimator), data, { epochs: 200_000, batchSize: rows, learningRate: 0.0003 }).pipe(
    Effect.map(({ params }) => ({
      mean: Tensor.toFloat64Array(params.network.weight.mean),
      std: Tensor.toFloat64Array(params.network.weight.logStd).map(Math.exp)
    })),
    Effect.provide(Noise.layer(seed))
  )

/** The largest error of a mean in posterior standard deviations, and the largest relative error of one. */
export const errors = (found: { readonly mean: Float64Array; readonly std: Float64Array }) => ({
  mean: Math.max(...found.mean.map((m, i) => Math.abs(m - exact.mean[i]!) / exact.std[i]!)),
  std: Math.max(...found.std.map((s, i) => Math.abs(s / exact.std[i]! - 1)))
})
