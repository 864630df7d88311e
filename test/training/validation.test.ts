// Validation rows: what their score is, which parameters are kept, and when patience ends a run.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import {
  BayesianLinear,
  Dataset,
  Likelihood,
  Model,
  Noise,
  predictive,
  Standardizer,
  Tensor,
  Training,
  type Tree
} from "effect-bayes"
import { encode } from "./carry.ts"
import { line, network } from "./small.ts"

const seeded = Effect.provide(Noise.layer(3))
const data = line(1, 20)
const validation = line(2, 30, true)
const options: Training.FitOptions = { epochs: 12, batchSize: 5, validation, validateEvery: 2 }

describe("the score of validation rows", () => {
  it.effect.each(["reparameterization", "localReparameterization", "flipout"] as const)(
    "is their mean NLL under the 16 weight draws of its purpose, rows counted by weight, %s",
    (estimator) =>
      Effect.gen(function* () {
        const model = network(estimator, "float64")
        const noise = yield* Noise.Noise
        const events = yield* Stream.runCollect(Training.events(model, data, options))
        const scored = events.filter((event) => event.validation !== undefined)
        expect(scored.map(({ step }) => step)).toEqual([8, 16, 24, 32, 40, 48])
        const drawn = predictive(model.network)
        const weights = Tensor.toFloat64Array(validation.weights!)
        for (const { state, validation: told } of scored) {
          let nll = 0
          for (let s = 0; s < 16; s++) {
            const eps = drawn.noise(noise.key("validate", s), 30, [2])
            const output = drawn.forward(state.params.network, validation.x, eps)
            const { logPdf } = model.likelihood.conditional(state.params.likelihood, output)
            const y = Tensor.toFloat64Array(validation.y)
            nll -= y.reduce((sum, v, i) => sum + weights[i]! * logPdf(i, v), 0) / 30 / 16
          }
          expect(told!.nllMean).toBeCloseTo(nll, 11) // sums of 480 numbers of about 1, in another order
        }
      }).pipe(seeded)
  )

  it.effect("is the same in one block or in many, and lets other fibers work between them", () =>
    Effect.gen(function* () {
      // 4000 multiplications a row: blocks of 625 rows, so that 1500 rows are three blocks, 16 times.
      const wide = line(9, 1500)
      const gaussian = Likelihood.gaussian({ std: 1 })
      const rows: Array<number> = []
      const turns: Array<number> = []
      let turn = 0
      const model = Model.make({
        network: { ...BayesianLinear.make({ in: 2, out: 1, dtype: "float64" }), operations: () => 4000 },
        likelihood: {
          ...gaussian,
          nll: (params: Tree.Empty, output: Tensor.Tensor, target: Tensor.Tensor, each?: Tensor.Tensor) => {
            if (target.shape[0]! > 5) {
              rows.push(target.shape[0]!)
              turns.push(turn)
            }
            return gaussian.nll(params, output, target, each)
          }
        },
        inputs: Standardizer.identity(2),
        targets: Standardizer.identity(1),
        dtype: "float64"
      })
      const other = yield* Effect.forkChild(Effect.forever(Effect.sync(() => turn++))) // it yields at each turn
      const fit = yield* Training.fit(model, data, { epochs: 1, batchSize: 5, validation: wide })
      yield* Fiber.interrupt(other)
      expect(rows).toEqual(Array.from({ length: 16 }, () => [625, 625, 250]).flat())
      expect(new Set(turns).size).toBe(48)
      const single = { ...model, network: { ...model.network, operations: () => 1 } }
      const whole = yield* Training.fit(single, data, { epochs: 1, batchSize: 5, validation: wide })
      expect(rows.slice(48)).toEqual(new Array<number>(16).fill(1500))
      expect(fit.state.best!.nllMean).toBeCloseTo(whole.state.best!.nllMean, 11)
      const weights = Float64Array.from({ length: 1500 }, (_, i) => i % 7)
      const weighted = { epochs: 1, batchSize: 5, validation: Dataset.make({ x: wide.x, y: wide.y, weights }) }
      const [parts, once] = [
        yield* Training.fit(model, data, weighted),
        yield* Training.fit(single, data, weighted)
      ].map(({ state }) => state.best!.nllMean)
      expect(parts).toBeCloseTo(once!, 11)
      expect(Math.abs(once! - whole.state.best!.nllMean)).toBeGreaterThan(1) // a weight is 3 on average
    }).pipe(seeded)
  )
})

describe("noise of each row", () => {
  it.effect("is drawn anew for a last block of fewer rows, where a layer has no draw for all", () =>
    Effect.gen(function* () {
      const { predictive: _, ...flipout } = BayesianLinear.make({
        in: 2,
        out: 1,
        dtype: "float64",
        estimator: "flipout"
      })
      const likelihood = Likelihood.gaussian({ std: 1 })
      const model = Model.make({
        network: { ...flipout, operations: () => 250_000 }, // blocks of 10 rows
        likelihood,
        inputs: Standardizer.identity(2),
        targets: Standardizer.identity(1),
        dtype: "float64"
      })
      const rows = line(2, 14)
      const fit = yield* Training.fit(model, data, { epochs: 1, batchSize: 5, validation: rows })
      const noise = yield* Noise.Noise
      let nll = 0
      for (let s = 0; s < 16; s++) {
        for (const [first, last] of [
          [0, 10],
          [10, 14]
        ] as const) {
          const eps = flipout.noise(noise.key("validate", s), last - first)
          const output = flipout.forward(fit.state.params.network, Tensor.rows(rows.x, first, last), eps)
          nll += likelihood.nll({}, output, Tensor.rows(rows.y, first, last))
        }
      }
      expect(fit.state.best!.nllMean).toBeCloseTo(nll / 16 / 14, 12)
    }).pipe(seeded)
  )
})

describe("early stopping", () => {
  /** A model whose score, on the four validation rows, is what the list says. */
  const told = (scores: ReadonlyArray<number>) => {
    let calls = 0
    const gaussian = Likelihood.gaussian({ std: 1 })
    return Model.make({
      network: BayesianLinear.make({ in: 2, out: 1 }),
      likelihood: {
        ...gaussian,
        nll: (params: Tree.Empty, output: Tensor.Tensor, target: Tensor.Tensor) =>
          target.shape[0] === 4 ? 4 * scores[Math.floor(calls++ / 16)]! : gaussian.nll(params, output, target)
      },
      inputs: Standardizer.identity(2),
      targets: Standardizer.identity(1)
    })
  }
  const four = line(4, 4)
  const trained = (scores: ReadonlyArray<number>, more: Training.FitOptions = {}) =>
    Training.fit(told(scores), data, {
      epochs: 8,
      batchSize: 5,
      validation: four,
      validateEvery: 1,
      stepsPerEvent: 1,
      ...more
    }).pipe(seeded)

  it.effect("keeps the first of the best parameters, and gives them as those of the fit", () =>
    Effect.gen(function* () {
      const { history, state, params, ended } = yield* trained([5, 3, 4, 2, 2, 6, 7, 8])
      expect(ended).toBe("epochs")
      expect([state.step, state.best!.step, state.best!.nllMean]).toEqual([32, 16, 2])
      const model = told([5, 3, 4, 2])
      const upTo = yield* Training.events(model, data, {
        ...options,
        epochs: 8,
        validation: four,
        validateEvery: 1
      }).pipe(Stream.take(4), Stream.runCollect, seeded)
      expect(encode(params)).toBe(encode(upTo[3]!.state.params))
      expect(encode(params)).not.toBe(encode(state.params))
      const looks = history.flatMap(({ step, validation: v }) =>
        v === undefined ? [] : [[step, v.nllMean, v.bestNllMean, v.bestStep]]
      )
      expect(looks).toEqual([
        [4, 5, 5, 4],
        [8, 3, 3, 8],
        [12, 4, 3, 8],
        [16, 2, 2, 16],
        [20, 2, 2, 16],
        [24, 6, 2, 16],
        [28, 7, 2, 16],
        [32, 8, 2, 16]
      ])
    })
  )

  it.effect("ends after so many epochs without better ones, seen at the next look", () =>
    Effect.gen(function* () {
      const scores = [5, 3, 4, 2, 2, 6, 1, 8]
      const ends = (more: Training.FitOptions) =>
        Effect.map(trained(scores, more), ({ ended, state }) => [ended, state.step, state.best!.step])
      expect(yield* ends({ patience: 1 })).toEqual(["patience", 12, 8])
      expect(yield* ends({ patience: 2 })).toEqual(["patience", 24, 16])
      expect(yield* ends({ patience: 3 })).toEqual(["epochs", 32, 28])
      // Looks after epochs 3, 6 and 8, with scores 5, 6 and 4: after 6 one epoch without better ones is over, and three are.
      const rarely = { validateEvery: 3 }
      const ends3 = (patience: number) =>
        Effect.map(trained([5, 6, 4], { ...rarely, patience }), ({ ended, state }) => [
          ended,
          state.step,
          state.best!.step
        ])
      expect(yield* ends3(1)).toEqual(["patience", 24, 12])
      expect(yield* ends3(3)).toEqual(["patience", 24, 12])
      expect(yield* ends3(4)).toEqual(["epochs", 32, 32])
    })
  )

  it.effect("looks as often as makes 100 steps unless told otherwise, and always at the end", () =>
    Effect.gen(function* () {
      // 4 steps an epoch: 25 epochs.
      const { history } = yield* Training.fit(told([3, 2, 1]), data, {
        epochs: 60,
        batchSize: 5,
        validation: four
      }).pipe(seeded)
      const looks = history.filter(({ validation: v }) => v !== undefined).map(({ step }) => step)
      expect(looks).toEqual([100, 200, 240])
    })
  )

  it.effect("is a divergence where the score is no number, and hands back the state before that step", () =>
    Effect.gen(function* () {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const error = yield* Effect.flip(trained([5, bad]))
        expect(error.message).toBe(
          "training diverged at step 7: the negative log-likelihood of the validation rows is not finite. " +
            "Try a smaller learning rate"
        )
        if (error._tag !== "DivergedError") throw error
        expect([error.lastGood.step, error.lastGood.best?.step]).toEqual([7, 4])
        const again = yield* Effect.flip(trained([bad], { from: error.lastGood }))
        expect(again.message).toBe(error.message)
      }
    })
  )
})
