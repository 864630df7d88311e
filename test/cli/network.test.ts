// The numbers of the priors that --prior names: each has the standard deviation of --prior-std.
import { Option } from "effect"
import { Dataset, type Spec } from "effect-bayes"
import { expect, it } from "vitest"
import { modelOf, type NetworkFlags } from "../../src/cli/network.ts"

const data = Dataset.make({ x: [[1], [2], [3]], y: [[1], [3], [2]] })
const flags = {
  hidden: "3",
  activation: "relu",
  likelihood: Option.none(),
  priorStd: 3,
  estimator: "flipout"
} as const

/** The prior of the first layer's spec. */
const priorOf = (prior: NetworkFlags["prior"]): Spec.Spec => {
  const { network } = modelOf(data, "regression", { ...flags, prior })
  const [first] = network.spec.layers as ReadonlyArray<{ readonly posterior: { readonly prior: Spec.Spec } }>
  return first!.posterior.prior
}

it("a normal of that std, and others whose variance is its square", () => {
  expect(priorOf("normal")).toEqual({ kind: "normal", mean: 0, std: 3 })
  const laplace = priorOf("laplace")
  expect(laplace).toMatchObject({ kind: "laplace", mean: 0 })
  expect(2 * Number(laplace.scale) ** 2).toBeCloseTo(9, 12)
  const studentT = priorOf("student-t")
  expect(studentT).toMatchObject({ kind: "student-t", df: 4 })
  expect((Number(studentT.scale) ** 2 * 4) / (4 - 2)).toBeCloseTo(9, 12) // scale^2 df / (df - 2)
  const { std1, std2 } = priorOf("scale-mixture")
  expect([std1, Math.log(Number(std2) / 3)]).toEqual([3, expect.closeTo(-6, 2)]) // 0.00248 is e^-6 to three digits
})
