// Training finds the exact optimum of mean-field variational inference where that is known.
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { closedFormElbo, errors, exact, find } from "./exactOptimum.ts"

it("the closed form agrees with the known ELBO at the known optimum", () => {
  expect(closedFormElbo(exact.mean, exact.std)).toBeCloseTo(exact.elbo, 9)
})

it.effect("fit finds it: means within 2% of a posterior sd, sds within 2%, ELBO within 0.005 nats", () =>
  Effect.gen(function* () {
    const found = yield* find(1)
    const error = errors(found)
    expect(error.mean).toBeLessThan(0.02)
    expect(error.std).toBeLessThan(0.02)
    const elbo = closedFormElbo(found.mean, found.std)
    expect(elbo).toBeGreaterThan(exact.elbo - 0.005)
    expect(elbo).toBeLessThanOrEqual(exact.elbo + 1e-9) // no q is better than the best one; the rest is rounding
    expect(elbo).toBeLessThan(exact.logEvidence)
  })
)
