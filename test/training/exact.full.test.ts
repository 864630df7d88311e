// The exact optimum again, from other seeds and under the other estimators.
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { closedFormElbo, errors, exact, find } from "./exactOptimum.ts"

const runs = [
  { seed: 2, estimator: "reparameterization" },
  { seed: 3, estimator: "reparameterization" },
  { seed: 4, estimator: "reparameterization" },
  { seed: 5, estimator: "reparameterization" },
  { seed: 1, estimator: "localReparameterization" },
  { seed: 1, estimator: "flipout" }
] as const

it.effect.each(runs)(
  "seed $seed, $estimator: means and sds within 2%, ELBO within 0.005 nats of the exact one",
  ({ seed, estimator }) =>
    Effect.gen(function* () {
      const found = yield* find(seed, estimator)
      const error = errors(found)
      const gap = exact.elbo - closedFormElbo(found.mean, found.std)
      console.log(
        `seed ${seed}, ${estimator}: mean off by ${error.mean.toFixed(4)} sd, sd by ${error.std.toFixed(4)}, ` +
          `ELBO by ${gap.toFixed(6)}`
      )
      expect(error.mean).toBeLessThan(0.02)
      expect(error.std).toBeLessThan(0.02)
      expect(gap).toBeLessThan(0.005)
      expect(gap).toBeGreaterThan(-1e-9)
    })
)
