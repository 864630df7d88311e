// The loop: same bits from the same seed, whole epochs, resumption, interruption, divergence.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"
import {
  BayesianLinear,
  bayesian,
  Conv2d,
  Dataset,
  flatten,
  Key,
  type Layer,
  Likelihood,
  MaxPool2d,
  Model,
  meanField,
  Noise,
  Optimizer,
  Reshape,
  Standardizer,
  Synthetic,
  sequential,
  sgd,
  Tensor,
  Training,
  Tree
} from "effect-bayes"
import { longestTurn } from "../interruption.ts"

const data = Synthetic.regressionCurve(Key.make(5), 50)
const model = Model.regression(data, { hidden: [8] })
const options = { epochs: 12, batchSize: 16 } // batches of 16, 16, 16 and 2 rows

const run = (seed: number, extra: object = {}) =>
  Training.fit(model, data, { ...options, ...extra }).pipe(Effect.provide(Noise.layer(seed)))

describe("fit", () => {
  it.effect("gives the same bytes for the same seed, and others for another", () =>
    Effect.gen(function* () {
      const [a, b, other] = [yield* run(7), yield* run(7), yield* run(8)]
      expect(JSON.stringify(a.state)).toBe(JSON.stringify(b.state))
      expect(a.history).toEqual(b.history)
      expect(Tree.equals(a.params, other.params)).toBe(false)
      expect(a.state.step).toBe(48)
    })
  )

  it.effect("ends with the bytes of the unbroken run when it goes on from any event", () =>
    Effect.gen(function* () {
      // Few operations fit one event of a wide network, so that there are several events.
      const wide = Model.regression(data, { hidden: [400, 400] })
      const events = yield* Training.events(wide, data, { epochs: 6, batchSize: 16 }).pipe(
        Stream.runCollect,
        Effect.provide(Noise.layer(7))
      )
      const states = Array.from(events, (event) => event.state)
      expect(states.length).toBeGreaterThan(2)
      const middle = states[Math.floor(states.length / 2)]!
      const resumed = yield* Training.fit(wide, data, { epochs: 6, batchSize: 16, from: middle }).pipe(
        Effect.provide(Noise.layer(7))
      )
      expect(Tree.equals(resumed.state.params, states.at(-1)!.params)).toBe(true)
      expect(resumed.state.step).toBe(24)
    })
  )

  it.effect("gives the fit again where it goes on from its end, as a stream without events", () =>
    Effect.gen(function* () {
      const whole = yield* run(7)
      const again = yield* run(7, { from: whole.state })
      expect(JSON.stringify(again.state)).toBe(JSON.stringify(whole.state))
      expect(Tree.equals(again.params, whole.params)).toBe(true)
      expect([again.ended, again.history]).toEqual(["epochs", []])
      const stream = Training.events(model, data, { ...options, from: whole.state })
      expect(yield* Stream.runCollect(stream).pipe(Effect.provide(Noise.layer(7)))).toEqual([])
    })
  )

  it.effect("shows every row once an epoch, in another order each, the last batch smaller", () =>
    Effect.gen(function* () {
      const seen: Array<ReadonlyArray<number>> = []
      const gaussian = Likelihood.gaussian({ std: 1 })
      const rows = Array.from({ length: 10 }, (_, i) => [i])
      const spied = Model.make({
        network: BayesianLinear.make({ in: 1, out: 1 }),
        likelihood: {
          ...gaussian,
          nll: (params: Tree.Empty, output: Tensor.Tensor, target: Tensor.Tensor) => {
            seen.push(Array.from(Tensor.toFloat64Array(target)))
            return gaussian.nll(params, output, target)
          }
        },
        inputs: Standardizer.identity(1),
        targets: Standardizer.identity(1)
      })
      const numbered = Dataset.make({ x: rows, y: rows })
      yield* Training.fit(spied, numbered, { epochs: 3, batchSize: 4 }).pipe(Effect.provide(Noise.layer(1)))
      expect(seen.map((batch) => batch.length)).toEqual([4, 4, 2, 4, 4, 2, 4, 4, 2])
      const epochs = [0, 3, 6].map((first) => seen.slice(first, first + 3).flat())
      for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual(rows.flat())
      expect(epochs[0]).not.toEqual(epochs[1])
      expect(epochs[1]).not.toEqual(epochs[2])
    })
  )

  it.effect("counts the work of a step, not its parameters: where weights are shared, an event is fewer steps", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 64 }, (_, i) => i)
      const images = Dataset.make({ x: rows.map((i) => new Array<number>(400).fill(i)), y: rows.map((i) => [i]) })
      const firstEvent = <P, E>(network: Layer<P, E>) =>
        Training.events(
          Model.make({
            network,
            likelihood: Likelihood.gaussian({ std: 1 }),
            inputs: Standardizer.fitShared(images.x),
            targets: Standardizer.identity(1)
          }),
          images,
          { epochs: 1000 }
        ).pipe(Stream.take(1), Stream.runCollect, Effect.provide(Noise.layer(1)))
      const shared = sequential(
        Reshape.make({ shape: [1, 20, 20] }),
        bayesian(Conv2d.make({ in: 1, out: 8, kernel: 5, padding: 2 }), meanField()),
        MaxPool2d.make({ kernel: 20 }),
        flatten,
        BayesianLinear.make({ in: 8, out: 1 })
      )
      // 400 places of 208 parameters are 83,200 multiplications a row, 12 * 32 times as many a step: 8e8 of them fill an event.
      // Any step costs 8e5 more.
      const [convolution] = yield* firstEvent(shared)
      expect(convolution!.step).toBe(23)
      // 400 parameters, each used once, are 3e5 a step.
      const [dense] = yield* firstEvent(BayesianLinear.make({ in: 400, out: 1 }))
      expect(dense!.step).toBe(744)
    })
  )

  it.live("can be interrupted every 100 ms, dense or convolutional", () =>
    Effect.gen(function* () {
      const images = Dataset.make({
        x: Tensor.zeros({ shape: [64, 400], dtype: "float64" }),
        y: Tensor.zeros({ shape: [64, 1], dtype: "float64" })
      })
      const convolutional = Model.make({
        network: sequential(
          Reshape.make({ shape: [1, 20, 20] }),
          bayesian(Conv2d.make({ in: 1, out: 4, kernel: 3 }), meanField()),
          MaxPool2d.make({ kernel: 18 }),
          flatten,
          BayesianLinear.make({ in: 4, out: 1 })
        ),
        likelihood: Likelihood.gaussian({ std: 1 }),
        inputs: Standardizer.identity(400),
        targets: Standardizer.identity(1)
      })
      const dense = Training.fit(Model.regression(data, { hidden: [50] }), data, { epochs: 1_000_000 })
      expect(yield* longestTurn(dense, 300)).toBeLessThan(100)
      expect(yield* longestTurn(Training.fit(convolutional, images, { epochs: 1_000_000 }), 300)).toBeLessThan(100)
    }).pipe(Effect.provide(Noise.layer(1)))
  )

  it.effect("says at which step what went non-finite, and hands back the last good state", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(run(7, { optimizer: sgd({ learningRate: 1e20 }) }))
      expect(error._tag).toBe("DivergedError")
      if (error._tag !== "DivergedError") return
      expect(error.message).toContain(`training diverged at step ${error.step}: `)
      expect(error.lastGood.step).toBe(error.step)
      for (const { value } of Tree.leaves(error.lastGood.params)) {
        expect(Tensor.toFloat64Array(value).every(Number.isFinite)).toBe(true)
      }
      const again = yield* Effect.flip(run(7, { optimizer: sgd({ learningRate: 1e20 }) }))
      expect(JSON.stringify(again)).toBe(JSON.stringify(error))
    })
  )

  it.effect("stops a stream that is not read on, and has typed errors for impossible options", () =>
    Effect.gen(function* () {
      const first = yield* Training.events(model, data, options).pipe(
        Stream.take(1),
        Stream.runLast,
        Effect.provide(Noise.layer(7))
      )
      expect(Option.isSome(first)).toBe(true)
      const messages = []
      for (const bad of [
        { epochs: 0 },
        { epochs: 1.5 },
        { epochs: 2 ** 53 - 1, batchSize: 25 },
        { batchSize: 0 },
        { learningRate: 0 },
        { temperature: -1 }
      ]) {
        messages.push((yield* Effect.flip(run(1, bad))).message)
      }
      expect(messages).toEqual([
        "epochs: expected a whole number above 0, got 0",
        "epochs: expected a whole number above 0, got 1.5",
        "epochs: expected at most 4503599627370495, as steps are counted, got 9007199254740991",
        "batchSize: expected a whole number above 0, got 0",
        "learning rate: expected a finite number above 0, got 0",
        "temperature: expected a finite number from 0, got -1"
      ])
      const other = Dataset.make({ x: [[1, 2]], y: [[1]] })
      const misfit = yield* Effect.flip(Training.fit(model, other).pipe(Effect.provide(Noise.layer(1))))
      expect(misfit.message).toContain(
        "features of the training rows: expected those of the model, in their order, got 2 of them, not 1. "
      )
      const { columns: _, ...unnamed } = model
      const misshapen = yield* Effect.flip(Training.fit(unnamed, other).pipe(Effect.provide(Noise.layer(1))))
      expect(misshapen.message).toBe("standardize: expected [rows, 1], got [1, 2]")
    })
  )

  it.effect("draws the noise of each step by its number, for the rows of its batch", () =>
    Effect.gen(function* () {
      const noise = yield* Noise.Noise
      const drawn: Array<ReadonlyArray<unknown>> = []
      const listening: Noise.Noise["Service"] = {
        ...noise,
        draw: (source, step, batch, options) => {
          drawn.push([step, batch, options?.purpose, options?.inShape])
          return noise.draw(source, step, batch, options)
        }
      }
      yield* Training.fit(model, data, { epochs: 2, batchSize: 20 }).pipe(Effect.provideService(Noise.Noise, listening))
      const sizes = [20, 20, 10, 20, 20, 10]
      expect(drawn).toEqual(sizes.map((size, step) => [step, size, undefined, [1]]))
    }).pipe(Effect.provide(Noise.layer(1)))
  )

  it.effect("takes the noise that it is given", () =>
    Effect.gen(function* () {
      // With zero noise and without the KL, a linear network is least squares; plain gradient descent finds it.
      const x = [[-1], [0], [1], [2]]
      const y = [[-1], [1], [3], [5]]
      const linear = Model.make({
        network: BayesianLinear.make({ in: 1, out: 1, dtype: "float64" }),
        likelihood: Likelihood.gaussian({ std: 1 }),
        inputs: Standardizer.identity(1),
        targets: Standardizer.identity(1),
        dtype: "float64"
      })
      const fit = yield* Training.fit(linear, Dataset.make({ x, y }), {
        epochs: 500,
        batchSize: 4,
        temperature: 0,
        optimizer: sgd({ learningRate: 0.3 })
      }).pipe(Effect.provide(Noise.layerZero))
      expect(Tensor.item(fit.params.network.weight.mean)).toBeCloseTo(2, 10)
      expect(Tensor.item(fit.params.network.bias.mean)).toBeCloseTo(1, 10)
    })
  )
})

describe("step", () => {
  it("is pure: it changes neither state nor batch, and repeats its bytes", () => {
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 })
    const advance = Training.step(model, optimizer, { rows: 50 })
    const state = Training.start(Model.init(model, Key.make(0)), optimizer)
    const batch = {
      x: Standardizer.apply(model.inputs, data.x, "float32"),
      y: Standardizer.apply(model.targets, data.y, "float32")
    }
    const eps = model.network.noise(Key.make(1), 50)
    const before = JSON.stringify([state, batch, eps])
    const [after, info] = advance(state, batch, eps)
    expect(JSON.stringify([state, batch, eps])).toBe(before)
    const [again, sameInfo] = advance(state, batch, eps)
    expect(Tree.equals(after.params, again.params)).toBe(true)
    expect(info).toEqual(sameInfo)
    expect(after.step).toBe(1)
    const { grads } = Training.negElboGrad(model, state.params, batch, eps, { rows: 50 })
    const [updates] = optimizer.update(grads, state.optimizer, state.params)
    expect(Tree.equals(after.params, Optimizer.apply(state.params, updates))).toBe(true)
  })
})
