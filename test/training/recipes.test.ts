// The likelihoods that `Model.regression` knows by name.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Dataset, Key, Model, Noise, Normal, Prediction, Tensor, Training } from "effect-bayes"

const rows = 400
const z = Tensor.toFloat64Array(Normal.standard(Key.make(1), { shape: [rows], dtype: "float64" }))
/** y = 2 x + noise of std 0.1 left of 0 and of 1 right of it. */
const x = Array.from({ length: rows }, (_, i) => [(2 * (i + 0.5)) / rows - 1])
const data = Dataset.make({ x, y: x.map(([v], i) => [2 * v! + (v! < 0 ? 0.1 : 1) * z[i]!, 3 * v! + z[i]!]) })

describe("regression by the name of its likelihood", () => {
  it("has as many outputs as the likelihood reads, and its kind", () => {
    const of = (likelihood: Model.RegressionLikelihood) => {
      const model = Model.regression(data, { likelihood })
      return [model.likelihood.spec.kind, model.network.outShape([1])]
    }
    expect(of("gaussian")).toEqual(["gaussian-learned", [2]])
    expect(of("heteroscedastic")).toEqual(["heteroscedastic", [4]])
    expect(of("studentT")).toEqual(["student-t-learned", [2]])
    expect(Model.regression(data, { likelihood: "studentT" }).likelihood.spec.df).toBe(4)
  })

  it("refuses a network that no memory holds, before any is taken", () => {
    const model = Model.regression(data, { hidden: [100_000_000] })
    expect(() => Model.init(model, Key.make(0))).toThrow(
      "the network's parameters: expected at most 268435456 numbers, got 800000004. Take fewer units or layers"
    )
  })

  it("refuses other names, and a std of the noise where it is not a given number", () => {
    expect(() => Model.regression(data, { likelihood: "cauchy" as never })).toThrow(
      "likelihood: expected one of gaussian, heteroscedastic, studentT, got cauchy"
    )
    expect(() => Model.regression(data, { likelihood: "studentT", noiseStd: 1 })).toThrow(
      'noiseStd: expected the likelihood "gaussian", or not to be given, got "studentT"'
    )
  })

  it.effect("takes the std of a given noise in the targets' units", () =>
    Effect.gen(function* () {
      const scaled = Dataset.make({ x: data.x, y: x.map(([v]) => [1000 * v!, 0.01 * v!]) })
      const model = Model.regression(scaled, { noiseStd: 0.25 })
      const { aleatoric } = yield* Prediction.predict({ model, params: Model.init(model, Key.make(0)) }, data.x, {
        draws: 2
      })
      // Float32 rounds its std at 6e-8, which the square doubles; the unit rounds again.
      for (const variance of Tensor.toFloat64Array(aleatoric)) expect(variance / 0.0625).toBeCloseTo(1, 6)
    }).pipe(Effect.provide(Noise.layer(1)))
  )

  it.effect("learns where the noise is small and where it is large", () =>
    Effect.gen(function* () {
      const model = Model.regression(data, { likelihood: "heteroscedastic", hidden: [16] })
      const fit = yield* Training.fit(model, data, { epochs: 150, batchSize: 32 })
      const { aleatoric } = yield* Prediction.predict(fit, Tensor.from([[-0.6], [0.6]]), { draws: 20 })
      const [quiet, , loud] = Array.from(Tensor.toFloat64Array(aleatoric), Math.sqrt)
      // The std of 200 residuals is known to 5%; the network blurs the step at 0, and its weights are uncertain.
      expect(quiet).toBeGreaterThan(0.06)
      expect(quiet).toBeLessThan(0.25)
      expect(loud).toBeGreaterThan(0.7)
      expect(loud).toBeLessThan(1.3)
    }).pipe(Effect.provide(Noise.layer(3)))
  )
})

describe("counts", () => {
  it.effect("are learned as Poisson means that grow along the inputs", () =>
    Effect.gen(function* () {
      // log mean = 0.5 + x; the counts are the quantiles of their rows' noise, so that no draw is needed.
      const count = (row: number) => {
        const rate = Math.exp(0.5 + x[row]![0]!)
        const level = ((row * 0.618) % 1) * 0.999
        let [k, p] = [0, Math.exp(-rate)]
        for (let sum = p; sum < level; sum += p) p *= rate / ++k
        return [k]
      }
      const counted = Dataset.make({ x, y: x.map((_, row) => count(row)) })
      const fit = yield* Training.fit(Model.counts(counted, { hidden: [8] }), counted, { epochs: 150 })
      const { mean } = yield* Prediction.predict(fit, Tensor.from([[-0.5], [0.5]]), { draws: 50 })
      // 400 counts of mean about 2 give the log of a mean to about 5%; the prior pulls a little more.
      const [low, high] = Tensor.toFloat64Array(mean)
      expect(Math.abs(low! - 1)).toBeLessThan(0.25)
      expect(Math.abs(high! - Math.E)).toBeLessThan(0.5)
    }).pipe(Effect.provide(Noise.layer(3)))
  )

  it("refuse what is no count, naming its row", () => {
    const fraction = Dataset.make({ x: [[0], [1]], y: [[3], [1.5]], targets: ["visits"] })
    expect(() => Model.counts(fraction)).toThrow(
      'the training rows, column "visits": 1.5 in row 1 (from 0) is no count. Counts are whole numbers from 0'
    )
  })

  it("refuse categories", () => {
    const columns = {
      features: [{ kind: "numeric", name: "x" }],
      targets: [{ kind: "categorical", name: "kind", categories: ["a", "b"] }]
    } as const
    const classes = Dataset.make({ x: [[0], [1]], y: [[0], [1]], columns })
    expect(() => Model.counts(classes)).toThrow(
      'Model.counts, the target: expected numbers, got the categories of "kind". Use Model.classification, or read the table as "regression"'
    )
  })
})
