// Models of classes: tables of numbers, one logit for two classes, dropout, and a likelihood of a user's own.
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

const dtype = "float64"
const numbers = (t: Tensor.Tensor): ReadonlyArray<number> => Array.from(Tensor.toFloat64Array(t))

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
      "the training rows: the largest label is 2020, but no row has the label 0. " +
        "Number the classes 0, 1, 2 ..., or say how many there are by `classes`"
    ],
    [
      "labels that count from 1",
      () => Model.classification(Dataset.make({ x: [[1], [2], [3]], y: [[1], [2], [1]] })),
      "the training rows: the largest label is 2, but no row has the label 0"
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
