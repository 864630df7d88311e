// Likelihoods and their gradients by the network's output, and by a scale of their own.
import { Likelihood, type Tree } from "effect-bayes"
import { type Fields, near } from "./cases.ts"
import type { Check, Checks } from "./check.ts"

const likelihood =
  (make: (fields: Fields) => Likelihood.Likelihood<Tree.Empty>, target = "target"): Check =>
  (fields, { value }) => {
    const self = make(fields)
    const output = fields.tensor("output")
    const targets = target === "labels" ? fields.tensor(target, [output.shape[0]!, 1]) : fields.tensor(target)
    const weights = fields.has("weights") ? fields.tensor("weights") : undefined
    near("nll", fields.number("nll"), self.nll({}, output, targets, weights), value)
    near("dOutput", fields.tensor("grad"), self.nllGrad({}, output, targets, weights).dOutput, value)
  }

const studentT: Check = (fields, { value }) => {
  const logScale = fields.tensor("logScale")
  const { dtype } = fields
  const self = Likelihood.studentTLearned({ df: fields.number("df"), targets: logScale.shape[0]!, dtype })
  const [output, target] = [fields.tensor("output"), fields.tensor("target")]
  near("nll", fields.number("nll"), self.nll({ logScale }, output, target), value)
  const { dOutput, dParams } = self.nllGrad({ logScale }, output, target)
  near("dOutput", fields.tensor("grad"), dOutput, value)
  near("dLogScale", fields.tensor("gradLogScale"), dParams.logScale, value)
}

export const likelihoodChecks: Checks = {
  "likelihood/gaussian": likelihood((fields) =>
    Likelihood.gaussian({ std: [0.3, 0.3, 0.3].map(() => fields.number("std")) })
  ),
  "likelihood/heteroscedastic-gaussian": likelihood(() => Likelihood.heteroscedastic()),
  "likelihood/heteroscedastic-row-weights": likelihood(() => Likelihood.heteroscedastic()),
  "likelihood/student-t": studentT,
  "likelihood/categorical": likelihood(() => Likelihood.categorical(), "labels"),
  "likelihood/categorical-class-weights": likelihood(
    (fields) => Likelihood.categorical({ classWeights: fields.numbers("classWeights") }),
    "labels"
  ),
  "likelihood/bernoulli": likelihood(() => Likelihood.bernoulli()),
  "likelihood/bernoulli-positive-weight": likelihood((fields) =>
    Likelihood.bernoulli({ positiveWeight: fields.number("positiveWeight") })
  ),
  "likelihood/bernoulli-row-weights": likelihood(() => Likelihood.bernoulli()),
  "likelihood/poisson": likelihood(() => Likelihood.poisson())
}
