// Linear layers of random sizes, batches and priors under the laws of layers.

import { BayesianLinear, Linear, meanField, Prior } from "effect-bayes"
import { arbitraries, laws } from "effect-bayes/testing"
import fc from "fast-check"
import { it } from "vitest"

const options = fc.record({
  inputs: fc.integer({ min: 1, max: 9 }),
  out: fc.integer({ min: 1, max: 9 }),
  lead: arbitraries.shape({ maxRank: 2, maxAxis: 3 }),
  bias: fc.boolean(),
  dtype: arbitraries.dtype,
  mean: arbitraries.number([-3, 3]),
  std: arbitraries.number([0.05, 5])
})

it("BayesianLinear and Linear of any size, bias, prior, dtype and number of axes", () => {
  fc.assert(
    fc.property(options, ({ inputs, out, lead, bias, dtype, mean, std }) => {
      const given = { in: inputs, out, bias, dtype }
      const where = { inShape: [...lead, inputs] }
      const prior = Prior.normal({ mean, std })
      const layer = Linear.make(given)
      const lifted = { layer, posterior: meanField<Linear.ParamsFor<boolean>>({ prior }) }
      for (const law of laws.layer(BayesianLinear.make({ ...given, prior }), { ...where, lifted })) {
        law.check({ numRuns: 2 })
      }
      for (const law of laws.layer(layer, where)) law.check({ numRuns: 2 })
    }),
    { numRuns: 15 }
  )
})
