// A run that is stopped and gone on from ends with the bits of the unbroken one, whatever it is and wherever it is cut.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Noise, sgd, Training } from "effect-bayes"
import fc from "fast-check"
import { decode, encode } from "./carry.ts"
import { line, network, type Run, run } from "./small.ts"

const eventsOf = ({ seed, model, data, options, looks }: Run, more: Training.FitOptions = {}) =>
  Effect.runPromise(
    Training.events(model, data, { ...options, ...looks, ...more }).pipe(
      Stream.runCollect,
      Effect.provide(Noise.layer(seed))
    )
  )

type Event = Awaited<ReturnType<typeof eventsOf>>[number]

const fitOf = ({ seed, model, data, options, looks }: Run, more: Training.FitOptions = {}) =>
  Effect.runPromise(
    Training.fit(model, data, { ...options, ...looks, ...more }).pipe(Effect.provide(Noise.layer(seed)))
  )

const cuts = fc.record({
  at: fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { minLength: 1, maxLength: 3 }),
  stepsPerEvent: fc.integer({ min: 1, max: 7 }),
  asText: fc.boolean()
})

describe("a run that is gone on from", () => {
  it("has at each step the bits of the unbroken one, early stopping included, cut where it may be", async () => {
    const ends: Array<Training.Ended | undefined> = []
    await fc.assert(
      fc.asyncProperty(run, cuts, fc.boolean(), async (given, { at, stepsPerEvent, asText }, validated) => {
        const subject: Run = validated ? given : { ...given, looks: {} }
        const whole = await eventsOf(subject, { stepsPerEvent: 1 })
        const states = new Map(whole.map(({ step, state }) => [step, encode(state)]))
        const last = whole.at(-1)!
        ends.push(last.ended)
        expect(states.size).toBe(last.step)
        let from: Event["state"] | undefined
        for (const share of at) {
          const carried = from === undefined ? {} : { from: asText ? decode<Event["state"]>(encode(from)) : from }
          const events = await eventsOf(subject, { ...carried, stepsPerEvent })
          for (const { step, state } of events) expect(encode(state)).toBe(states.get(step))
          expect(events.at(-1)?.ended ?? last.ended).toBe(last.ended) // none where the run was at its end
          from = events[Math.floor(share * events.length)]?.state ?? from
        }
        const fit = await fitOf(subject, { from: from! })
        const unbroken = await fitOf(subject)
        expect(encode([fit.state, fit.params])).toBe(encode([unbroken.state, unbroken.params]))
        expect(encode(fit.state)).toBe(states.get(last.step))
        expect([fit.ended, unbroken.ended]).toEqual([last.ended, last.ended])
      })
    )
    // The cases drawn are the same on every run (test/setup.ts): both ends are among them.
    expect(new Set(ends)).toEqual(new Set(["epochs", "patience"]))
  })

  it("trains the same parameters whether validation rows are looked at or not", async () => {
    await fc.assert(
      fc.asyncProperty(run, async (given) => {
        const without = await eventsOf({ ...given, looks: {} }, { stepsPerEvent: 1 })
        const looked = await eventsOf(given, { stepsPerEvent: 1 })
        expect(looked.some(({ validation }) => validation !== undefined)).toBe(true)
        for (const [i, { state, loss }] of looked.entries()) {
          const other = without[i]!
          expect(encode([state.params, state.optimizer])).toBe(encode([other.state.params, other.state.optimizer]))
          expect(loss).toEqual(other.loss)
        }
      }),
      { numRuns: 40 }
    )
  })

  it("has an event after each so many steps, and where validation rows are looked at", async () => {
    const subject = { seed: 1, model: network("flipout"), data: line(1, 10), options: { epochs: 6, batchSize: 5 } }
    const steps = (events: ReadonlyArray<Event>) => events.map(({ step }) => step)
    const plain = await eventsOf({ ...subject, looks: {} }, { stepsPerEvent: 5 })
    expect(steps(plain)).toEqual([5, 10, 12])
    expect(plain.map(({ epoch, epochs, steps: all }) => [epoch, epochs, all])).toEqual([
      [3, 6, 12],
      [5, 6, 12],
      [6, 6, 12]
    ])
    const looks = { validation: line(2, 4), validateEvery: 4 }
    const events = await eventsOf({ ...subject, looks }, { stepsPerEvent: 5 })
    expect(steps(events)).toEqual([5, 8, 12])
    expect(events.map(({ validation }) => validation !== undefined)).toEqual([false, true, true])
    expect(events.map(({ ended }) => ended)).toEqual([undefined, undefined, "epochs"])
  })

  it("diverges again, at the same step, from the checkpoint that divergence hands back", async () => {
    const optimizer = sgd({ learningRate: (step) => (step < 7 ? 0.01 : 1e30) })
    const looks = { validation: line(2, 4), validateEvery: 1 }
    const subject = { seed: 1, model: network("flipout"), data: line(1, 10), options: { epochs: 6, optimizer }, looks }
    const diverge = (from: Training.FitOptions) =>
      Effect.runPromise(
        Effect.flip(
          Training.fit(subject.model, subject.data, { ...subject.options, batchSize: 5, ...looks, ...from })
        ).pipe(Effect.provide(Noise.layer(1)))
      )
    const first = await diverge({})
    if (first._tag !== "DivergedError") throw first
    expect(first.step).toBeGreaterThanOrEqual(7)
    expect(first.lastGood.step).toBe(first.step)
    expect(first.lastGood.best?.step).toBeGreaterThan(0)
    const again = await diverge({ from: decode<typeof first.lastGood>(encode(first.lastGood)) })
    if (again._tag !== "DivergedError") throw again
    expect([again.step, again.message]).toEqual([first.step, first.message])
    expect(encode(again.lastGood)).toBe(encode(first.lastGood))
  })
})
