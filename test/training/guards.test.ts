// What a careless user could do to training and prediction, and the error that says so.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  BayesianLinear,
  Dataset,
  Key,
  Likelihood,
  Model,
  Noise,
  Prediction,
  Standardizer,
  Tensor,
  Training,
  Tree
} from "effect-bayes"
import { longestTurn } from "../interruption.ts"

const model = (out: number, std = 1) =>
  Model.make({
    network: BayesianLinear.make({ in: 1, out }),
    likelihood: Likelihood.gaussian({ std }),
    inputs: Standardizer.identity(1),
    targets: Standardizer.identity(1)
  })
const data = Dataset.make({ x: [[0], [1], [2]], y: [[0], [1], [2]] })
const seeded = Effect.provide(Noise.layer(1))

describe("training", () => {
  it.effect("fails with a typed error when the network has another number of outputs than targets", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Training.fit(model(2), data, { epochs: 1 }).pipe(seeded))
      expect(error._tag).toBe("ShapeError")
      expect(error.message).toBe(
        "gaussian likelihood, target: expected [3, 2], got [3, 1]. " +
          "The network's outputs are for 2 targets a row, the data have 1"
      )
    })
  )

  it.effect("does not freeze in silence when the optimizer's state overflows", () =>
    Effect.gen(function* () {
      const huge = Dataset.make({ x: [[0], [1]], y: [[0], [1.7e17]] })
      const error = yield* Effect.flip(Training.fit(model(1, 0.01), huge, { epochs: 10 }).pipe(seeded))
      expect(error._tag).toBe("DivergedError")
      expect(error.message).toContain("training diverged at step 0: what the optimizer keeps at 0.v.")
    })
  )

  /** 100 rows whose targets are all `good`, but for row 73. */
  const spoilt = (good: ReadonlyArray<number>, bad: ReadonlyArray<number>) =>
    Dataset.make({
      x: Array.from({ length: 100 }, (_, i) => [i]),
      y: Array.from({ length: 100 }, (_, i) => (i === 73 ? bad : good))
    })
  const counts = { likelihood: Likelihood.poisson(), outputs: 2, targets: 2 }
  const targets: ReadonlyArray<
    readonly [string, Likelihood.Likelihood<Tree.Empty>, number, ReturnType<typeof spoilt>, string]
  > = [
    ["label", Likelihood.categorical(), 3, spoilt([2], [3]), "label of row 73: expected an integer from 0 to 2"],
    ["count", Likelihood.poisson(), 2, spoilt([1, 0], [1, -1]), "target 1 of row 73: expected a count"],
    ["yes or no", Likelihood.bernoulli(), 1, spoilt([1], [2]), "target 0 of row 73: expected 0 or 1, got 2"],
    [
      "part of a product",
      Likelihood.product([{ likelihood: Likelihood.gaussian({ std: 1 }), outputs: 1, targets: 1 }, counts]) as never,
      3,
      spoilt([0.5, 3, 0], [0.5, 3, 0.5]),
      "part 1 of a product, target 1 of row 73: expected a count: 0, 1, 2, ..., got 0.5"
    ]
  ]
  it.effect.each(targets)("names the row of the dataset, before the first step, of an impossible %s", (given) =>
    Effect.gen(function* () {
      const [, likelihood, outputs, data, message] = given
      const impossible = Model.make({
        network: BayesianLinear.make({ in: 1, out: outputs }),
        likelihood,
        inputs: Standardizer.identity(1),
        targets: Standardizer.identity(data.targets.length)
      })
      const error = yield* Effect.flip(Training.fit(impossible, data, { epochs: 1, batchSize: 8 }).pipe(seeded))
      expect(error.message).toContain(message)
    })
  )

  it("refuses to standardize targets that are classes or counts", () => {
    const options = { network: BayesianLinear.make({ in: 1, out: 1 }), inputs: Standardizer.identity(1) }
    const targets = Standardizer.fit(data.y, ["y"])
    for (const likelihood of [Likelihood.poisson(), Likelihood.categorical(), Likelihood.bernoulli()]) {
      expect(() => Model.make({ ...options, targets, likelihood })).toThrow(
        `Model.make, targets: expected Standardizer.identity(1), as "${likelihood.spec.kind}" takes classes or counts as ` +
          "they are, got a standardizer that changes them"
      )
    }
  })

  it("refuses a batch without rows", () => {
    const m = model(1)
    const params = Model.init(m, Key.make(0))
    const empty = {
      x: Tensor.zeros({ shape: [0, 1], dtype: "float32" }),
      y: Tensor.zeros({ shape: [0, 1], dtype: "float32" })
    }
    expect(() => Training.negElboGrad(m, params, empty, m.network.noise(Key.make(0), 0), { rows: 1 })).toThrow(
      "batch, x: expected at least one row, got [0, 1]"
    )
  })

  it("refuses a spec that is none", () => {
    expect(() => Model.fromSpec({ inputs: "x", targets: 3, dtype: "bf16" })).toThrow("the spec of a model: expected")
  })
})

describe("prediction", () => {
  const params = Model.init(model(1), Key.make(0))
  const weight = (value: number) => ({
    ...params,
    network: {
      ...params.network,
      weight: { ...params.network.weight, mean: Tensor.from([[value]]) }
    }
  })

  it.effect("never hands out NaN: outputs that overflow and parameters that are NaN are errors", () =>
    Effect.gen(function* () {
      const x = Tensor.from([[3e37]])
      for (const [value, input] of [
        [100, x],
        [Number.NaN, Tensor.from([[1]])]
      ] as const) {
        const error = yield* Effect.flip(
          Prediction.predict({ model: model(1), params: weight(value) }, input).pipe(seeded)
        )
        expect(error.message).toBe(
          "the network's output under weight draw 0: expected finite numbers, got NaN or Infinity"
        )
      }
    })
  )

  it.effect("says which prediction a likelihood is not for, where types were lost", () =>
    Effect.gen(function* () {
      const classes = { ...model(1), likelihood: Likelihood.categorical() }
      const asked = Prediction.predict({ model: classes, params } as never, Tensor.from([[1]])).pipe(seeded)
      expect((yield* Effect.flip(asked)).message).toBe(
        'the likelihood of the model: expected one that predicts real targets or counts, for predict and evaluate, got "categorical"'
      )
      const real = Prediction.classify({ model: model(1), params } as never, Tensor.from([[1]])).pipe(seeded)
      expect((yield* Effect.flip(real)).message).toBe(
        'the likelihood of the model: expected one that predicts classes, for classify, got "gaussian"'
      )
    })
  )

  it.effect("evaluates no rows that do not match, and no targets whose error overflows", () =>
    Effect.gen(function* () {
      const fitted = { model: model(1), params }
      const torn = { ...data, y: Tensor.rows(data.y, 0, 1) }
      const misfit = yield* Effect.flip(Prediction.evaluate(fitted, torn).pipe(seeded))
      expect(misfit.message).toBe("evaluate, y: expected [3, 1], got [1, 1]")
      const far = Dataset.make({ x: [[1]], y: [[1e300]] })
      const overflow = yield* Effect.flip(Prediction.evaluate(fitted, far).pipe(seeded))
      expect(overflow.message).toContain("the evaluation: expected finite figures, got Infinity")
    })
  )

  it.live("can be interrupted every 50 ms while it makes thousands of short draws", () =>
    Effect.gen(function* () {
      const x = Tensor.from([[1], [2]])
      const drawn = Prediction.predict({ model: model(1), params }, x, { draws: 200_000, quantiles: [] }).pipe(seeded)
      expect(yield* longestTurn(drawn, 600)).toBeLessThan(50)
    })
  )

  it.live("can be interrupted every 100 ms while it searches quantiles", () =>
    Effect.gen(function* () {
      const x = Tensor.zeros({ shape: [3000, 1], dtype: "float64" })
      const search = Prediction.predict({ model: model(1), params }, x, { draws: 300 }).pipe(seeded)
      expect(yield* longestTurn(search, 600)).toBeLessThan(100)
    })
  )

  it.effect("does not show the blocks that it works in", () =>
    Effect.gen(function* () {
      const x = Tensor.from(
        Float64Array.from({ length: 1100 }, (_, i) => i / 1100),
        { shape: [1100, 1] }
      )
      const fitted = { model: model(1), params }
      const whole = yield* Prediction.predict(fitted, x, { draws: 3, quantiles: [0.5] })
      const tail = yield* Prediction.predict(fitted, Tensor.rows(x, 990, 1010), { draws: 3, quantiles: [0.5] })
      expect(Tensor.equals(Tensor.rows(whole.mean, 990, 1010), tail.mean)).toBe(true)
      expect(Tensor.equals(Tensor.rows(whole.std, 990, 1010), tail.std)).toBe(true)
    }).pipe(seeded)
  )
})

describe("tensors and trees", () => {
  it("keep their shape when the caller's array changes, and refuse impossible shapes", () => {
    const shape = [2, 3]
    const t = Tensor.from(new Float64Array(6), { shape })
    shape[0] = 99
    expect(t.shape).toEqual([2, 3])
    expect(() => (t.shape as Array<number>).push(1)).toThrow(TypeError)
    for (const bad of [
      [-2, -3],
      [0.5, 12]
    ]) {
      expect(() => Tensor.from(new Float64Array(6), { shape: bad })).toThrow("a shape: expected whole numbers from 0")
    }
    expect(() => Tensor.full({ shape: [-1], dtype: "float32" }, 0)).toThrow("a shape: expected whole numbers from 0")
    expect(() => Tensor.zeros({ shape: [1e15], dtype: "float32" })).toThrow("a size that fits into memory")
  })

  it("tells a dot in a key from a step down", () => {
    const leaf = Tensor.scalar(1)
    const paths = Tree.leaves({ "a.b": leaf, a: { b: leaf } }).map(({ path }) => path)
    expect(paths).toEqual(["a.b", "a\\.b"])
  })
})
