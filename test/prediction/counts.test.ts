// Predictions of counts: moments, whole quantiles and log-likelihoods against the mixture summed term by term.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { BayesianLinear, Dataset, Key, Likelihood, Model, Noise, Prediction, Standardizer, Tensor } from "effect-bayes"
import fc from "fast-check"
import { countQuantile, type Mixture } from "../../src/prediction/mixture.ts"

const poisson = (logRate: number) => Likelihood.poisson().counts({}, Tensor.from([[logRate]], { dtype: "float64" }))
const mixtureOf = ([first, ...rest]: ReadonlyArray<number>): Mixture => [poisson(first!), ...rest.map(poisson)]

/** P(count = k) of an even mixture of these rates, by the recurrence of its terms. */
const pmf = (rates: ReadonlyArray<number>, k: number): number =>
  rates.reduce((sum, rate) => {
    let term = Math.exp(-rate)
    for (let i = 1; i <= k; i++) term *= rate / i
    return sum + term / rates.length
  }, 0)

const cdf = (rates: ReadonlyArray<number>, k: number): number =>
  Array.from({ length: k + 1 }, (_, i) => pmf(rates, i)).reduce((sum, p) => sum + p, 0)

describe("the quantile of a mixture of counts", () => {
  it("is the smallest count at or below which as much lies as the level says", () => {
    const logRates = fc.array(fc.double({ min: -6, max: 3.5, noNaN: true }), { minLength: 1, maxLength: 5 })
    const level = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })
    fc.assert(
      fc.property(logRates, level, (logs, p) => {
        const k = countQuantile(mixtureOf(logs), 0, p)
        const rates = logs.map(Math.exp)
        expect(Number.isInteger(k) && k >= 0).toBe(true)
        // Both sums round: a level next to a step of the function may be on either side of it.
        expect(cdf(rates, k)).toBeGreaterThanOrEqual(p - 1e-12)
        expect(cdf(rates, k - 1)).toBeLessThan(p + 1e-12)
      })
    )
  })

  it("is 0 for a rate of next to nothing, between the rates of two, and the normal's for a large one", () => {
    expect(countQuantile(mixtureOf([-800]), 0, 0.999)).toBe(0)
    expect(countQuantile(mixtureOf([-800, Math.log(100)]), 0, 0.5)).toBe(0)
    expect(countQuantile(mixtureOf([-800, Math.log(100)]), 0, 0.75)).toBe(100) // P(count <= 99) = 0.487, <= 100: 0.527
    const rate = 1e10
    const z = 1.6448536269514722 // the 95% quantile of a standard normal
    // The second term of the Cornish-Fisher expansion is (z^2 - 1) / 6 = 0.28, the next one of the order 1e-6.
    const expected = rate + z * Math.sqrt(rate) + (z * z - 1) / 6
    expect(Math.abs(countQuantile(mixtureOf([Math.log(rate)]), 0, 0.95) - expected)).toBeLessThan(2)
    expect(countQuantile(mixtureOf([50]), 0, 0.5) / Math.exp(50)).toBeCloseTo(1, 9) // counts that differ by 2^19
  })
})

const network = BayesianLinear.make({ in: 1, out: 2, initialStd: 0.3, dtype: "float64" })
const model = Model.make({
  network,
  likelihood: Likelihood.poisson(),
  inputs: Standardizer.identity(1),
  targets: Standardizer.identity(2),
  dtype: "float64"
})
const params = Model.init(model, Key.make(3))
const fitted = { model, params }
const x = Tensor.from([[-1], [0], [2]], { dtype: "float64" })
const DRAWS = 7

/** The rates of number i (row by row, target by target) under each draw. */
const ratesOf = (i: number, rows = x) =>
  Effect.map(Noise.Noise, (noise) =>
    Array.from({ length: DRAWS }, (_, s) => {
      const output = network.forward(params.network, rows, network.noise(noise.key("predict", s), rows.shape[0]!))
      return Math.exp(Tensor.toFloat64Array(output)[i]!)
    })
  )

describe("predict", () => {
  it.effect("gives mean, parts of the variance and whole quantiles of the counts", () =>
    Effect.gen(function* () {
      const levels = [0.05, 0.5, 0.95]
      const p = yield* Prediction.predict(fitted, x, { draws: DRAWS, quantiles: levels })
      for (let i = 0; i < 6; i++) {
        const rates = yield* ratesOf(i)
        const mean = rates.reduce((sum, rate) => sum + rate / DRAWS, 0)
        const epistemic = rates.reduce((sum, rate) => sum + (rate - mean) ** 2 / DRAWS, 0)
        const at = (t: Tensor.Tensor) => Tensor.toFloat64Array(t)[i]!
        // A mean of 7 numbers of about 1, in float64.
        expect(at(p.mean)).toBeCloseTo(mean, 12)
        expect(at(p.aleatoric)).toBeCloseTo(mean, 12) // the variance of a Poisson is its rate
        expect(at(p.epistemic)).toBeCloseTo(epistemic, 12)
        expect(at(p.std)).toBeCloseTo(Math.sqrt(mean + epistemic), 12)
        for (const { level, value } of p.quantiles) {
          const k = Array.from({ length: 100 }, (_, n) => n).find((n) => cdf(rates, n) >= level)
          expect(at(value)).toBe(k)
        }
      }
      const { lower, upper } = Prediction.interval(p, 0.9)
      expect([lower.shape, upper.shape]).toEqual([
        [3, 2],
        [3, 2]
      ])
    }).pipe(Effect.provide(Noise.layer(5)))
  )

  it.effect("fails where a rate is beyond all numbers", () =>
    Effect.gen(function* () {
      const far = Tensor.from([[1e6], [-1e6]], { dtype: "float64" })
      const error = yield* Effect.flip(Prediction.predict(fitted, far, { draws: 2 }))
      expect(error.message).toBe("the predicted mean: expected finite numbers, got NaN or Infinity")
    }).pipe(Effect.provide(Noise.layer(5)))
  )
})

describe("evaluate", () => {
  it.effect("sums log probabilities, errors and what the interval holds as they are defined", () =>
    Effect.gen(function* () {
      const y = [
        [0, 3],
        [1, 0],
        [9, 1]
      ]
      const data = Dataset.make({ x, y })
      const result = yield* Prediction.evaluate(fitted, data, { draws: DRAWS })
      const all = yield* Effect.forEach([0, 1, 2, 3, 4, 5], (i) => ratesOf(i))
      const counts = y.flat()
      let logLikelihood = 0
      for (let row = 0; row < 3; row++) {
        let joint = 0
        for (let s = 0; s < DRAWS; s++) {
          const each = [0, 1].map((t) => pmf([all[2 * row + t]![s]!], counts[2 * row + t]!))
          joint += (each[0]! * each[1]!) / DRAWS
        }
        logLikelihood += Math.log(joint) / 3
      }
      expect(result.meanLogLikelihood).toBeCloseTo(logLikelihood, 11)
      const covered = all.filter((rates, i) => {
        const find = (level: number) => Array.from({ length: 100 }, (_, n) => n).find((n) => cdf(rates, n) >= level)!
        return counts[i]! >= find(0.05) && counts[i]! <= find(0.95)
      })
      expect(covered.length).toBeGreaterThan(0)
      expect(covered.length).toBeLessThan(6)
      expect(result.coverage90).toBe(covered.length / 6)
      const means = all.map((rates) => rates.reduce((sum, rate) => sum + rate / DRAWS, 0))
      const rmse = [0, 1].map((t) =>
        Math.sqrt([0, 1, 2].reduce((sum, row) => sum + (counts[2 * row + t]! - means[2 * row + t]!) ** 2 / 3, 0))
      )
      expect(result.rmse[0]).toBeCloseTo(rmse[0]!, 12)
      expect(result.rmse[1]).toBeCloseTo(rmse[1]!, 12)
      expect(result.noiseStd[0]).toBeCloseTo(Math.sqrt((means[0]! + means[2]! + means[4]!) / 3), 12)
    }).pipe(Effect.provide(Noise.layer(5)))
  )

  it.effect("names the row of a target that is no count", () =>
    Effect.gen(function* () {
      const data = Dataset.make({
        x,
        y: [
          [0, 1],
          [2, 0.5],
          [0, 0]
        ]
      })
      const error = yield* Effect.flip(Prediction.evaluate(fitted, data, { draws: 2 }))
      expect(error.message).toBe("target 1 of row 1: expected a count: 0, 1, 2, ..., got 0.5")
    }).pipe(Effect.provide(Noise.layer(5)))
  )
})
