// Every likelihood under the laws of likelihoods: one line each.
import { Likelihood } from "effect-bayes"
import { laws } from "effect-bayes/testing"
import { under } from "./under.ts"

for (const dtype of ["float64", "float32"] as const) {
  const { gaussian, gaussianLearned, heteroscedastic, studentT, studentTLearned } = Likelihood
  under(`gaussian, 1 target, ${dtype}`, laws.likelihood(gaussian({ std: 0.5 }), { outputs: 1, dtype }))
  under(`gaussian, 3 targets, ${dtype}`, laws.likelihood(gaussian({ std: [0.3, 1, 2] }), { outputs: 3, dtype }))
  under(`gaussian, one std for 3 targets, ${dtype}`, laws.likelihood(gaussian({ std: 0.7 }), { outputs: 3, dtype }))
  under(`gaussianLearned, 1 target, ${dtype}`, laws.likelihood(gaussianLearned({ dtype }), { outputs: 1, dtype }))
  const learned3 = gaussianLearned({ targets: 3, initialStd: 0.25, dtype })
  under(`gaussianLearned, 3 targets, ${dtype}`, laws.likelihood(learned3, { outputs: 3, dtype }))

  const reals = (n: number) => Array.from({ length: n }, () => "real" as const)
  const twice = (n: number) => ({ outputs: 2 * n, targets: reals(n), dtype })
  under(`heteroscedastic, 1 target, ${dtype}`, laws.likelihood(heteroscedastic(), twice(1)))
  under(`heteroscedastic, 3 targets, ${dtype}`, laws.likelihood(heteroscedastic(), twice(3)))

  under(`studentT, df 4, ${dtype}`, laws.likelihood(studentT({ df: 4, scale: 0.5 }), { outputs: 1, dtype }))
  const studentT2 = studentT({ df: 7.5, scale: [0.4, 2] })
  under(`studentT, df 7.5, 2 targets, ${dtype}`, laws.likelihood(studentT2, { outputs: 2, dtype }))
  const learnedT = studentTLearned({ df: 5, targets: 2, dtype })
  under(`studentTLearned, 2 targets, ${dtype}`, laws.likelihood(learnedT, { outputs: 2, dtype }))

  const { categorical, bernoulli, poisson, product } = Likelihood
  const classes = (n: number) => ({ outputs: n, targets: [{ classes: n }], dtype })
  under(`categorical, 2 classes, ${dtype}`, laws.likelihood(categorical(), classes(2)))
  under(`categorical, 5 classes, ${dtype}`, laws.likelihood(categorical(), classes(5)))
  const classWeights = [0.5, 2, 8]
  const weighted = laws.likelihood(categorical({ classWeights }), { ...classes(3), classWeights })
  under(`categorical, 3 classes of different weights, ${dtype}`, weighted)

  const zeroOrOne = { classes: 2 }
  under(`bernoulli, ${dtype}`, laws.likelihood(bernoulli(), { outputs: 1, targets: [zeroOrOne], dtype }))
  const positive = { outputs: 1, targets: [zeroOrOne], classWeights: [1, 4], dtype }
  under(`bernoulli, positives count 4 times, ${dtype}`, laws.likelihood(bernoulli({ positiveWeight: 4 }), positive))
  const three = { outputs: 3, targets: [zeroOrOne, zeroOrOne, zeroOrOne], dtype }
  under(`bernoulli, 3 targets, ${dtype}`, laws.likelihood(bernoulli(), three))
  under(`poisson, ${dtype}`, laws.likelihood(poisson(), { outputs: 1, targets: ["count"], dtype }))
  under(`poisson, 2 targets, ${dtype}`, laws.likelihood(poisson(), { outputs: 2, targets: ["count", "count"], dtype }))

  const both = product([
    { likelihood: heteroscedastic(), outputs: 2, targets: 1 },
    { likelihood: studentTLearned({ df: 4, dtype }), outputs: 1, targets: 1 }
  ])
  under(`product of real targets, ${dtype}`, laws.likelihood(both, { outputs: 3, targets: reals(2), dtype }))
  const mixed = product([
    { likelihood: categorical(), outputs: 2, targets: 1 },
    {
      likelihood: product([{ likelihood: gaussianLearned({ dtype }), outputs: 1, targets: 1 }]),
      outputs: 1,
      targets: 1
    }
  ])
  const kinds = { outputs: 3, targets: [zeroOrOne, "real" as const], dtype }
  under(`product of targets of several kinds, ${dtype}`, laws.likelihood(mixed, kinds))

  const logProb = "-abs(y - mu) / exp(logS) - logS - 2 log1p(exp(-abs(y - mu) / exp(logS)))"
  const logistic = { logProb, target: "y", outputs: ["mu"], parameters: { logS: -1 }, dtype } as const
  under(
    `fromExpression of the logistic, 1 target, ${dtype}`,
    laws.likelihood(Likelihood.fromExpression(logistic), { outputs: 1, dtype })
  )
  const normal = "-((y - mu) / exp(logStd))^2 / 2 - logStd - log(2 pi) / 2"
  const varying = Likelihood.fromExpression({ logProb: normal, target: "y", outputs: ["mu", "logStd"] })
  under(
    `fromExpression of heteroscedastic, 2 targets, ${dtype}`,
    laws.likelihood(varying, { outputs: 4, targets: ["real", "real"], dtype })
  )
  const counts = Likelihood.fromExpression({ logProb: "n a - exp(a) - lgamma(n + 1)", target: "n", outputs: ["a"] })
  under(`fromExpression of poisson, ${dtype}`, laws.likelihood(counts, { outputs: 1, targets: ["count"], dtype }))
}
