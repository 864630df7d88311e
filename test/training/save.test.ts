// A model kept in a file and found again: the same predictions, the same bytes, the same run.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import {
  Dataset,
  Key,
  Model,
  Noise,
  type Optimizer,
  Prediction,
  Synthetic,
  sgd,
  Tensor,
  Training,
  Tree
} from "effect-bayes"
import { describe, expect } from "vitest"
import { contents, newFolder } from "../files/folders.ts"

const services = Layer.mergeAll(Noise.layer(1), NodeServices.layer)
const data = Synthetic.regressionCurve(Key.make(0), 64)

describe("a fit, saved as it is", () => {
  const fitted = Training.fit(Model.regression(data, { hidden: [8] }), data, { epochs: 10, validation: data })

  it.effect("predicts the same bits once loaded", () =>
    Effect.gen(function* () {
      const path = join(newFolder(), "curve.safetensors")
      const fit = yield* fitted
      yield* Model.save(path, fit)
      const saved = yield* Model.load(path)
      if (!Model.isRegression(saved)) throw new Error("the likelihood is Gaussian")
      const before = yield* Prediction.predict(fit, data.x, { draws: 10 })
      const after = yield* Prediction.predict(saved, data.x, { draws: 10 })
      for (const field of ["mean", "std", "aleatoric", "epistemic"] as const) {
        expect(Tensor.toBytes(after[field])).toEqual(Tensor.toBytes(before[field]))
      }
      expect(Model.isClassification(saved)).toBe(false)
    }).pipe(Effect.provide(services))
  )

  it.effect("has the same bytes whenever it is saved, and saved again once loaded", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const path = (name: string) => join(folder, name)
      const fit = yield* fitted
      yield* Model.save(path("a"), fit)
      yield* Model.save(path("b"), yield* fitted)
      yield* Model.save(path("c"), yield* Model.load(path("a")))
      expect(readFileSync(path("b")).equals(readFileSync(path("a")))).toBe(true)
      expect(readFileSync(path("c")).equals(readFileSync(path("a")))).toBe(true)
      expect(Object.keys(contents(folder))).toEqual(["a", "b", "c"])
    }).pipe(Effect.provide(services))
  )
})

it.effect("training goes on from a loaded state to the bits of the unbroken run", () =>
  Effect.gen(function* () {
    const path = join(newFolder(), "m")
    const model = Model.regression(data, { hidden: [8] })
    const options = { epochs: 20, stepsPerEvent: 7 }
    const whole = yield* Training.fit(model, data, options)
    const events = yield* Stream.runCollect(Training.events(model, data, options))
    const { state } = events[2]!
    yield* Model.save(path, { model, params: state.params, state })
    const saved = yield* Model.load(path)
    const on = yield* Training.fit(model, data, { ...options, from: saved.state! })
    expect(Tree.equals(on.params, whole.params)).toBe(true)
    expect(saved.state!.step).toBe(21)
  }).pipe(Effect.provide(services))
)

it.effect("training goes on from a file where an optimizer keeps nothing under a key, which a file leaves out", () =>
  Effect.gen(function* () {
    const path = join(newFolder(), "m")
    const model = Model.regression(data, { hidden: [4] })
    const rule: Optimizer.Optimizer<unknown> = sgd({ learningRate: 0.01, momentum: 0.9 })
    const optimizer: Optimizer.Optimizer<unknown> = {
      init: (params) => ({ inner: rule.init(params), note: undefined }),
      update: (grads, state, params) => {
        const [updates, inner] = rule.update(grads, (state as { readonly inner: unknown }).inner, params)
        return [updates, { inner, note: undefined }]
      }
    }
    const options = { epochs: 4, stepsPerEvent: 3, optimizer }
    const [first] = yield* Training.events(model, data, options).pipe(Stream.take(1), Stream.runCollect)
    const { state } = first!
    yield* Model.save(path, { model, params: state.params, state })
    const saved = yield* Model.load(path)
    const on = yield* Training.fit(model, data, { ...options, from: saved.state! })
    const whole = yield* Training.fit(model, data, options)
    expect(Tree.equals(on.params, whole.params)).toBe(true)
  }).pipe(Effect.provide(services))
)

it.effect("a classifier's classes", () =>
  Effect.gen(function* () {
    const path = join(newFolder(), "m")
    const classes = Dataset.make({ x: [[0.1], [0.9], [2.2]], y: [[0], [1], [2]] })
    const fit = yield* Training.fit(Model.classification(classes, { hidden: [4] }), classes, { epochs: 3 })
    yield* Model.save(path, fit)
    const saved = yield* Model.load(path)
    if (!Model.isClassification(saved)) throw new Error("the likelihood is categorical")
    const [before, after] = [
      yield* Prediction.classify(fit, classes.x, { draws: 5 }),
      yield* Prediction.classify(saved, classes.x, { draws: 5 })
    ]
    expect(Tensor.toBytes(after.probabilities)).toEqual(Tensor.toBytes(before.probabilities))
    expect(Model.isRegression(saved)).toBe(false)
  }).pipe(Effect.provide(services))
)
