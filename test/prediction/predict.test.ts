// Predictions: exact moments of a linear model, independence of the batch, units, and honest intervals.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  BayesianLinear,
  Dataset,
  Key,
  Likelihood,
  Model,
  Noise,
  Normal,
  Prediction,
  Standardizer,
  Synthetic,
  Tensor,
  Training
} from "effect-bayes"

const tensor = (values: ReadonlyArray<ReadonlyArray<number>>): Tensor.Tensor =>
  Tensor.from(values, { dtype: "float64" })
const numbers = (t: Tensor.Tensor): ReadonlyArray<number> => Array.from(Tensor.toFloat64Array(t))

// y = w x + b with w ~ N(2, 0.3^2), b ~ N(-1, 0.1^2), noise 0.5.
const linear = {
  model: Model.make({
    network: BayesianLinear.make({ in: 1, out: 1, dtype: "float64" }),
    likelihood: Likelihood.gaussian({ std: 0.5 }),
    inputs: Standardizer.identity(1),
    targets: Standardizer.identity(1),
    dtype: "float64"
  }),
  params: {
    network: {
      weight: { mean: tensor([[2]]), logStd: tensor([[Math.log(0.3)]]) },
      bias: { mean: Tensor.from(new Float64Array([-1])), logStd: Tensor.from(new Float64Array([Math.log(0.1)])) }
    },
    likelihood: {}
  }
}
const x = tensor([[-2], [0], [1], [3]])

describe("predict", () => {
  it.effect("has the moments of a linear model: epistemic x^2 0.3^2 + 0.1^2, aleatoric 0.5^2", () =>
    Effect.gen(function* () {
      const draws = 4000
      const p = yield* Prediction.predict(linear, x, { draws })
      const xs = numbers(x)
      for (let i = 0; i < 4; i++) {
        const epistemic = xs[i]! ** 2 * 0.09 + 0.01
        // Five standard errors: of a mean sd / sqrt(S), of a variance of normals var sqrt(2 / S); a false alarm has
        // probability 6e-7 for each, and a wrong axis or a missing square is off by tens of them.
        expect(Math.abs(numbers(p.mean)[i]! - (2 * xs[i]! - 1))).toBeLessThan(5 * Math.sqrt(epistemic / draws))
        expect(Math.abs(numbers(p.epistemic)[i]! / epistemic - 1)).toBeLessThan(5 * Math.sqrt(2 / draws))
        expect(numbers(p.aleatoric)[i]!).toBeCloseTo(0.25, 12)
        expect(numbers(p.std)[i]! ** 2).toBeCloseTo(numbers(p.aleatoric)[i]! + numbers(p.epistemic)[i]!, 12)
      }
    }).pipe(Effect.provide(Noise.layer(3)))
  )

  it.effect("does not depend on how rows are batched, to the last bit", () =>
    Effect.gen(function* () {
      const whole = yield* Prediction.predict(linear, x, { draws: 20 })
      for (let row = 0; row < 4; row++) {
        const alone = yield* Prediction.predict(linear, Tensor.rows(x, row, row + 1), { draws: 20 })
        for (const field of ["mean", "std", "aleatoric", "epistemic"] as const) {
          expect(numbers(alone[field])[0]).toBe(numbers(whole[field])[row])
        }
        expect(alone.quantiles.map((q) => numbers(q.value)[0])).toEqual(
          whole.quantiles.map((q) => numbers(q.value)[row])
        )
      }
    }).pipe(Effect.provide(Noise.layer(3)))
  )

  it.effect("draws the weights of a wide network for at least 50 rows at a time, as a draw costs what 50 rows do", () =>
    Effect.gen(function* () {
      const network = BayesianLinear.make({ in: 300, out: 300 })
      const [inputs, targets] = [Standardizer.identity(300), Standardizer.identity(300)]
      const model = Model.make({ network, likelihood: Likelihood.gaussian({ std: 1 }), inputs, targets })
      const noise = yield* Noise.Noise
      const rows: Array<number> = []
      const counting: typeof noise = {
        ...noise,
        draw: (source, step, batch, options) => {
          rows.push(batch)
          return noise.draw(source, step, batch, options)
        }
      }
      const params = { network: network.init(Key.make(0)), likelihood: {} }
      const wide = Tensor.zeros({ shape: [101, 300], dtype: "float64" })
      yield* Prediction.predict({ model, params }, wide, { draws: 2, quantiles: [] }).pipe(
        Effect.provideService(Noise.Noise, counting)
      )
      expect(rows.reduce((sum, n) => sum + n, 0)).toBe(2 * 101)
      expect(rows.length).toBeLessThanOrEqual(2 * Math.ceil(101 / 50))
    }).pipe(Effect.provide(Noise.layer(3)))
  )

  it.effect("is the posterior mean under zero noise: no epistemic part, quantiles of one normal", () =>
    Effect.gen(function* () {
      const p = yield* Prediction.predict(linear, x, { draws: 1 })
      expect(numbers(p.mean)).toEqual([-5, -1, 1, 5])
      expect(numbers(p.epistemic)).toEqual([0, 0, 0, 0])
      const { lower, upper } = Prediction.interval(p, 0.9)
      // 1.6448536269514722 is the 0.95 quantile of the standard normal.
      numbers(upper).forEach((u, i) => {
        expect(u).toBeCloseTo(numbers(p.mean)[i]! + 0.5 * 1.6448536269514722, 8)
        expect(numbers(lower)[i]!).toBeCloseTo(numbers(p.mean)[i]! - 0.5 * 1.6448536269514722, 8)
      })
    }).pipe(Effect.provide(Noise.layerZero))
  )

  it.effect("speaks in the targets' units: scaled and shifted data, scaled and shifted predictions", () =>
    Effect.gen(function* () {
      const data = Synthetic.regressionCurve(Key.make(1), 60)
      const scaled = Dataset.make({
        x: data.x,
        y: Tensor.from(
          Tensor.toFloat64Array(data.y).map((v) => 1024 * v + 512),
          { shape: [60, 1] }
        )
      })
      const predictions = []
      for (const d of [data, scaled]) {
        const fit = yield* Training.fit(Model.regression(d, { hidden: [8] }), d, { epochs: 20 })
        predictions.push({
          ...(yield* Prediction.predict(fit, data.x, { draws: 10 })),
          ...(yield* Prediction.evaluate(fit, d, { draws: 10 }))
        })
      }
      const [a, b] = [predictions[0]!, predictions[1]!]
      // The standardized data differ in their last bits alone, so training agrees to float32 rounding grown over 40 steps.
      numbers(a.mean).forEach((mean, i) => {
        expect(numbers(b.mean)[i]!).toBeCloseTo(1024 * mean + 512, 0)
        expect(numbers(b.std)[i]! / (1024 * numbers(a.std)[i]!)).toBeCloseTo(1, 3)
        expect(numbers(b.epistemic)[i]! / (1024 ** 2 * numbers(a.epistemic)[i]!)).toBeCloseTo(1, 2)
      })
      expect(b.rmse[0]! / (1024 * a.rmse[0]!)).toBeCloseTo(1, 3)
      expect(b.noiseStd[0]! / (1024 * a.noiseStd[0]!)).toBeCloseTo(1, 3)
      expect(b.meanLogLikelihood).toBeCloseTo(a.meanLogLikelihood - Math.log(1024), 2)
    }).pipe(Effect.provide(Noise.layer(3)))
  )

  it.effect("has typed errors for data and options that do not fit", () =>
    Effect.gen(function* () {
      const message = <A, E extends Error, R>(e: Effect.Effect<A, E, R>) =>
        Effect.map(Effect.flip(e), (error) => error.message)
      expect(yield* message(Prediction.predict(linear, tensor([[1, 2]])))).toBe(
        "standardize: expected [rows, 1], got [1, 2]"
      )
      expect(yield* message(Prediction.predict(linear, tensor([[Number.NaN]])))).toBe(
        "x: expected numbers that are finite, and stay so in float64 once standardized, " +
          "got NaN in row 0, column 0 (from 0)"
      )
      const model = Model.make({
        network: BayesianLinear.make({ in: 1, out: 1 }),
        likelihood: Likelihood.gaussian({ std: 1 }),
        inputs: { width: 3, columns: [2], mean: [0], std: [0.001], dropped: ["a", "b"] },
        targets: Standardizer.identity(1)
      })
      const rows = Array.from({ length: 2003 }, (_, i) => [1e300, Number.NaN, i === 2001 ? 1e36 : 0])
      const far = Prediction.predict(
        { model, params: Model.init(model, Key.make(0)) },
        Tensor.from(rows, { dtype: "float64" })
      )
      // Before any draw: there is none.
      expect(yield* message(far).pipe(Effect.provide(Noise.layerReplay([])))).toBe(
        "x: expected numbers that are finite, and stay so in float32 once standardized, " +
          "got 1e+36 in row 2001, column 2 (from 0)"
      )
      expect(yield* message(Prediction.predict(linear, x, { draws: 0 }))).toBe(
        "draws: expected a whole number from 1 to 1000000, got 0"
      )
      expect(yield* message(Prediction.predict(linear, x, { quantiles: [1] }))).toContain(
        "level of a quantile: expected"
      )
      const p = yield* Prediction.predict(linear, x, { draws: 2, quantiles: [0.5] })
      for (const mass of [-0.9, 0, 1, 1.5, Number.NaN]) {
        expect(() => Prediction.interval(p, mass)).toThrow("mass of an interval: expected a number between 0 and 1")
      }
      expect(() => Prediction.interval(p, 0.9)).toThrow("quantiles for an interval of 0.9: expected levels 0.05, 0.95")
    }).pipe(Effect.provide(Noise.layer(3)))
  )
})

describe("evaluate", () => {
  it.effect("gives RMSE, log-likelihood and coverage as computed by hand from the draws", () =>
    Effect.gen(function* () {
      const draws = 30
      const y = [-4, -1.5, 1, 9]
      const noise = yield* Noise.Noise
      const outputs: Array<ReadonlyArray<number>> = []
      for (let s = 0; s < draws; s++) {
        const eps = yield* noise.draw(linear.model.network, s, 4, { purpose: "predict" })
        outputs.push(numbers(linear.model.network.forward(linear.params.network, x, eps)))
      }
      const density = (v: number, mean: number) =>
        Math.exp(-0.5 * ((v - mean) / 0.5) ** 2) / (0.5 * Math.sqrt(2 * Math.PI))
      const logs = y.map((v, i) => Math.log(outputs.reduce((sum, o) => sum + density(v, o[i]!), 0) / draws))
      const means = y.map((_, i) => outputs.reduce((sum, o) => sum + o[i]!, 0) / draws)
      const e = yield* Prediction.evaluate(linear, Dataset.make({ x, y: y.map((v) => [v]) }), { draws })
      expect(e.rows).toBe(4)
      expect(e.meanLogLikelihood).toBeCloseTo(logs.reduce((a, b) => a + b) / 4, 10)
      expect(e.rmse[0]).toBeCloseTo(Math.sqrt(y.reduce((sum, v, i) => sum + (v - means[i]!) ** 2, 0) / 4), 10)
      expect(e.coverage90).toBe(0.75) // 9 is eight noise stds from 5; the others are near their means
      expect(e.noiseStd[0]).toBeCloseTo(0.5, 12)
    }).pipe(Effect.provide(Noise.layer(3)))
  )

  it.effect("finds the default recipe's 90% intervals honest on rows it has not seen", () =>
    Effect.gen(function* () {
      // A smooth curve with noise of one size: y = sin(3 x) + 0.2 e.
      const noise = yield* Noise.Noise
      const make = (index: number, rows: number) => {
        const key = noise.key("data", index)
        const e = numbers(Normal.standard(key, { shape: [rows], dtype: "float64" }))
        const xs = e.map((_, i) => 4 * Key.uniformAt(Key.fold(key, 1), i) - 2)
        return Dataset.make({ x: xs.map((v) => [v]), y: xs.map((v, i) => [Math.sin(3 * v) + 0.2 * e[i]!]) })
      }
      const test = make(0, 2000)
      const many = make(1, 2000)
      const fitted = yield* Training.fit(Model.regression(many), many)
      const e = yield* Prediction.evaluate(fitted, test)
      // The noise is found to within a tenth, which is within 0.034 of the coverage; 2,000 test rows add a sampling sd
      // of 0.0067. Intervals of half the width would hold 59%.
      expect(e.noiseStd[0]! / 0.2).toBeGreaterThan(0.9)
      expect(e.noiseStd[0]! / 0.2).toBeLessThan(1.1)
      expect(e.rmse[0]).toBeLessThan(0.22)
      expect(e.coverage90).toBeGreaterThan(0.85)
      expect(e.coverage90).toBeLessThan(0.95)
      // From few rows the posterior keeps few units and takes the rest of the curve for noise: it may be too wide, as
      // mean-field posteriors are, but not too narrow.
      const few = make(2, 150)
      const cautious = yield* Prediction.evaluate(yield* Training.fit(Model.regression(few), few), test)
      expect(cautious.coverage90).toBeGreaterThan(0.88)
    }).pipe(Effect.provide(Noise.layer(3)))
  )
})
