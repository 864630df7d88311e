// Prior densities and their derivatives.
import { Normal, Prior, Tensor } from "effect-bayes"
import { near } from "./cases.ts"
import type { Check, Checks } from "./check.ts"

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

export const priorChecks: Checks = { "prior/normal": priorNormal }
