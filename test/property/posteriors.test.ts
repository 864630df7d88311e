// The mean-field posterior with priors near and far, under the laws of posteriors.
import { type MeanField, meanField, Normal, Prior, Tensor, Tree } from "effect-bayes"
import { laws } from "effect-bayes/testing"
import { under } from "./under.ts"

interface Weights {
  readonly weight: Tensor.Tensor
  readonly nested: readonly [Tensor.Tensor]
}

const weights: Tree.Shapes<Weights> = {
  weight: { shape: [3, 2], dtype: "float32" },
  nested: [{ shape: [3], dtype: "float32" }]
}

for (const [mean, std] of [[0, 1] as const, [0.3, 0.7] as const, [-2, 0.01] as const, [1.7, 30] as const]) {
  const atPrior = (shapes: Tree.Shapes<Weights>): MeanField<Weights> =>
    Tree.mapWith(
      Tree.isSpec,
      (spec) => {
        const scalars = Normal.make({ mean, std, dtype: spec.dtype })
        return { mean: Tensor.full(spec, mean), logStd: Tensor.full(spec, Tensor.item(scalars.logStd)) }
      },
      shapes
    ) as MeanField<Weights>
  const posterior = meanField<Weights>({ prior: Prior.normal({ mean, std }), initialStd: 0.2 })
  under(`meanField, prior N(${mean}, ${std}^2)`, laws.posterior(posterior, { weights, atPrior }))
}
