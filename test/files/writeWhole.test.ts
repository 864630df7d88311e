// Files that appear whole or not at all, whatever fails and whenever.
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Deferred, Effect, Fiber, FileSystem, PlatformError } from "effect"
import { Files } from "effect-bayes"
import { describe, expect } from "vitest"
import { contents, newFolder, smallDisk } from "./folders.ts"

const disk = smallDisk(1 << 20)

const messageOf = <A, E extends Error, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ message }) => message)

/** A file system whose n-th change fails, from 0; `changes` are the names of those that were asked for. */
const failing = (n: number) => {
  const changes: Array<string> = []
  const fail = <A>(name: string, effect: Effect.Effect<A, PlatformError.PlatformError>) =>
    Effect.suspend(() => {
      changes.push(name)
      if (changes.length - 1 !== n) return effect
      const error = { _tag: "Unknown", module: "FileSystem", method: name, cause: new Error("EIO: broken") } as const
      return Effect.fail(PlatformError.systemError(error))
    })
  const wrapped = (fs: FileSystem.FileSystem): FileSystem.FileSystem => ({
    ...fs,
    open: (path, options) =>
      fail("open", Effect.void).pipe(
        Effect.andThen(fs.open(path, options)),
        Effect.map(
          (file) =>
            Object.create(file, {
              writeAll: { value: (bytes: Uint8Array) => fail("write", file.writeAll(bytes)) },
              sync: { value: fail("sync", file.sync) }
            }) as FileSystem.File
        )
      ),
    rename: (from, to) => fail("rename", fs.rename(from, to))
  })
  const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.provideService(effect, FileSystem.FileSystem, wrapped(fs)))
  return { changes, run }
}

describe("writeWhole", () => {
  it.effect("writes texts, bytes and chunks, and leaves nothing beside them", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const encoded = (text: string) => new TextEncoder().encode(text)
      yield* Files.writeWhole(join(folder, "a"), "Grüße")
      yield* Files.writeWhole(join(folder, "b"), encoded("bytes"))
      yield* Files.writeWhole(join(folder, "b"), encoded("other bytes"))
      yield* Files.writeWhole(
        join(folder, "c"),
        (function* () {
          yield encoded("one, ")
          yield new Uint8Array(0)
          yield encoded("two")
        })()
      )
      yield* Files.writeWhole(join(folder, "d"), "")
      expect(contents(folder)).toEqual({ a: "Grüße", b: "other bytes", c: "one, two", d: "" })
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("writes more than one piece", () =>
    Effect.gen(function* () {
      const path = join(newFolder(), "large")
      const bytes = Uint8Array.from({ length: 9_000_001 }, (_, i) => i % 251)
      yield* Files.writeWhole(path, bytes)
      expect(readFileSync(path).equals(bytes)).toBe(true)
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("keeps a file's rights, and a link a link", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      writeFileSync(join(folder, "mine"), "old")
      chmodSync(join(folder, "mine"), 0o626)
      symlinkSync("mine", join(folder, "link"))
      yield* Files.writeWhole(join(folder, "link"), "new")
      expect(contents(folder)).toEqual({ mine: "new", link: "new" })
      expect(statSync(join(folder, "mine")).mode & 0o777).toBe(0o626)
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("whichever change fails: old bytes and an error, or new ones and none; nothing beside them", () =>
    Effect.gen(function* () {
      const seen = new Set<string>()
      for (let n = 0; ; n++) {
        const folder = newFolder()
        writeFileSync(join(folder, "file"), "old")
        const { changes, run } = failing(n)
        const result = yield* Effect.result(run(Files.writeWhole(join(folder, "file"), ["one ", "two"].map(encode))))
        if (changes.length <= n) break
        seen.add(changes[n]!)
        // What comes after the move brings the folder to the disk, which not every platform can.
        const whole = changes.indexOf("rename") >= 0 && changes.indexOf("rename") < n
        expect(result._tag).toBe(whole ? "Success" : "Failure")
        expect(contents(folder)).toEqual({ file: whole ? "one two" : "old" })
        if (result._tag === "Failure") {
          const problem = "it cannot be written (EIO: broken). Choose another place"
          expect(result.failure.message).toBe(`${join(folder, "file")}: ${problem}`)
        }
      }
      expect([...seen]).toEqual(["open", "write", "sync", "rename"])
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("interrupted in the middle of a write: old bytes, nothing beside them", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const path = join(folder, "file")
      writeFileSync(path, "old")
      const amid = yield* Deferred.make<ReadonlyArray<string>>()
      const content = function* () {
        yield encode("the first half")
        for (;;) {
          Deferred.doneUnsafe(amid, Effect.succeed(Object.values(contents(folder))))
          yield encode(".")
        }
      }
      const fiber = yield* Effect.forkChild(Files.writeWhole(path, content()))
      expect([...(yield* Deferred.await(amid))].sort()).toEqual(["old", "the first half"])
      yield* Fiber.interrupt(fiber)
      expect(contents(folder)).toEqual({ file: "old" })
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect.skipIf(disk === undefined)(
    "a full disk: old bytes, nothing beside them, and it says so (skipped where none can be mounted)",
    () =>
      Effect.gen(function* () {
        const path = join(disk!, "file")
        yield* Files.writeWhole(path, "old")
        const content = Array.from({ length: 20 }, () => new Uint8Array(100_000))
        const hint = "Make room, or choose another place. What was there before is as it was"
        const full = `${path}: it cannot be written (the disk is full). ${hint}`
        expect(yield* messageOf(Files.writeWhole(path, content))).toBe(full)
        expect(contents(disk!)).toEqual({ file: "old" })
        const fill = join(disk!, "fill")
        for (let size = 1 << 20; size > 0; size >>= 1) {
          yield* Effect.ignore(Files.writeWhole(`${fill}${size}`, new Uint8Array(size)))
        }
        expect(yield* messageOf(Files.assertWritable(join(disk!, "other")))).toBe(
          full.replace(path, join(disk!, "other"))
        )
        expect(Object.keys(contents(disk!)).filter((name) => !name.startsWith("fill"))).toEqual(["file"])
      }).pipe(Effect.provide(NodeServices.layer))
  )
})

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

describe("assertWritable and writeWhole refuse", () => {
  const folder = newFolder()
  mkdirSync(join(folder, "folder"))
  writeFileSync(join(folder, "file"), "old")
  const there = join(folder, "missing")
  const refused: ReadonlyArray<readonly [string, string, string]> = [
    ["a directory", join(folder, "folder"), "it is a directory. Give the name of a file in it"],
    ["a missing folder", join(there, "m"), `there is no folder ${there}. Make it first, or choose another`],
    ["a device", "/dev/null", "it is no ordinary file and cannot be replaced. Choose another name"],
    ["no name", "", "the name of a file is empty. Give one"]
  ]
  for (const [name, path, problem] of refused) {
    it.effect(name, () =>
      Effect.gen(function* () {
        expect(yield* messageOf(Files.assertWritable(path))).toBe(`${path}: ${problem}`)
        expect(yield* messageOf(Files.writeWhole(path, "new"))).toBe(`${path}: ${problem}`)
        expect(contents(join(folder, "folder"))).toEqual({})
      }).pipe(Effect.provide(NodeServices.layer))
    )
  }

  it.effect("a folder below a file", () =>
    Effect.gen(function* () {
      const path = join(folder, "file", "m")
      const why = `ENOTDIR: not a directory, stat '${path}'`
      const message = `${path}: it cannot be written (${why}). Choose another place`
      expect(yield* messageOf(Files.assertWritable(path))).toBe(message)
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("a file system that is read-only", () =>
    Effect.gen(function* () {
      const path = "/proc/sys/model"
      expect(yield* messageOf(Files.assertWritable(path))).toMatch(
        /^\/proc\/sys\/model: it cannot be written \(E[A-Z]+: /
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("nothing where a file can be, and leave what is there", () =>
    Effect.gen(function* () {
      const clean = newFolder()
      writeFileSync(join(clean, "file"), "old")
      yield* Files.assertWritable(join(clean, "file"))
      yield* Files.assertWritable(join(clean, "new"))
      expect(contents(clean)).toEqual({ file: "old" })
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

it.effect("sweep removes what killed runs left of this file, and nothing else", () =>
  Effect.gen(function* () {
    const folder = newFolder()
    const others = [
      "m",
      "m.partial",
      ".m.partial",
      ".m.0123456789abcde.partial",
      ".m.x.0123456789abcdef.partial",
      ".n.0123456789abcdef.partial"
    ]
    for (const name of [...others, ".m.0123456789abcdef.partial", ".m.00000000ffffffff.partial"]) {
      writeFileSync(join(folder, name), "")
    }
    yield* Files.sweep(join(folder, "m"))
    expect(Object.keys(contents(folder)).sort()).toEqual([...others].sort())
  }).pipe(Effect.provide(NodeServices.layer))
)
