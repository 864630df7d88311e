// Likelihoods and their gradients by the network's output.
import { Likelihood, type Tree } from "effect-bayes"
import { type Fields, near } from "./cases.ts"
import type { Check, Checks } from "./check.ts"

const likelihood =
  (make: (fields: Fields) => Likelihood.Likelihood<Tree.Empty>, target: string): Check =>
  (fields, { value }) => {
    const self = make(fields)
    const output = fields.tensor("output")
    const targets = target === "labels" ? fields.tensor(target, [output.shape[0]!, 1]) : fields.tensor(target)
    near("nll", fields.number("nll"), self.nll({}, output, targets), value)
    near("dOutput", fields.tensor("grad"), self.nllGrad({}, output, targets).dOutput, value)
  }

export const likelihoodChecks: Checks = {
  "likelihood/gaussian": likelihood(
    (fields) => Likelihood.gaussian({ std: [0.3, 0.3, 0.3].map(() => fields.number("std")) }),
    "target"
  ),
  "likelihood/categorical": likelihood(() => Likelihood.categorical(), "labels")
}
