// Values and gradients against known answers, computed by another library's automatic differentiation in float64.
//
// Bounds are on |a - b| / max(1, |b|). In float64: 1e-10. In float32 the inputs are rounded to 6e-8 of their size, and a
// value of a case is a sum of some tens of such products, in float32 one after the other; as errors of either sign partly
// cancel, 1e-6 holds. The gradient by a convolution's filter sums over all rows and places, up to 135 products whose sums
// on the way reach 8 and more, where an ulp is 5e-7 to 1e-6: roundings of 0.29 ulp, the root of 135 times, are 3e-6, and
// 1e-5 holds. Adam divides a gradient by its own size, so an error e in a gradient of size g comes out as rate e / g: 1e-5
// bounds it for e = 1e-7 and g = 1e-4 at rate 0.01.
import { describe, expect, it } from "vitest"
import { activationChecks } from "./activations.ts"
import { type Case, cases, Fields } from "./cases.ts"
import { BOUNDS, type Checks } from "./check.ts"
import { compositeChecks } from "./composites.ts"
import { convolutionChecks } from "./convolutions.ts"
import { likelihoodChecks } from "./likelihoods.ts"
import { linearChecks } from "./linear.ts"
import { networkChecks } from "./networks.ts"
import { optimizerChecks } from "./optimizers.ts"
import { priorChecks } from "./priors.ts"

const checks: Checks = {
  ...linearChecks,
  ...convolutionChecks,
  ...compositeChecks,
  ...likelihoodChecks,
  ...priorChecks,
  ...activationChecks,
  ...optimizerChecks,
  ...networkChecks
}

/** What the files hold for tests elsewhere: this one is what training must find (test/training/exact.test.ts). */
const elsewhere = ["exact/mean-field-linear-regression"]

it("knows every case of the files, and they have a case for every check", () => {
  const names = [...new Set(cases.map((found) => found.name))].sort()
  expect(names).toEqual([...Object.keys(checks), ...elsewhere].sort())
})

const covered = cases.flatMap((found) => {
  const check = checks[found.name]
  return check === undefined ? [] : [{ found, check }]
})

for (const dtype of ["float64", "float32"] as const) {
  const bounds = BOUNDS[dtype]
  describe(`${dtype}, within ${bounds.value}`, () => {
    const count = new Map<string, number>()
    const number = ({ name }: Case): number => {
      count.set(name, (count.get(name) ?? 0) + 1)
      return count.get(name)!
    }
    for (const { found, check } of covered) {
      it(`${found.name} ${number(found)}`, () => check(new Fields(found, dtype), bounds))
    }
  })
}
