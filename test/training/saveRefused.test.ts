// What saving refuses, and what a failed or interrupted save leaves: what was there before.
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Deferred, Effect, Fiber, FileSystem } from "effect"
import { BayesianLinear, Key, Model, sequential, Tensor } from "effect-bayes"
import { describe, expect } from "vitest"
import { contents, newFolder, smallDisk } from "../files/folders.ts"
import { messageOf, model, modelOf, params } from "./smallModel.ts"

const disk = smallDisk(1 << 20)

describe("save", () => {
  it.effect("refuses parameters that are not the model's or not finite, and leaves what is there", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const path = join(folder, "m")
      writeFileSync(path, "old")
      const other = modelOf(BayesianLinear.make({ in: 2, out: 1 }))
      const misfit = yield* messageOf(Model.save<unknown, unknown, unknown>(path, { model: other, params }))
      expect(misfit).toBe(
        `${path}: the parameters are not those of the model: missing are network.bias.logStd, network.bias.mean, network.weight.logStd, network.weight.mean; superfluous are network.0.bias.logStd, network.0.bias.mean, network.0.weight.logStd, network.0.weight.mean, network.2.bias.logStd and 3 more`
      )
      const infinite = { ...params, likelihood: { logStd: Tensor.from([Number.POSITIVE_INFINITY]) } }
      expect(yield* messageOf(Model.save(path, { model, params: infinite }))).toBe(
        `${path}: the parameters are not finite at likelihood.logStd`
      )
      expect(contents(folder)).toEqual({ m: "old" })
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("says that a folder is missing", () =>
    Effect.gen(function* () {
      const folder = join(newFolder(), "none")
      expect(yield* messageOf(Model.save(join(folder, "m"), { model, params }))).toBe(
        `${join(folder, "m")}: there is no folder ${folder}. Make it first, or choose another`
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect.skipIf(disk === undefined)(
    "on a full disk: the old model stays, nothing beside it, and it says so (skipped where none can be mounted)",
    () =>
      Effect.gen(function* () {
        const path = join(disk!, "m")
        yield* Model.save(path, { model, params })
        const before = readFileSync(path)
        const wide = modelOf(
          sequential(BayesianLinear.make({ in: 2, out: 50_000 }), BayesianLinear.make({ in: 50_000, out: 1 }))
        )
        const hint = "Make room, or choose another place. What was there before is as it was"
        expect(yield* messageOf(Model.save(path, { model: wide, params: Model.init(wide, Key.make(0)) }))).toBe(
          `${path}: it cannot be written (the disk is full). ${hint}`
        )
        expect(readFileSync(path).equals(before)).toBe(true)
        expect(Object.keys(contents(disk!))).toEqual(["m"])
      }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("interrupted in the middle of a write: the old model stays, nothing beside it", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const path = join(folder, "m")
      yield* Model.save(path, { model, params })
      const before = readFileSync(path)
      const amid = yield* Deferred.make<void>()
      const fs = yield* FileSystem.FileSystem
      /** Whoever syncs waits for ever: what was written so far lies beside the model. */
      const stuck: FileSystem.FileSystem = {
        ...fs,
        open: (name, options) =>
          Effect.map(
            fs.open(name, options),
            (opened) =>
              Object.create(opened, {
                sync: { value: Effect.andThen(Deferred.succeed(amid, undefined), Effect.interruptible(Effect.never)) }
              }) as FileSystem.File
          )
      }
      const other = Model.init(model, Key.make(1))
      const saving = Effect.provideService(Model.save(path, { model, params: other }), FileSystem.FileSystem, stuck)
      const fiber = yield* Effect.forkChild(saving)
      yield* Deferred.await(amid)
      expect(Object.keys(contents(folder)).length).toBe(2)
      yield* Fiber.interrupt(fiber)
      expect(Object.keys(contents(folder))).toEqual(["m"])
      expect(readFileSync(path).equals(before)).toBe(true)
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
