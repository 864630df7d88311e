// The exact optimum again, from other seeds.
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { closedFormElbo, errors, exact, find } from "./exactOptimum.ts"

it.effect.each([2, 3, 4, 5])("seed %i: means and sds within 2%, ELBO within 0.005 nats of the exact one", (seed) =>
  Effect.gen(function* () {
    const found = yield* find(seed)
    const error = errors(found)
    const gap = exact.elbo - closedFormElbo(found.mean, found.std)
    console.log(
      `seed ${seed}: mean off by ${error.mean.toFixed(4)} sd, sd by ${error.std.toFixed(4)}, ELBO by ${gap.toFixed(6)}`
    )
    expect(error.mean).toBeLessThan(0.02)
    expect(error.std).toBeLessThan(0.02)
    expect(gap).toBeLessThan(0.005)
    expect(gap).toBeGreaterThan(-1e-9)
  })
)
