// Optimizers that keep more than the step before has made: averages of parameters, snapshots, the last few parameters.
import { layer } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { Key, Model, Noise, Optimizer, Synthetic, sgd, Tensor, Threads, Training, Tree } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { expect } from "vitest"

const data = Synthetic.regressionCurve(Key.make(0), 50)
const model = Model.regression(data, { hidden: [8] })
const inner = sgd({ learningRate: 0.001 })

/** What is kept of parameters: a record beside the state of the optimizer itself. */
interface Kept<K> {
  readonly inner: Optimizer.State<typeof inner>
  readonly step: number
  readonly kept: K
}

/** Descends, and keeps what `f` makes of what was kept and of the parameters after the step. */
const keeping = <K>(
  init: (params: unknown) => K,
  f: (kept: K, after: unknown, step: number) => K
): Optimizer.Optimizer<Kept<K>> => ({
  init: (params) => ({ inner: inner.init(params), step: 0, kept: init(params) }),
  update: (grads, state, params) => {
    const [updates, next] = inner.update(grads, state.inner, params)
    const step = state.step + 1
    return [updates, { inner: next, step, kept: f(state.kept, Optimizer.apply(params, updates), step) }]
  }
})

class Average {
  readonly mean: Tensor.Tensor
  constructor(mean: Tensor.Tensor) {
    this.mean = mean
  }
}

const average = (kept: unknown, after: unknown): unknown =>
  Tree.zip(kept, after, (a, b) => kernels(a.dtype).axpy(0.9, a, kernels(b.dtype).scale(0.1, b)))

/** The parameters after each step from the first, and what an optimizer has kept then. */
const trained = <K>(optimizer: Optimizer.Optimizer<Kept<K>>, stepsPerEvent: number) =>
  Training.events(model, data, { epochs: 8, optimizer, stepsPerEvent }).pipe(
    Stream.runCollect,
    Effect.map((events) =>
      [...events].map(({ step, state }) => ({ step, params: state.params, kept: (state.optimizer as Kept<K>).kept }))
    )
  )

const STEPS = 16

/** Runs with an event after each step, and after every five, end each step with the same bits. */
const both = Effect.fnUntraced(function* <K>(optimizer: Optimizer.Optimizer<Kept<K>>) {
  const single = yield* trained(optimizer, 1)
  expect(single.map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1))
  for (const event of yield* trained(optimizer, 5)) {
    const { params, kept } = single[event.step - 1]!
    expect(Tree.equals([event.params, event.kept], [params, kept])).toBe(true)
  }
  return single
})

const services = Layer.merge(Noise.layer(42), Threads.layer({ threads: 2 }))

layer(services)("what an optimizer keeps", (it) => {
  it.effect("may be an average over all steps", () =>
    Effect.gen(function* () {
      const events = yield* both(keeping((params) => params, average))
      for (const [i, { kept, params }] of events.entries()) {
        if (i > 0) expect(Tree.equals(kept, average(events[i - 1]!.kept, params))).toBe(true)
      }
    })
  )

  it.effect("may be a snapshot that is taken now and then", () =>
    Effect.gen(function* () {
      const events = yield* both(
        keeping(
          (params) => params,
          (kept, after, step) => (step % 6 === 0 ? after : kept)
        )
      )
      for (const [i, { kept }] of events.entries()) {
        const taken = i + 1 - ((i + 1) % 6)
        if (taken > 0) expect(Tree.equals(kept, events[taken - 1]!.params)).toBe(true)
      }
    })
  )

  it.effect("may be the parameters of the last steps", () =>
    Effect.gen(function* () {
      const last = (kept: ReadonlyArray<unknown>, after: unknown) => [after, ...kept.slice(0, 3)]
      const events = yield* both(keeping((params) => [params, params, params, params], last))
      for (let i = 3; i < events.length; i++) {
        const expected = [0, 1, 2, 3].map((back) => events[i - back]!.params)
        expect(Tree.equals(events[i]!.kept, expected)).toBe(true)
      }
    })
  )

  it.effect("ends a run if it is no finite number, though all tensors are", () =>
    Effect.gen(function* () {
      const optimizer = keeping(
        () => 0,
        (kept, _, step) => (step === 3 ? Number.NaN : kept)
      )
      const error = yield* Effect.flip(Training.fit(model, data, { epochs: 8, optimizer }))
      expect(error).toMatchObject({ _tag: "DivergedError", what: "what the optimizer keeps at kept" })
    })
  )

  it.effect("stays what it is if it is no plain record", () =>
    Effect.gen(function* () {
      const optimizer = keeping(
        () => ({ last: new Float64Array(2), seen: new Map<number, string>() }),
        ({ seen }, _, step) => ({ last: Float64Array.of(step - 1, step), seen: new Map(seen).set(step, "seen") })
      )
      const events = yield* trained(optimizer, 5)
      expect(events[1]!.kept.last).toEqual(Float64Array.of(9, 10))
      expect([...events[0]!.kept.seen.keys()]).toEqual([1, 2, 3, 4, 5])
    })
  )

  it.effect.each([
    ["Map", (t: Tensor.Tensor) => [new Map([["a", { b: [t] }]])]],
    ["Set", (t: Tensor.Tensor) => ({ seen: new Set([t]) })],
    ["Average", (t: Tensor.Tensor) => new Average(t)],
    ["Map", (t: Tensor.Tensor) => new Map([[1, new Set([new Map([[t, 1]])])]])]
  ] as const)("is refused at the first step where a %s holds tensors", ([name, hold]) =>
    Effect.gen(function* () {
      const first = (params: unknown) => hold(Tree.leaves(params)[0]!.value)
      const steps: Array<number> = []
      const optimizer = keeping<unknown>(first, (_, after, step) => {
        steps.push(step)
        return first(after)
      })
      const error = yield* Effect.flip(Training.fit(model, data, { epochs: 8, optimizer }))
      expect(error).toMatchObject({
        _tag: "ShapeError",
        where: "a step's state",
        expected: "tensors in records and arrays alone, so that they can be kept",
        actual: `tensors in an object of the class ${name}`,
        hint: "Make it a plain record: Object.fromEntries(map), say"
      })
      expect(steps).toEqual([1])
    })
  )

  it.effect("is lost beside the state, which is told in words", () =>
    Effect.gen(function* () {
      let hidden: unknown
      const optimizer = keeping(
        () => 0,
        (kept, after, step) => {
          if (step === 3) hidden = after
          return hidden === undefined ? kept : kernels("float32").sum(Tree.leaves(hidden)[0]!.value)
        }
      )
      const error = yield* Effect.flip(Training.fit(model, data, { epochs: 8, optimizer }))
      expect(error.message).toContain(
        "whose memory has been given to a later step. Only what a step returns as its state"
      )
    })
  )

  it.effect("comes out of a run as tensors of the heap, which nothing writes to", () =>
    Effect.gen(function* () {
      const optimizer = keeping((params) => params, average)
      const events = yield* trained(optimizer, 1)
      const before = events.map(({ kept }) => Tree.leaves(kept).map(({ value }) => Tensor.toBytes(value)))
      yield* trained(optimizer, 1)
      expect(events.map(({ kept }) => Tree.leaves(kept).map(({ value }) => Tensor.toBytes(value)))).toEqual(before)
    })
  )
})
