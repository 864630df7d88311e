// Every likelihood under the laws of likelihoods: one line each.
import { Likelihood } from "effect-bayes"
import { laws } from "effect-bayes/testing"
import { under } from "./under.ts"

for (const dtype of ["float64", "float32"] as const) {
  const { gaussian, gaussianLearned, categorical } = Likelihood
  under(`gaussian, 1 target, ${dtype}`, laws.likelihood(gaussian({ std: 0.5 }), { outputs: 1, dtype }))
  under(`gaussian, 3 targets, ${dtype}`, laws.likelihood(gaussian({ std: [0.3, 1, 2] }), { outputs: 3, dtype }))
  under(`gaussian, one std for 3 targets, ${dtype}`, laws.likelihood(gaussian({ std: 0.7 }), { outputs: 3, dtype }))
  under(`gaussianLearned, 1 target, ${dtype}`, laws.likelihood(gaussianLearned({ dtype }), { outputs: 1, dtype }))
  const learned3 = gaussianLearned({ targets: 3, initialStd: 0.25, dtype })
  under(`gaussianLearned, 3 targets, ${dtype}`, laws.likelihood(learned3, { outputs: 3, dtype }))
  under(`categorical, 2 classes, ${dtype}`, laws.likelihood(categorical(), { outputs: 2, classes: 2, dtype }))
  under(`categorical, 5 classes, ${dtype}`, laws.likelihood(categorical(), { outputs: 5, classes: 5, dtype }))
  const logProb = "-abs(y - mu) / exp(logS) - logS - 2 log1p(exp(-abs(y - mu) / exp(logS)))"
  const logistic = { logProb, target: "y", outputs: ["mu"], parameters: { logS: -1 }, dtype } as const
  under(
    `fromExpression of the logistic, 1 target, ${dtype}`,
    laws.likelihood(Likelihood.fromExpression(logistic), { outputs: 1, dtype })
  )
}
