// Every prior under the laws of priors: one line each.
import { Normal, Prior, type Shape, Tensor } from "effect-bayes"
import { laws } from "effect-bayes/testing"
import { under } from "./under.ts"

const { laplace, normal, scaleMixture, studentT } = Prior

/** The normal of one mean and std for all weights. */
const everywhere = (mean: number, std: number) => (weights: Shape.TensorSpec) => {
  const p = Normal.make({ mean, std, dtype: weights.dtype })
  return { mean: Tensor.full(weights, Tensor.item(p.mean)), logStd: Tensor.full(weights, Tensor.item(p.logStd)) }
}

// Three weights, each with a normal of its own.
const trained = { mean: Tensor.from(new Float64Array([0.5, -1, 0])), std: Tensor.from(new Float64Array([1, 0.1, 3])) }
const atTrained = ({ dtype }: Shape.TensorSpec) => ({
  mean: Tensor.cast(trained.mean, dtype),
  logStd: Tensor.from(
    Tensor.toFloat64Array(trained.std).map((std) =>
      Tensor.item(Normal.make({ mean: 0, std, dtype: "float64" }).logStd)
    ),
    { dtype }
  )
})

under("normal(0, 1)", laws.prior(normal(), { atPrior: everywhere(0, 1) }))
under("normal(0.3, 0.7)", laws.prior(normal({ mean: 0.3, std: 0.7 }), { centre: 0.3, atPrior: everywhere(0.3, 0.7) }))
under("normal(-2, 0.01)", laws.prior(normal({ mean: -2, std: 0.01 }), { centre: -2, atPrior: everywhere(-2, 0.01) }))

under(
  "normal, its mean and std tensors",
  laws.prior(normal(trained), { shape: [3], centre: trained.mean, atPrior: atTrained })
)

under("laplace(0, 1)", laws.prior(laplace({ scale: 1 })))
under("laplace(-0.4, 0.05)", laws.prior(laplace({ mean: -0.4, scale: 0.05 }), { centre: -0.4 }))
under("laplace(0, 30)", laws.prior(laplace({ scale: 30 })))

under("studentT(4, 0, 1)", laws.prior(studentT({ df: 4, scale: 1 })))
under("studentT(1, 0.5, 0.2)", laws.prior(studentT({ df: 1, mean: 0.5, scale: 0.2 }), { centre: 0.5 }))
under("studentT(2.5, 0, 10)", laws.prior(studentT({ df: 2.5, scale: 10 })))

under("scaleMixture(1/2, 1, 0.1)", laws.prior(scaleMixture({ std1: 1, std2: 0.1 })))
under(
  "scaleMixture(1/4, 1, e^-6)",
  laws.prior(scaleMixture({ weight: 0.25, std1: 1, std2: Math.exp(-6) }), { range: [-0.01, 0.01] })
)
under(
  "scaleMixture(3/4, e^-1, e^-8)",
  laws.prior(scaleMixture({ weight: 0.75, std1: Math.exp(-1), std2: Math.exp(-8) }))
)

const { fromExpression } = Prior
under("fromExpression of laplace(0, 1/2)", laws.prior(fromExpression("-abs(w) / b - log(2 b)", { b: 0.5 })))
under(
  "fromExpression of studentT(4, 0, 1)",
  laws.prior(
    fromExpression("-(v + 1) / 2 * log1p(w^2 / v) + lgamma((v + 1) / 2) - lgamma(v / 2) - log(v pi) / 2", { v: 4 })
  )
)
under(
  "fromExpression of scaleMixture(1/2, 1, 0.1)",
  laws.prior(fromExpression("-w^2 / 2 + log(1 + exp((1 - 1 / s^2) w^2 / 2) / s) - log(8 pi) / 2", { s: 0.1 }))
)
