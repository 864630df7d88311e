// Predicted classes: probabilities and entropies by hand from the draws.
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
  Tensor
} from "effect-bayes"
import fc from "fast-check"
import { ofRow } from "../../src/prediction/entropy.ts"

const dtype = "float64"
const numbers = (t: Tensor.Tensor): ReadonlyArray<number> => Array.from(Tensor.toFloat64Array(t))
const softmax = (logits: ReadonlyArray<number>) => {
  const powers = logits.map(Math.exp)
  const sum = powers.reduce((a, b) => a + b)
  return powers.map((p) => p / sum)
}
const entropy = (p: ReadonlyArray<number>) => p.reduce((h, v) => (v > 0 ? h - v * Math.log(v) : h), 0)

const network = BayesianLinear.make({ in: 2, out: 3, initialStd: 1, dtype })
const model = Model.make({
  network,
  likelihood: Likelihood.categorical(),
  inputs: Standardizer.identity(2),
  targets: Standardizer.identity(1),
  dtype
})
const fitted = { model, params: { network: network.init(Key.make(1)), likelihood: {} } }
const x = Normal.standard(Key.make(2), { shape: [7, 2], dtype })

/** The probabilities [draws][rows][classes], from the pieces. */
const byHand = Effect.fnUntraced(function* (draws: number) {
  const noise = yield* Noise.Noise
  const all: Array<ReadonlyArray<ReadonlyArray<number>>> = []
  for (let s = 0; s < draws; s++) {
    const eps = yield* noise.draw(network, s, 7, { purpose: "predict" })
    const logits = Tensor.toArray(network.forward(fitted.params.network, x, eps)) as ReadonlyArray<Array<number>>
    all.push(logits.map(softmax))
  }
  return all
})

describe("the parts of the entropy", () => {
  const rows = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 5 })).chain(([draws, classes]) =>
    fc.array(fc.array(fc.double({ min: -800, max: 800, noNaN: true }), { minLength: classes, maxLength: classes }), {
      minLength: draws,
      maxLength: draws
    })
  )

  it("are each at least 0, and sum to the entropy of the mean", () => {
    fc.assert(
      fc.property(rows, (logits) => {
        const draws = logits.map((row) => {
          const top = Math.max(...row)
          return Float64Array.from(softmax(row.map((v) => v - top)))
        })
        const { mean, aleatoric, epistemic } = ofRow(draws, 0, logits[0]!.length)
        expect(aleatoric >= 0 && epistemic >= 0).toBe(true)
        // Both sides are sums of at most 30 terms below 1 in float64, and probabilities sum to 1 within rounding.
        expect(Math.abs(aleatoric + epistemic - entropy([...mean]))).toBeLessThan(1e-14)
      }),
      { numRuns: 500 }
    )
  })

  it("are known at the ends: draws that agree, and draws that are certain of other classes", () => {
    const agreed = ofRow([Float64Array.of(0.25, 0.75), Float64Array.of(0.25, 0.75)], 0, 2)
    expect(agreed.aleatoric).toBeCloseTo(entropy([0.25, 0.75]), 15)
    expect(agreed.epistemic).toBe(0)
    const torn = ofRow([Float64Array.of(1, 0), Float64Array.of(0, 1)], 0, 2)
    expect([torn.aleatoric, [...torn.mean]]).toEqual([0, [0.5, 0.5]])
    expect(torn.epistemic).toBeCloseTo(Math.log(2), 15)
    // 100 draws of the smallest number there is: the share of each in their mean underflows.
    const tiny = Array.from({ length: 100 }, () => Float64Array.of(5e-324, 1))
    expect(ofRow(tiny, 0, 2).aleatoric).toBeLessThan(1e-300)
    expect(ofRow(tiny, 0, 2).epistemic).toBeLessThan(1e-30)
    // Draws that differ by d have a mutual information of d^2 / (2 m (1 - m)) / 4, far below the entropies' rounding.
    const d = 1e-9
    const close = ofRow([Float64Array.of(0.5, 0.5), Float64Array.of(0.5 + d, 0.5 - d)], 0, 2)
    expect(close.epistemic / (d ** 2 / 2)).toBeCloseTo(1, 6)
  })
})

describe("classify", () => {
  it.effect("gives mean probabilities, label and entropies as computed by hand from the draws", () =>
    Effect.gen(function* () {
      const draws = 30
      const all = yield* byHand(draws)
      const found = yield* Prediction.classify(fitted, x, { draws })
      expect(found.probabilities.shape).toEqual([7, 3])
      for (let i = 0; i < 7; i++) {
        const mean = [0, 1, 2].map((k) => all.reduce((sum, p) => sum + p[i]![k]!, 0) / draws)
        const aleatoric = all.reduce((sum, p) => sum + entropy(p[i]!), 0) / draws
        for (const k of [0, 1, 2]) expect(numbers(found.probabilities)[3 * i + k]).toBeCloseTo(mean[k]!, 12)
        expect(numbers(found.label)[i]).toBe(mean.indexOf(Math.max(...mean)))
        expect(numbers(found.total)[i]).toBeCloseTo(entropy(mean), 12)
        expect(numbers(found.aleatoric)[i]).toBeCloseTo(aleatoric, 12)
        expect(numbers(found.epistemic)[i]).toBeCloseTo(entropy(mean) - aleatoric, 12)
        expect(numbers(found.epistemic)[i]).toBeGreaterThan(0.01)
        expect(numbers(found.total)[i]).toBe(numbers(found.aleatoric)[i]! + numbers(found.epistemic)[i]!)
      }
    }).pipe(Effect.provide(Noise.layer(3)))
  )

  it.effect("does not depend on how rows are batched, to the last bit", () =>
    Effect.gen(function* () {
      const whole = yield* Prediction.classify(fitted, x, { draws: 20 })
      for (let row = 0; row < 7; row++) {
        const alone = yield* Prediction.classify(fitted, Tensor.rows(x, row, row + 1), { draws: 20 })
        for (const field of ["probabilities", "label", "total", "aleatoric", "epistemic"] as const) {
          expect(Tensor.equals(alone[field], Tensor.rows(whole[field], row, row + 1))).toBe(true)
        }
      }
    }).pipe(Effect.provide(Noise.layer(3)))
  )

  it.effect("without weight noise finds nothing epistemic", () =>
    Effect.gen(function* () {
      const found = yield* Prediction.classify(fitted, x, { draws: 3 })
      for (const e of numbers(found.epistemic)) expect(e).toBeLessThan(1e-30)
      expect(numbers(found.total)).toEqual(numbers(found.aleatoric).map((a, i) => a + numbers(found.epistemic)[i]!))
    }).pipe(Effect.provide(Noise.layerZero))
  )

  it.effect("has typed errors for data and options that do not fit, and an answer for no rows", () =>
    Effect.gen(function* () {
      const message = <A, E extends Error, R>(e: Effect.Effect<A, E, R>) =>
        Effect.map(Effect.flip(e), (error) => `${error.name}: ${error.message}`)
      expect(yield* message(Prediction.classify(fitted, Tensor.rows(x, 0, 2), { draws: 0 }))).toBe(
        "ConfigError: draws: expected a whole number from 1 to 1000000, got 0"
      )
      expect(yield* message(Prediction.classify(fitted, Tensor.from([[1]])))).toBe(
        "ShapeError: standardize: expected [rows, 2], got [1, 1]"
      )
      const data = Dataset.make({ x: Tensor.rows(x, 0, 2), y: [[0], [3]] })
      expect(yield* message(Prediction.evaluateClassifier(fitted, data))).toBe(
        "DataError: evaluateClassifier: the label 3 of row 1 (from 0) is no class. The model knows the classes 0 to 2"
      )
      const wide = Dataset.make({ x: Tensor.rows(x, 0, 1), y: [[0, 1]] })
      expect(yield* message(Prediction.evaluateClassifier(fitted, wide))).toBe(
        "ShapeError: evaluateClassifier, y: expected [1, 1], got [1, 2]"
      )
      const none = yield* Prediction.classify(fitted, Tensor.rows(x, 0, 0))
      expect([none.probabilities.shape, none.label.shape]).toEqual([[0, 3], [0]])
      const one = BayesianLinear.make({ in: 2, out: 1, dtype })
      const yesOrNo = Model.make({ ...model, network: one, likelihood: Likelihood.bernoulli() })
      const params = { network: one.init(Key.make(1)), likelihood: {} }
      const nobody = yield* Prediction.classify({ model: yesOrNo, params }, Tensor.rows(x, 0, 0))
      expect(nobody.probabilities.shape).toEqual([0, 2])
      expect([Model.classCount(model, {}), Model.classCount(yesOrNo, {})]).toEqual([3, 2])
    }).pipe(Effect.provide(Noise.layer(3)))
  )
})

describe("evaluateClassifier", () => {
  it.effect("gives accuracy and log-likelihood as computed by hand from the draws", () =>
    Effect.gen(function* () {
      const draws = 25
      const labels = [0, 1, 2, 0, 1, 2, 0]
      const all = yield* byHand(draws)
      const means = labels.map((_, i) => [0, 1, 2].map((k) => all.reduce((sum, p) => sum + p[i]![k]!, 0) / draws))
      const found = yield* Prediction.evaluateClassifier(fitted, Dataset.make({ x, y: labels.map((k) => [k]) }), {
        draws
      })
      const right = labels.filter((k, i) => means[i]!.every((p) => p <= means[i]![k]!)).length
      expect(found.rows).toBe(7)
      expect(found.accuracy).toBe(right / 7)
      expect(found.meanLogLikelihood).toBeCloseTo(
        labels.reduce((sum, k, i) => sum + Math.log(means[i]![k]!), 0) / 7,
        12
      )
    }).pipe(Effect.provide(Noise.layer(3)))
  )
})
