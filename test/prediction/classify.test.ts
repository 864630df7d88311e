// Predicted classes: probabilities by hand from the draws, the two parts of the entropy, and a task learned.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import {
  BayesianLinear,
  builtin,
  Dataset,
  Dropout,
  Key,
  Likelihood,
  Linear,
  Model,
  Noise,
  Normal,
  Prediction,
  type Registry,
  Spec,
  Standardizer,
  sequential,
  Tensor,
  Training,
  tanh
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
        "ConfigError: draws: expected a whole number above 0, got 0"
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

describe("other models of classes", () => {
  const standardizers = { inputs: Standardizer.identity(1), targets: Standardizer.identity(1) }
  const data = Dataset.make({ x: [[-2], [-1], [1], [2]], y: [[0], [0], [1], [1]] })

  it.effect("two classes from one logit", () =>
    Effect.gen(function* () {
      const network = BayesianLinear.make({ in: 1, out: 1 })
      const model = Model.make({ network, likelihood: Likelihood.bernoulli(), ...standardizers })
      const fit = yield* Training.fit(model, data, { epochs: 500 })
      expect((yield* Prediction.evaluateClassifier(fit, data)).accuracy).toBe(1)
      const { probabilities, label, epistemic } = yield* Prediction.classify(fit, data.x)
      expect([probabilities.shape, numbers(label)]).toEqual([
        [4, 2],
        [0, 0, 1, 1]
      ])
      for (const e of numbers(epistemic)) expect(e).toBeGreaterThan(0)
    }).pipe(Effect.provide(Noise.layer(1)))
  )

  it.effect("a deterministic network with dropout: its masks are the draws", () =>
    Effect.gen(function* () {
      const network = sequential(
        Linear.make({ in: 1, out: 8 }),
        tanh,
        Dropout.make({ rate: 0.3 }),
        Linear.make({ in: 8, out: 2 })
      )
      const model = Model.make({ network, likelihood: Likelihood.categorical(), ...standardizers })
      const fit = yield* Training.fit(model, data, { epochs: 300 })
      expect(fit.history.at(-1)!.loss.klNats).toBe(0)
      expect((yield* Prediction.evaluateClassifier(fit, data)).accuracy).toBe(1)
      const { epistemic } = yield* Prediction.classify(fit, data.x)
      for (const e of numbers(epistemic)) expect(e).toBeGreaterThan(0.001)
    }).pipe(Effect.provide(Noise.layer(1)))
  )

  it.effect("a class of probability 0 has a log-likelihood of -Infinity, and the accuracy still counts", () =>
    Effect.gen(function* () {
      const certain = Model.make({
        network: Linear.make({ in: 1, out: 2 }),
        likelihood: Likelihood.categorical(),
        ...standardizers
      })
      const network = { weight: Tensor.from([[-1000], [1000]]), bias: Tensor.from([0, 0]) }
      const wrong = Dataset.make({ x: [[1], [1]], y: [[0], [1]] })
      expect(
        yield* Prediction.evaluateClassifier({ model: certain, params: { network, likelihood: {} } }, wrong)
      ).toEqual({ rows: 2, accuracy: 0.5, meanLogLikelihood: Number.NEGATIVE_INFINITY })
    }).pipe(Effect.provide(Noise.layer(1)))
  )
})

describe("Model.classification", () => {
  /** Three clouds around the corners of a triangle, in units that need standardizing. */
  const clouds = (seed: number, each: number) => {
    const e = numbers(Normal.standard(Key.make(seed), { shape: [6 * each], dtype }))
    const labels = Array.from({ length: 3 * each }, (_, i) => i % 3)
    const corners = [
      [0, 0],
      [4, 0],
      [0, 4]
    ] as const
    return Dataset.make({
      x: labels.map((k, i) => [1000 + 100 * (corners[k]![0] + e[2 * i]!), 0.01 * (corners[k]![1] + e[2 * i + 1]!)]),
      y: labels.map((k) => [k])
    })
  }

  it.effect(
    "learns clouds as well as they can be told apart, and is uncertain of weights where there are no data",
    () =>
      Effect.gen(function* () {
        const train = clouds(1, 60)
        const fit = yield* Training.fit(Model.classification(train, { hidden: [10] }), train, { epochs: 150 })
        const test = yield* Prediction.evaluateClassifier(fit, clouds(2, 200), { draws: 30 })
        // The best rule, the nearest corner, is right 97% of the time (by simulation); 600 rows have a sampling sd of 0.7%.
        expect(test.accuracy).toBeGreaterThan(0.93)
        expect(test.meanLogLikelihood).toBeGreaterThan(-0.25)
        const at = Tensor.from(
          [
            [1000, 0],
            [1600, 0.06]
          ],
          { dtype }
        )
        const { epistemic, label } = yield* Prediction.classify(fit, at, { draws: 100 })
        expect(numbers(label)[0]).toBe(0)
        expect(numbers(epistemic)[1]! / numbers(epistemic)[0]!).toBeGreaterThan(3)
      }).pipe(Effect.provide(Noise.layer(4)))
  )

  const refused: ReadonlyArray<readonly [string, () => unknown, string]> = [
    [
      "a label that is no whole number",
      () => Model.classification(Dataset.make({ x: [[1], [2]], y: [[0], [0.5]] })),
      "the training rows: the label 0.5 of row 1 (from 0) is no class. Labels are whole numbers from 0"
    ],
    [
      "a negative label",
      () => Model.classification(Dataset.make({ x: [[1], [2]], y: [[-1], [1]] })),
      "the training rows: the label -1 of row 0 (from 0) is no class. Labels are whole numbers from 0"
    ],
    [
      "a label outside the classes, of the test rows too",
      () => {
        const train = Dataset.make({ x: [[1], [2]], y: [[0], [1]] })
        return Model.classification({ train, test: Dataset.make({ x: [[1]], y: [[2]] }) }, { classes: 2 })
      },
      "the test rows: the label 2 of row 0 (from 0) is no class. Labels are whole numbers from 0 to 1"
    ],
    [
      "one class",
      () => Model.classification(Dataset.make({ x: [[1], [2]], y: [[0], [0]] })),
      "the training rows: there is one class only: every label is 0. There is nothing to predict in it"
    ],
    [
      "labels that are no numbering",
      () => Model.classification(Dataset.make({ x: [[1], [2]], y: [[1990], [2020]] })),
      "the training rows: the largest label is 2020, of 2 rows: so many classes cannot all be there. " +
        "Number the classes 0, 1, 2 ..., or say how many there are by `classes`"
    ],
    [
      "two columns of targets",
      () => Model.classification(Dataset.make({ x: [[1]], y: [[0, 1]] })),
      "columns of targets: expected one, with the class of each row, got 2"
    ],
    [
      "an impossible number of classes",
      () => Model.classification(Dataset.make({ x: [[1]], y: [[0]] }), { classes: 1 }),
      "classes: expected a whole number from 2, got 1"
    ]
  ]
  it.each(refused)("refuses %s", (_, make, message) => {
    expect(make).toThrow(message)
  })

  it("counts the classes of training and test rows, or takes the number given", () => {
    const part = (...labels: ReadonlyArray<number>) =>
      Dataset.make({ x: labels.map((_, i) => [i]), y: labels.map((k) => [k]) })
    const outputs = (m: { readonly network: { outShape(s: ReadonlyArray<number>): ReadonlyArray<number> } }) =>
      m.network.outShape([1])
    expect(outputs(Model.classification({ train: part(0, 1, 1), test: part(2) }))).toEqual([3])
    expect(outputs(Model.classification(part(0, 1), { classes: 5, hidden: [] }))).toEqual([5])
  })
})

describe("a likelihood of a user's own", () => {
  it("is found in a saved model where the registry has it", () => {
    const mine = { ...Likelihood.categorical(), spec: { kind: "my-classes" } }
    const own = Model.make({
      network: Linear.make({ in: 2, out: 3 }),
      likelihood: mine,
      inputs: Standardizer.identity(2),
      targets: Standardizer.identity(1)
    })
    const saved: unknown = JSON.parse(JSON.stringify(Model.spec(own)))
    const definition: Likelihood.LikelihoodDefinition = Spec.define("my-classes", Schema.Struct({}), () => mine)
    const registry: Registry = { ...builtin, likelihoods: [...builtin.likelihoods, definition] }
    expect(Model.fromSpec(saved, registry).likelihood.spec).toEqual({ kind: "my-classes" })
    expect(() => Model.fromSpec(saved)).toThrow("the kind of a likelihood: expected one of")
  })
})
