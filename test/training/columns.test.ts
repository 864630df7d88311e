// Models of tables: what their recipes take from the columns, and that a model keeps them.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  BayesianLinear,
  Columns,
  ConfigError,
  DataError,
  Dataset,
  Key,
  Likelihood,
  Model,
  Noise,
  Prediction,
  Standardizer,
  Tensor,
  Training
} from "effect-bayes"
import { many, tableOf } from "../data/tables.ts"

const towns = ["York", "Bath", "Hull"]
const houses = tableOf({
  town: many(60, (i) => towns[i % 3]!),
  country: many(60, () => "UK"),
  size: many(60, (i) => 40 + i),
  price: many(60, (i) => 100 * (i % 3) + i),
  kind: many(60, (i) => (i % 3 === 0 ? "flat" : "house"))
})
const prices = Dataset.fromTable(houses, { target: "price" })
const kinds = Dataset.fromTable(houses, { target: "kind", exclude: ["price"] })

describe("Standardizer.fit", () => {
  it("leaves zeros and ones of categories as they are, and drops the constant among them", () => {
    const x = Tensor.from([1, 1, 0, 3, 1, 0, 0, 5], { shape: [2, 4] })
    expect(Standardizer.fit(x, ["a=u", "b=u", "b=v", "c"], [true, true, true, false])).toEqual({
      width: 4,
      columns: [1, 3],
      mean: [0, 4],
      std: [1, 1],
      dropped: ["a=u", "b=v"]
    })
  })
})

describe("Model.regression", () => {
  it("standardizes numbers, leaves zeros and ones, drops a category that all rows have, and keeps the columns", () => {
    const { inputs, columns, network } = Model.regression(prices)
    expect(prices.features).toEqual([
      "town=Bath",
      "town=Hull",
      "town=York",
      "country=UK",
      "size",
      "kind=flat",
      "kind=house"
    ])
    expect(inputs.columns).toEqual([0, 1, 2, 4, 5, 6])
    expect(inputs.mean.map((m) => Math.round(1e6 * m) / 1e6)).toEqual([0, 0, 0, 69.5, 0, 0])
    // 40 ... 99 have the variance (60^2 - 1) / 12.
    expect(inputs.std).toEqual([1, 1, 1, expect.closeTo(Math.sqrt(3599 / 12), 12), 1, 1])
    expect([inputs.dropped, columns, network.outShape([6])]).toEqual([["country=UK"], prices.columns, [1]])
    expect(Model.counts(prices).inputs).toEqual(inputs)
    expect(Model.classification(kinds).inputs.mean.filter((mean) => mean !== 0).length).toBe(1) // that of the size
  })

  it("refuses a target of categories, and says what to use", () => {
    expect(() => Model.regression(kinds)).toThrow(ConfigError)
    expect(() => Model.regression(kinds)).toThrow(
      'Model.regression, the target: expected numbers, got the categories of "kind". Use Model.classification, or read ' +
        'the table as "regression"'
    )
  })
})

describe("Model.classification", () => {
  it("has a logit for each category of the target, be it that some have no row", () => {
    const three = Dataset.make({
      x: [[1], [2]],
      y: [[2], [0]],
      columns: {
        ...Columns.numeric(["x"], []),
        targets: [{ kind: "categorical", name: "k", categories: ["a", "b", "c"] }]
      }
    })
    const model = Model.classification(three)
    expect([model.network.outShape([1]), model.columns]).toEqual([[3], three.columns])
    expect(Model.classification(three, { classes: 3 }).network.outShape([1])).toEqual([3])
    expect(() => Model.classification(three, { classes: 4 })).toThrow(
      "classes: expected 3, the number of the target's categories, or not to be given, got 4"
    )
  })

  it("still takes whole numbers for classes, as many as the largest says", () => {
    const model = Model.classification(Dataset.make({ x: [[0], [1], [2]], y: [[0], [1], [2]] }))
    expect([model.network.outShape([1]), model.columns]).toEqual([[3], Columns.numeric(["x0"], ["y0"])])
  })

  it.effect("learns from categories alone, and tells the class of rows read by the model's columns", () =>
    Effect.gen(function* () {
      const data = Dataset.split(kinds, { key: Key.make(1), testFraction: 0.2 })
      const model = Model.classification(data, { hidden: [8] })
      const fit = yield* Training.fit(model, data.train, { epochs: 300 })
      expect((yield* Prediction.evaluateClassifier(fit, data.test)).accuracy).toBe(1)
      const others = tableOf({ size: [50, 51], extra: [1, 2], country: ["UK", "UK"], town: ["Hull", "York"] })
      const { label } = yield* Prediction.classify(fit, Columns.inputs(model.columns!, others).x)
      const classes = Columns.classes(model.columns!)!
      expect(Array.from(Tensor.toFloat64Array(label), (k) => classes[k])).toEqual(["house", "flat"])
    }).pipe(Effect.provide(Noise.layer(1)))
  )
})

describe("a model's columns", () => {
  const options = {
    network: BayesianLinear.make({ in: 2, out: 2 }),
    likelihood: Likelihood.gaussianLearned({ targets: 1 }),
    inputs: Standardizer.identity(2),
    targets: Standardizer.identity(1)
  }

  it("come back from its spec, and are not there if there were none", () => {
    const model = Model.regression(prices)
    const again = Model.fromSpec(JSON.parse(JSON.stringify(Model.spec(model))))
    expect(again.columns).toEqual(prices.columns)
    const bare = Model.make({ ...options, network: BayesianLinear.make({ in: 2, out: 2 }) })
    expect("columns" in Model.fromSpec(Model.spec(bare))).toBe(false)
    const columns = Columns.numeric(["a", "b"], ["y"])
    expect(Model.make({ ...options, columns }).columns).toBe(columns)
  })

  it("are as wide as its standardizers", () => {
    const message = (actual: string) =>
      `a model's columns: expected 2 columns of features and 1 of targets, as the standardizers have, got ${actual}`
    const narrow = Columns.numeric(["a"], ["y"])
    expect(() => Model.make({ ...options, columns: narrow })).toThrow(message("1 and 1"))
    expect(() => Model.make({ ...options, columns: narrow })).toThrow(ConfigError)
    const two = Columns.numeric(["a", "b"], ["y", "z"])
    const spec = { ...Model.spec(Model.make(options)), columns: two }
    expect(() => Model.fromSpec(spec)).toThrow(message("2 and 2"))
  })

  it("have as many classes as the network has outputs", () => {
    const of = (...categories: ReadonlyArray<string>) => ({
      ...options,
      likelihood: Likelihood.categorical(),
      columns: {
        ...Columns.numeric(["a", "b"], []),
        targets: [{ kind: "categorical", name: "k", categories }] as const
      }
    })
    expect(Model.make(of("p", "q")).columns?.targets[0]?.name).toBe("k")
    const one = { network: BayesianLinear.make({ in: 2, out: 1 }), likelihood: Likelihood.bernoulli() }
    expect(Model.make({ ...of("p", "q"), ...one }).likelihood.spec.kind).toBe("bernoulli")
    expect(() => Model.make(of("p", "q", "r"))).toThrow(
      "a model's outputs: expected those for 3 classes, as many as its target has, got those for 2"
    )
  })

  const pair = {
    ...Columns.numeric(["a", "b"], []),
    targets: [{ kind: "categorical", name: "k", categories: ["p", "q"] }]
  } as const

  it("have two classes for the one output of a Bernoulli likelihood", () => {
    const bernoulli = {
      ...options,
      network: BayesianLinear.make({ in: 2, out: 1 }),
      likelihood: Likelihood.bernoulli()
    }
    expect(Model.make({ ...bernoulli, columns: pair }).columns).toBe(pair)
    const three = { ...pair, targets: [{ ...pair.targets[0], categories: ["p", "q", "r"] }] }
    expect(() => Model.make({ ...bernoulli, columns: three })).toThrow(
      "a model's outputs: expected those for 3 classes, as many as its target has, got those for 2"
    )
  })

  it("have no classes for a likelihood of numbers", () => {
    expect(() => Model.make({ ...options, columns: pair })).toThrow(
      'a model\'s columns: expected a target of numbers, got categories, of which "gaussian-learned" knows nothing'
    )
  })

  it("have each name and each category once", () => {
    const columns = Columns.numeric(["a", "a"], ["y"])
    expect(() => Model.make({ ...options, columns })).toThrow(
      'a model\'s columns, names: expected each of them once, got "a" twice'
    )
  })
})

describe("Dataset.make", () => {
  const columns: Columns.Columns = {
    features: [{ kind: "categorical", name: "a", categories: ["u", "v"] }],
    targets: [
      { kind: "numeric", name: "y" },
      { kind: "categorical", name: "k", categories: ["p", "q"] }
    ]
  }
  const x = [
    [1, 0],
    [0, 1]
  ]

  it("takes its names from the columns", () => {
    const data = Dataset.make({
      x,
      y: [
        [0.5, 1],
        [7, 0]
      ],
      columns
    })
    expect([data.features, data.targets, data.columns]).toEqual([["a=u", "a=v"], ["y", "k"], columns])
    expect(Columns.classes({ ...columns, targets: columns.targets.toReversed() })).toBeUndefined() // two targets
    expect(Dataset.make({ x, y: [[1], [2]] }).columns).toEqual(Columns.numeric(["x0", "x1"], ["y0"]))
  })

  it("refuses names and categories that are there twice, and a column without categories", () => {
    const of = (categories: ReadonlyArray<string>) =>
      Dataset.make({
        x: categories
          .map((_, i) => categories.map((__, k) => Number(i === k)))
          .concat(categories.length === 0 ? [[]] : []),
        y: categories.length === 0 ? [[1]] : categories.map(() => [1]),
        columns: { ...Columns.numeric([], ["y"]), features: [{ kind: "categorical", name: "a", categories }] }
      })
    expect(of(["u", "v"]).features).toEqual(["a=u", "a=v"])
    expect(() => of(["u", "v", "u"])).toThrow(
      'the data\'s columns, categories of "a": expected each of them once, got "u" twice'
    )
    expect(() => of([])).toThrow('the data\'s columns, categories of "a": expected one or more, got none')
    const named = () => Dataset.make({ x: [[1]], y: [[1]], features: ["a"], targets: ["a"] })
    expect(named).toThrow(ConfigError)
    expect(named).toThrow('the data\'s columns, names: expected each of them once, got "a" twice')
  })

  it("refuses names besides columns, columns of another width, and classes that are none", () => {
    const y = [
      [0.5, 1],
      [7, 0]
    ]
    expect(() => Dataset.make({ x, y, columns, targets: ["y", "k"] })).toThrow(
      "Dataset.make: expected either `columns` or names of features and targets, got both"
    )
    expect(() => Dataset.make({ x: [[1], [2]], y, columns })).toThrow(
      "names of the columns: expected 1 and 2, got 2 and 2"
    )
    for (const k of [2, -1, 0.5]) {
      const wrong = () =>
        Dataset.make({
          x,
          y: [
            [0.5, 1],
            [7, k]
          ],
          columns
        })
      expect(wrong).toThrow(DataError)
      expect(wrong).toThrow(
        `Dataset.make, y, column "k": row 1 (from 0) has the class ${k}. A class is its index among the column's categories`
      )
    }
  })
})
