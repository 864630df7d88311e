// Mean-field posteriors with priors near and far, closed, sampled and grouped, under the laws of posteriors.
import { empiricalBayes, type MeanField, meanField, Normal, Prior, Tensor, Tree } from "effect-bayes"
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

const { laplace, normal, scaleMixture, studentT } = Prior

for (const [name, prior] of [
  ["a Laplace prior", laplace({ scale: 0.5 })],
  ["a Student-t prior", studentT({ df: 3, mean: 0.2, scale: 0.5 })],
  ["a scale mixture prior", scaleMixture({ std1: 1, std2: 0.05 })]
] as const) {
  under(`meanField, ${name}`, laws.posterior(meanField<Weights>({ prior }), { weights }))
}

const groups = [
  ["nested", laplace({ mean: 0.1, scale: 0.3 })],
  ["**", studentT({ df: 4, scale: 1 })]
] as const
// Not tried on other trees, which the groups' paths would not fit.
under("meanField, groups", laws.posterior(meanField<Weights>({ prior: groups }), { weights, factorized: false }))

const zeroScale = (shapes: Tree.Shapes<Weights>) => ({
  weights: Tree.mapWith(
    Tree.isSpec,
    (spec) => ({ mean: Tensor.zeros(spec), logStd: Tensor.zeros(spec) }),
    shapes
  ) as MeanField<Weights>,
  logScale: Tensor.zeros({ shape: [1], dtype: shapes.weight.dtype })
})
under(
  "empiricalBayes, prior N(0, 1)",
  laws.posterior(empiricalBayes<Weights>(), { weights, factorized: false, atPrior: zeroScale })
)
under(
  "empiricalBayes, a prior whose mean is not 0",
  laws.posterior(empiricalBayes<Weights>({ prior: normal({ mean: 0.3, std: 2 }) }), { weights, factorized: false })
)
under(
  "empiricalBayes, groups",
  laws.posterior(empiricalBayes<Weights>({ prior: groups, initialStd: 0.1 }), { weights, factorized: false })
)
