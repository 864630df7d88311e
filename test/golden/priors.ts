// Prior densities and their derivatives.
import { Normal, Prior, Tensor } from "effect-bayes"
import { type Fields, near } from "./cases.ts"
import type { Check, Checks } from "./check.ts"

/** The sum of log densities over all weights, each of them alone, and the derivative by each. */
const density =
  (make: (fields: Fields) => Prior.Prior): Check =>
  (fields, { value }) => {
    const prior = make(fields)
    const w = fields.tensor("w")
    const known = Tensor.toFloat64Array(fields.tensor("logProb"))
    const alone = (i: number) =>
      prior.logProb(Tensor.from(Tensor.toFloat64Array(w).slice(i, i + 1), { dtype: w.dtype }))
    for (const [i, logProb] of known.entries()) near(`logProb[${i}]`, logProb, alone(i), value)
    near(
      "sum of logProb",
      known.reduce((total, v) => total + v, 0),
      prior.logProb(w),
      value
    )
    near("dlogProb/dw", fields.tensor("grad"), prior.logProbGrad(w), value)
  }

const location = (fields: Fields) => ({ mean: fields.number("loc"), scale: fields.number("scale") })

const normalElementwise: Check = (fields, { value }) => {
  const { mean, scale } = location(fields)
  const p = Normal.make({ mean, std: scale, dtype: fields.dtype })
  const w = fields.tensor("w")
  near("logProb", fields.tensor("logProb"), Normal.logProb(p, w), value)
  near("dlogProb/dw", fields.tensor("grad"), Normal.logProbGrad(p, w).x, value)
}

const normal = density((fields) => Prior.normal({ mean: location(fields).mean, std: location(fields).scale }))

export const priorChecks: Checks = {
  "prior/normal": (fields, bounds) => {
    normalElementwise(fields, bounds)
    normal(fields, bounds)
  },
  "prior/laplace": density((fields) => Prior.laplace(location(fields))),
  "prior/student-t": density((fields) => Prior.studentT({ ...location(fields), df: fields.number("df") })),
  "prior/scale-mixture": density((fields) =>
    Prior.scaleMixture({ weight: fields.number("pi"), std1: fields.number("std1"), std2: fields.number("std2") })
  )
}
