// How often a run copies its state out of the workspace: at each event of a stream, of which any may be the last one that
// somebody takes, but once for a fit.
import { expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { adam, Key, Model, Noise, Synthetic, Tensor, Training } from "effect-bayes"
import { tensorsOf } from "effect-bayes/kernels"
import { vi } from "vitest"
import { Engine } from "../../src/kernels/simd/Engine.ts"

const data = Synthetic.regressionCurve(Key.make(0), 60)
const model = Model.regression(data, { hidden: [8] })
const options = { epochs: 30, batchSize: 20, stepsPerEvent: 10, optimizer: adam({ learningRate: 1e-2 }) }

it.effect("is once for a fit, which ends as the stream does", () =>
  Effect.gen(function* () {
    const copies = vi.spyOn(Engine.prototype, "copy")
    const events = yield* Stream.runCollect(Training.events(model, data, options))
    const eachEvent = copies.mock.calls.length
    copies.mockClear()
    const fit = yield* Training.fit(model, data, options)
    const once = copies.mock.calls.length
    copies.mockRestore()

    const states = [fit.state, events.at(-1)!.state].map(({ params, optimizer }) => tensorsOf({ params, optimizer }))
    expect([events.length, once]).toEqual([9, eachEvent - 8 * states[0]!.length])
    const [ofFit, ofStream] = states.map((all) => all.map((t) => [...Tensor.toBytes(t)]))
    expect(ofFit).toEqual(ofStream)
    expect(ofFit!.length).toBe(3 * 9)
    expect(fit.history).toEqual(events.map(({ step, loss }) => ({ step, loss })))
  }).pipe(Effect.scoped, Effect.provide(Noise.layer(3)))
)
