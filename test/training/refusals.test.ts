// What a run does not go on from: each message says what differs, or what does not fit.
import { describe, expect, it } from "@effect/vitest"
import { Effect, type Layer, Stream } from "effect"
import { adam, BayesianLinear, Dataset, Model, Noise, Prior, sgd, Tensor, Training } from "effect-bayes"
import { line, network } from "./small.ts"

const data = line(1, 10)
const validation = line(2, 4)
const model = network("reparameterization")
const options: Training.FitOptions = { epochs: 4, batchSize: 5, validation, validateEvery: 1 }
const seeded = Noise.layer(7)

const state = Effect.map(Training.fit(model, data, options).pipe(Effect.provide(seeded)), (fit) => fit.state)

/** The tag and message with which a run of other settings refuses the checkpoint, hashes left out. */
const refusal = (
  from: unknown,
  other: Training.FitOptions = {},
  {
    model: m = model,
    rows = data,
    noise = seeded
  }: {
    readonly model?: Model.Model<unknown, unknown, unknown>
    readonly rows?: Dataset.Dataset
    readonly noise?: Layer.Layer<Noise.Noise>
  } = {}
) =>
  Effect.map(
    Effect.flip(
      Training.fit(m, rows, { ...options, ...other, from: from as Training.Checkpoint<unknown, unknown> }).pipe(
        Effect.provide(noise)
      )
    ),
    (error) => `${error._tag}: ${error.message.replaceAll(/[0-9a-f]{64}/g, "#")}`
  )

const HINT = ". Give what it was made with, or begin anew without `from`"
const differs = (what: string) => `CheckpointError: the checkpoint: another ${what}${HINT}`

/** The model with another prior: of the same shapes. */
const wider = Model.make({ ...model, network: BayesianLinear.make({ in: 2, out: 1, prior: Prior.normal({ std: 2 }) }) })

describe("going on from a checkpoint of other settings", () => {
  const settings: ReadonlyArray<readonly [string, Training.FitOptions, string]> = [
    ["epochs", { epochs: 5 }, "number of epochs: 4 there, 5 here"],
    ["batch size", { batchSize: 4 }, "batch size: 5 there, 4 here"],
    [
      "learning rate",
      { learningRate: 0.02 },
      "optimizer: adam, learning rate 0.01 along a cosine there, adam, learning rate 0.02 along a cosine here"
    ],
    [
      "optimizer",
      { optimizer: adam({ learningRate: 0.01 }) },
      "optimizer: adam, learning rate 0.01 along a cosine there, given here"
    ],
    ["temperature", { temperature: 0.5 }, "temperature: 1 there, 0.5 here"],
    ["weighting", { klWeighting: "blundell" }, "klWeighting: uniform there, blundell here"],
    [
      "linear annealing",
      { klAnnealing: { kind: "linear", epochs: 2 } },
      "klAnnealing: none there, linear over 2 epochs here"
    ],
    [
      "cyclical annealing",
      { klAnnealing: { kind: "cyclical", cycles: 2 } },
      "klAnnealing: none there, cyclical, 2 cycles, ramp 0.5 here"
    ],
    ["frequency of validation", { validateEvery: 2 }, "validateEvery: 1 there, 2 here"],
    ["patience", { patience: 3 }, "patience: none there, 3 here"],
    ["validation rows", { validation: line(3, 4) }, "set of validation rows (SHA-256): # there, # here"]
  ]
  it.effect.each(settings)("names the %s", ([, other, message]) =>
    Effect.gen(function* () {
      expect(yield* refusal(yield* state, other)).toBe(differs(message))
    })
  )

  it.effect("names seed, noise, rows and model, and all that differs at once", () =>
    Effect.gen(function* () {
      const from = yield* state
      expect(yield* refusal(from, {}, { noise: Noise.layer(8) })).toBe(differs("seed: 7 there, 8 here"))
      const zero = yield* Training.fit(model, data, options).pipe(Effect.provide(Noise.layerZero))
      expect(yield* refusal(zero.state, {}, { noise: Noise.layer(0) })).toBe(
        differs("origin of noise: zero there, seed here")
      )
      const rows = "set of training rows (SHA-256): # there, # here"
      expect(yield* refusal(from, {}, { rows: line(3, 10) })).toBe(differs(rows))
      expect(yield* refusal(from, {}, { rows: line(1, 10, true) })).toBe(differs(rows))
      const y = Tensor.toFloat64Array(data.y).map((v, i) => (i === 9 ? -v : v))
      for (const other of [
        { y: Tensor.from(y, { shape: [10, 1] }) },
        { x: Tensor.concatRows([Tensor.rows(data.x, 5, 10), Tensor.rows(data.x, 0, 5)]) }
      ]) {
        expect(yield* refusal(from, {}, { rows: Dataset.make({ x: data.x, y: data.y, ...other }) })).toBe(differs(rows))
      }
      for (const names of [{ features: ["x0", "b"] }, { targets: ["b"] }]) {
        const named = ({ x, y: values }: Dataset.Dataset) => Dataset.make({ x, y: values, ...names })
        expect(yield* refusal(from, { validation: named(validation) }, { rows: named(data) })).toBe(
          differs(`${rows}; another set of validation rows (SHA-256): # there, # here`)
        )
      }
      expect(yield* refusal(from, {}, { rows: line(1, 9) })).toBe(differs("number of training rows: 10 there, 9 here"))
      // What may follow from these is not listed: the split by the seed, the model's scales by the rows.
      expect(yield* refusal(from, {}, { rows: line(3, 10), model: wider })).toBe(differs(rows))
      expect(yield* refusal(from, {}, { rows: line(3, 10), model: wider, noise: Noise.layer(8) })).toBe(
        differs("seed: 7 there, 8 here")
      )
      expect(yield* refusal(from, { batchSize: 2, validateEvery: 3 })).toBe(differs("batch size: 5 there, 2 here"))
      expect(yield* refusal(from, {}, { model: wider })).toBe(differs("model (SHA-256): # there, # here"))
      expect(yield* refusal(from, { epochs: 5 }, { noise: Noise.layer(8) })).toBe(
        differs("seed: 7 there, 8 here; another number of epochs: 4 there, 5 here")
      )
    })
  )

  it.effect("names another part of a cycle in which the KL rises", () =>
    Effect.gen(function* () {
      const rising = (ramp: number): Training.FitOptions => ({ klAnnealing: { kind: "cyclical", cycles: 2, ramp } })
      const { state: from } = yield* Training.fit(model, data, { ...options, ...rising(0.25) }).pipe(
        Effect.provide(seeded)
      )
      expect(yield* refusal(from, rising(0.75))).toBe(
        differs("klAnnealing: cyclical, 2 cycles, ramp 0.25 there, cyclical, 2 cycles, ramp 0.75 here")
      )
    })
  )

  it.effect("names the engine, its bits, and rows to validate on that are not there", () =>
    Effect.gen(function* () {
      const from = yield* state
      const under = (run: Partial<Training.Run>) => refusal({ ...from, run: { ...from.run, ...run } })
      expect(yield* under({ engine: "reference" })).toBe(differs("engine: reference there, simd here"))
      expect(yield* under({ bits: 2 })).toBe(differs("bits version of the engine: 2 there, 1 here"))
      const error = yield* Effect.flip(
        Training.fit(model, data, { epochs: 4, batchSize: 5, from }).pipe(Effect.provide(seeded))
      )
      expect(error.message.replaceAll(/[0-9a-f]{64}/g, "#")).toBe(
        `the checkpoint: another set of validation rows (SHA-256): # there, none here${HINT}`
      )
    })
  )
})

describe("going on from what is no checkpoint of the run", () => {
  it.effect("says what does not fit: parameters, optimizer, best parameters, step, numbers", () =>
    Effect.gen(function* () {
      const from = yield* state
      const says = (problem: string, hint = HINT) => `CheckpointError: the checkpoint: ${problem}${hint}`
      const { likelihood, network } = from.params
      const [first, ...others] = network
      const { run: _, ...bare } = from
      const whole = ". Give the `state` of an event or of a fit, whole"
      expect(yield* refusal(bare)).toBe(says("its `run` is not what `Training` keeps there", whole))
      const missing = { ...from, params: { likelihood, network: others } }
      expect(yield* refusal(missing)).toContain("the checkpoint: its parameters are not of this model: ")
      const wrong = { ...first, bias: { ...first.bias, mean: Tensor.zeros({ shape: [4], dtype: "float32" }) } }
      expect(yield* refusal({ ...from, params: { likelihood, network: [wrong, ...others] } })).toBe(
        says('its parameters are not of this model: float32 [4] at "network.0.bias.mean", where float32 [3] belongs')
      )
      expect(yield* refusal({ ...from, optimizer: [{}, { step: 8 }] })).toBe(
        says(
          'what its optimizer kept is not of this optimizer: nothing at "0.m.likelihood.logStd", where float32 [1] belongs'
        )
      )
      expect(yield* refusal({ ...from, step: 9 })).toBe(says("it is at step 9, the run has 8"))
      expect(yield* refusal({ ...from, step: 1.5 })).toBe(says("it is at step 1.5, the run has 8"))
      const nan = Tensor.full({ shape: [3], dtype: "float32" }, Number.NaN)
      const spoilt = { ...first, bias: { ...first.bias, mean: nan } }
      expect(yield* refusal({ ...from, params: { likelihood, network: [spoilt, ...others] } })).toBe(
        says("the parameter network.0.bias.mean is not finite", ". Go on from an earlier one")
      )
      const best = from.best!
      expect(yield* refusal({ ...from, best: { ...best, step: 9 } })).toBe(
        says(`its best parameters are of step 9, with a score of ${best.nllMean} nats`)
      )
      for (const other of [{ step: 3 }, { step: 0 }, { nllMean: Number.NaN }]) {
        const { step, nllMean } = { ...best, ...other }
        expect(yield* refusal({ ...from, best: { ...best, ...other } })).toBe(
          says(`its best parameters are of step ${step}, with a score of ${nllMean} nats`)
        )
      }
      const { best: __, ...forgetful } = from
      expect(yield* refusal(forgetful)).toBe(
        says("at step 8 it has no best parameters, though there are validation rows")
      )
      expect(yield* refusal({ ...from, best: { ...best, params: {} } })).toContain(
        "the checkpoint: its best parameters are not of this model: nothing at "
      )
    })
  )

  it.effect("refuses best parameters of a step to come, and takes those of the only look, at the end", () =>
    Effect.gen(function* () {
      const events = yield* Training.events(model, data, { ...options, stepsPerEvent: 1 }).pipe(
        Stream.take(4),
        Stream.runCollect,
        Effect.provide(seeded)
      )
      const from = events.at(-1)!.state
      expect([from.step, from.best === undefined]).toEqual([4, false])
      expect(yield* refusal({ ...from, best: { ...from.best, step: 6 } })).toBe(
        `CheckpointError: the checkpoint: its best parameters are of step 6, with a score of ${from.best!.nllMean} nats${HINT}`
      )
      const once = { ...options, validateEvery: 5 } // of 4 epochs
      const end = yield* Training.fit(model, data, once).pipe(Effect.provide(seeded))
      expect([end.state.step, end.state.best?.step]).toEqual([8, 8])
      const again = yield* Training.fit(model, data, { ...once, from: end.state }).pipe(Effect.provide(seeded))
      expect(again.state).toBe(end.state)
    })
  )

  it.effect("tells optimizers that were given apart by the structure of what they keep", () =>
    Effect.gen(function* () {
      const given = (optimizer: Training.FitOptions["optimizer"]) => ({ epochs: 4, batchSize: 5, optimizer })
      const made = yield* Training.fit(model, data, given(sgd({ learningRate: 0.01 })) as Training.FitOptions).pipe(
        Effect.provide(seeded)
      )
      const error = yield* Effect.flip(
        Training.fit(model, data, {
          epochs: 4,
          batchSize: 5,
          optimizer: adam({ learningRate: 0.01 }),
          from: made.state
        }).pipe(Effect.provide(seeded))
      )
      expect(error.message).toBe(
        `the checkpoint: what its optimizer kept is not of this optimizer: nothing at "0.m.likelihood.logStd", where float32 [1] belongs${HINT}`
      )
    })
  )
})
