// How the KL of a run is shared by its batches and grows over its epochs.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import {
  BayesianLinear,
  Key,
  KlWeighting,
  Likelihood,
  Model,
  Noise,
  Standardizer,
  Synthetic,
  sgd,
  Tensor,
  Training
} from "effect-bayes"

import { assertShares, BATCHES, temperatureIsRight } from "./klShares.ts"

const range = (n: number) => Array.from({ length: n }, (_, i) => i)

describe("the shares of an epoch's batches", () => {
  for (const [name, share] of Object.entries({ uniform: KlWeighting.uniform, blundell: KlWeighting.blundell })) {
    it.each(BATCHES)(`${name}: sum to one over %i batches, each finite`, (batches) => {
      assertShares(share, batches)
    })
  }

  it("Blundell's are 2^(M-i) / (2^M - 1), i = 1 ... M, where those can be computed", () => {
    for (const batches of [1, 2, 3, 4, 10, 50]) {
      for (const batch of range(batches)) {
        const expected = 2 ** (batches - 1 - batch) / (2 ** batches - 1)
        expect(KlWeighting.blundell(batch, batches) / expected).toBeCloseTo(1, 14)
      }
    }
    expect(range(3).map((batch) => KlWeighting.blundell(batch, 3))).toEqual([4 / 7, 2 / 7, 1 / 7])
    expect(KlWeighting.blundell(0, 1)).toBe(1)
    expect(KlWeighting.blundell(0, 5000)).toBe(0.5)
    expect(KlWeighting.blundell(4999, 5000)).toBe(0)
  })
})

describe("annealing", () => {
  const factors = (klAnnealing: KlWeighting.Annealing, epochs: number, stepsPerEpoch: number) =>
    range(epochs * stepsPerEpoch).map(KlWeighting.factor({ klAnnealing }, { epochs, stepsPerEpoch }))

  it("linear: from 0 to 1 over the first epochs, then 1", () => {
    expect(factors({ kind: "linear", epochs: 2 }, 4, 2)).toEqual([0, 0.25, 0.5, 0.75, 1, 1, 1, 1])
    expect(factors({ kind: "linear", epochs: 0.5 }, 1, 4)).toEqual([0, 0.5, 1, 1])
    expect(factors({ kind: "linear", epochs: 8 }, 2, 2)).toEqual([0, 1 / 16, 2 / 16, 3 / 16])
  })

  it("cyclical: each cycle rises over its ramp and then stays", () => {
    const cycle = [0, 0.5, 1, 1]
    expect(factors({ kind: "cyclical", cycles: 3 }, 6, 2)).toEqual([...cycle, ...cycle, ...cycle])
    expect(factors({ kind: "cyclical", cycles: 1, ramp: 1 }, 4, 1)).toEqual([0, 0.25, 0.5, 0.75])
    // 2 cycles in 5 steps: positions 0, 2/5, 4/5, then 6/5 and 8/5 less one.
    const uneven = factors({ kind: "cyclical", cycles: 2, ramp: 1 }, 5, 1)
    for (const [i, f] of [0, 0.4, 0.8, 0.2, 0.6].entries()) expect(uneven[i]).toBeCloseTo(f, 15)
  })

  it("is in [0, 1], and stands apart from the shares: their product is what a step takes", () => {
    const horizon = { epochs: 7, stepsPerEpoch: 5 }
    for (const klAnnealing of [
      { kind: "linear", epochs: 3 },
      { kind: "cyclical", cycles: 4, ramp: 0.3 }
    ] as const) {
      const annealed = KlWeighting.anneal(klAnnealing, horizon)
      const both = KlWeighting.factor({ klWeighting: "blundell", klAnnealing }, horizon)
      for (const step of range(35)) {
        expect(annealed(step) >= 0 && annealed(step) <= 1).toBe(true)
        expect(both(step)).toBeCloseTo(annealed(step) * 5 * KlWeighting.blundell(step % 5, 5), 14)
      }
    }
  })

  it("uniform shares without annealing are exactly 1, for any number of batches", () => {
    for (const stepsPerEpoch of [1, 3, 49, 98, 1000]) {
      const factor = KlWeighting.factor({}, { epochs: 2, stepsPerEpoch })
      for (const step of [0, 1, stepsPerEpoch, 2 * stepsPerEpoch - 1]) expect(factor(step)).toBe(1)
    }
  })
})

const data = Synthetic.regressionCurve(Key.make(5), 50)
const model = Model.make({
  network: BayesianLinear.make({ in: 1, out: 1, dtype: "float64" }),
  likelihood: Likelihood.gaussian({ std: 1 }),
  inputs: Standardizer.identity(1),
  targets: Standardizer.identity(1),
  dtype: "float64"
})
/** With a rate next to 0 parameters stay, so that losses of runs can be compared. */
const still = sgd({ learningRate: 1e-300 })
const losses = (options: Training.FitOptions) =>
  Training.events(model, data, { epochs: 3, batchSize: 16, optimizer: still, ...options }).pipe(
    Stream.runCollect,
    Effect.provide(Noise.layerZero)
  )

describe("a run", () => {
  it.effect("takes over its epochs the whole KL, however it is shared", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* losses({}), yield* losses({ klWeighting: "blundell" })]
      expect([a.length, b.length]).toEqual([1, 1]) // one event of all twelve steps: its loss is their average
      expect(b[0]!.loss.nllMean).toBe(a[0]!.loss.nllMean)
      expect(b[0]!.loss.klNats).toBeGreaterThan(0)
      expect(b[0]!.loss.klWeight).toBeCloseTo(1 / 50, 15)
      expect(b[0]!.loss.negElboMean).toBeCloseTo(a[0]!.loss.negElboMean, 13)
    })
  )

  it.effect("multiplies what it shares by the temperature: twice as warm, twice the KL", () =>
    Effect.gen(function* () {
      const options = { klWeighting: "blundell", klAnnealing: { kind: "linear", epochs: 2 } } as const
      const [cold, warm] = [yield* losses(options), yield* losses({ ...options, temperature: 2 })]
      const kl = (run: typeof cold) => run[0]!.loss.negElboMean - run[0]!.loss.nllMean
      expect(kl(cold)).toBeGreaterThan(0)
      expect(kl(warm) / kl(cold)).toBeCloseTo(2, 12)
    })
  )

  it("weighs each step by its own number, and the gradient like the loss", () => {
    const batch = { x: data.x, y: data.y }
    const eps = model.network.noise(Key.make(1), 50)
    const horizon = { epochs: 2, stepsPerEpoch: 4 }
    const options = { klWeighting: "blundell", klAnnealing: { kind: "linear", epochs: 2 } } as const
    const factor = KlWeighting.factor(options, horizon)
    const optimizer = sgd({ learningRate: 1 })
    const advance = Training.step(model, optimizer, { rows: 50, temperature: 0.5 }, factor)
    const state = Training.start(Model.init(model, Key.make(0)), optimizer)
    for (const at of range(8)) {
      const [after, loss] = advance({ ...state, step: at }, batch, eps)
      expect(loss.klWeight).toBe((0.5 * factor(at)) / 50)
      expect(loss.negElboMean).toBeCloseTo(loss.nllMean + loss.klWeight * loss.klNats, 15)
      const only = { rows: 50, temperature: 0.5 * factor(at) }
      const [expected] = Training.step(model, optimizer, only)({ ...state, step: at }, batch, eps)
      const mean = (s: typeof after) => Tensor.item(s.params.network.weight.mean)
      expect(mean(after)).toBe(mean(expected))
    }
  })

  it.effect("goes on from a checkpoint with the weights of the unbroken run", () =>
    Effect.gen(function* () {
      const options = {
        epochs: 3,
        batchSize: 16,
        klWeighting: "blundell",
        klAnnealing: { kind: "cyclical", cycles: 2 }
      } as const
      const whole = yield* Training.fit(model, data, { ...options, optimizer: sgd({ learningRate: 0.1 }) })
      const optimizer = sgd({ learningRate: 0.1 })
      const factor = KlWeighting.factor(options, { epochs: 3, stepsPerEpoch: 4 })
      const advance = Training.step(model, optimizer, { rows: 50 }, factor)
      const noise = yield* Noise.Noise
      let state = Training.start(Model.init(model, noise.key("init")), optimizer)
      for (const at of range(5)) {
        const order = Key.permutation(noise.key("shuffle", Math.floor(at / 4)), 50)
        const rows = order.subarray((at % 4) * 16, Math.min(50, (at % 4) * 16 + 16))
        const batch = { x: Tensor.takeRows(data.x, rows), y: Tensor.takeRows(data.y, rows) }
        state = advance(state, batch, yield* noise.draw(model.network, at, rows.length))[0]
      }
      const resumed = yield* Training.fit(model, data, {
        ...options,
        optimizer,
        from: { ...state, run: whole.state.run }
      })
      expect(Tensor.equals(resumed.params.network.weight.mean, whole.params.network.weight.mean)).toBe(true)
      expect(Tensor.equals(resumed.params.network.weight.logStd, whole.params.network.weight.logStd)).toBe(true)
    }).pipe(Effect.provide(Noise.layer(4)))
  )

  it.effect("refuses what cannot be, in its words", () =>
    Effect.gen(function* () {
      const refused = (options: object) =>
        Effect.map(
          Effect.flip(Training.fit(model, data, { epochs: 3, batchSize: 16, ...options })),
          (e) => `${e._tag}: ${e.message}`
        )
      const messages = yield* Effect.forEach(
        [
          { klWeighting: "graves" },
          { klAnnealing: { kind: "linear", epochs: 0 } },
          { klAnnealing: { kind: "linear", epochs: Number.NaN } },
          { klAnnealing: { kind: "cyclical", cycles: 1.5 } },
          { klAnnealing: { kind: "cyclical", cycles: 13 } },
          { klAnnealing: { kind: "cyclical", cycles: 2, ramp: 0 } },
          { klAnnealing: { kind: "cyclical", cycles: 2, ramp: 1.1 } },
          { klAnnealing: { kind: "cosine" } }
        ],
        refused
      )
      expect(messages).toEqual([
        'ConfigError: klWeighting: expected "uniform" or "blundell", got "graves"',
        "ConfigError: epochs of linear annealing: expected a finite number above 0, got 0",
        "ConfigError: epochs of linear annealing: expected a finite number above 0, got NaN",
        "ConfigError: cycles of cyclical annealing: expected a whole number above 0, got 1.5",
        "ConfigError: cycles of cyclical annealing: expected at most the 12 steps there are, got 13",
        "ConfigError: ramp of cyclical annealing: expected a number above 0, at most 1, got 0",
        "ConfigError: ramp of cyclical annealing: expected a number above 0, at most 1, got 1.1",
        'ConfigError: klAnnealing, kind: expected "linear" or "cyclical", got cosine'
      ])
      expect(() => Training.step(model, still, { rows: 5, factor: -1 })).toThrow("factor of the KL: expected")
    }).pipe(Effect.provide(Noise.layer(1)))
  )
})

it("a warmer posterior is nearer to the prior", () => {
  expect(
    temperatureIsRight((nll, kl, temperature) => {
      const params = Model.init(model, Key.make(0))
      const eps = model.network.noise(Key.make(1), 50)
      const batch = { x: data.x, y: data.y }
      const loss = Training.negElbo(model, params, batch, eps, { rows: 1, temperature })
      return nll + ((loss.negElboMean - loss.nllMean) / loss.klNats) * kl
    })
  ).toBe(true)
})

it.effect("a KL of no weight leaves the likelihood alone", () =>
  Effect.gen(function* () {
    const loss = Training.negElbo(
      model,
      Model.init(model, Key.make(0)),
      { x: data.x, y: data.y },
      yield* (yield* Noise.Noise).draw(model.network, 0, 50),
      { rows: 50, factor: 0 }
    )
    expect(loss.negElboMean).toBe(loss.nllMean)
    expect(loss.klWeight).toBe(0)
  }).pipe(Effect.provide(Noise.layer(1)))
)
