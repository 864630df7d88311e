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
import { interruption } from "../interruption.ts"

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
      expect(error.message).toBe("gaussian likelihood, target: expected float32 [3, 2], got float32 [3, 1]")
    })
  )

  it.effect("does not freeze in silence when the optimizer's state overflows", () =>
    Effect.gen(function* () {
      const huge = Dataset.make({ x: [[0], [1]], y: [[0], [1e19]] })
      const error = yield* Effect.flip(Training.fit(model(1, 0.01), huge, { epochs: 10 }).pipe(seeded))
      expect(error._tag).toBe("DivergedError")
      expect(error.message).toContain("training diverged at step 0: what the optimizer keeps at 0.v.")
    })
  )

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

  it.live("is interrupted within 100 ms while it searches quantiles", () =>
    Effect.gen(function* () {
      const x = Tensor.zeros({ shape: [3000, 1], dtype: "float64" })
      const search = Prediction.predict({ model: model(1), params }, x, { draws: 300 }).pipe(seeded)
      expect(yield* interruption(search, 600)).toBeLessThan(100)
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
