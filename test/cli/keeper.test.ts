// When a run is written: by its steps, however many of them an event tells of, and wherever it began.
import { existsSync, rmSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer, Option, Stream } from "effect"
import { Dataset, Model, Noise, Training } from "effect-bayes"
import { expect, it } from "vitest"
import { keeper } from "../../src/cli/keeping.ts"
import { folderOf } from "./run.ts"

const path = join(folderOf(), "m")
const data = Dataset.make({ x: [[1], [2], [3]], y: [[1], [3], [2]] })
const model = Model.regression(data, { hidden: [1] })
const flags = { out: Option.some(path), checkpointEvery: 100, resume: false, force: false, json: false }

/** The events of a run of one step an epoch, and what a keeper of it does at each: the step, and whether it is in the file then. */
const kept = (stepsPerEvent: number, from?: Training.Checkpoint<unknown, unknown>) =>
  Effect.gen(function* () {
    const { onEvent } = keeper(model, flags, Option.fromUndefinedOr(from))
    const options = { epochs: 450, stepsPerEvent, ...(from === undefined ? {} : { from }) }
    const seen = Stream.mapEffect(Training.events(model, data, options), (event) =>
      Effect.gen(function* () {
        rmSync(path, { force: true })
        yield* onEvent(event)
        return [event.step, existsSync(path), event.state] as const
      })
    )
    return yield* Stream.runCollect(seen)
  }).pipe(Effect.provide(Layer.mergeAll(NodeServices.layer, Noise.layer(1))))

it("writes at the first event behind each so many steps, and at the end", async () => {
  const steps = (events: Effect.Success<ReturnType<typeof kept>>) => events.map(([step, written]) => [step, written])
  const often = await Effect.runPromise(kept(60))
  expect(steps(often)).toEqual([
    [60, false],
    [120, true],
    [180, false],
    [240, true],
    [300, true],
    [360, false],
    [420, true],
    [450, true]
  ])
  expect(steps(await Effect.runPromise(kept(150)))).toEqual([
    [150, true],
    [300, true],
    [450, true]
  ])
  const [, , state] = often[2]!
  expect(steps(await Effect.runPromise(kept(15, state))).slice(0, 3)).toEqual([
    [195, false],
    [210, true],
    [225, false]
  ])
})

it("says at an interruption before the first event where the run that it went on from is kept", async () => {
  const [, , state] = (await Effect.runPromise(kept(60)))[2]!
  const said: Array<unknown> = []
  const listening = Object.assign(Object.create(console) as Console.Console, {
    error: (words: unknown) => said.push(words)
  })
  const interrupt = (from: Option.Option<typeof state>) =>
    Effect.runPromise(
      keeper(model, flags, from).onInterrupt.pipe(
        Effect.provideService(Console.Console, listening),
        Effect.provide(NodeServices.layer)
      )
    )
  await interrupt(Option.some(state))
  await interrupt(Option.none())
  expect(said).toEqual([expect.stringContaining(`interrupted after step 180 of 450, which is kept in ${path}; go on`)])
})
