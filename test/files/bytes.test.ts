// Reading bytes: the bytes that come out, plain or gzipped, however they are cut, and the exact words where none do.
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { expect, it, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import fc from "fast-check"
import { describe } from "vitest"
import { DataError } from "../../src/core/errors.ts"
import { open, readAll } from "../../src/files/bytes.ts"
import { allocatedBy } from "../data/allocation.ts"
import { newFolder } from "./folders.ts"
import { chunksOf, cutAt, gzip, named, noFiles, utf8 } from "./memory.ts"

const run = <A>(effect: Effect.Effect<A, unknown>) => Effect.runPromise(effect)
const read = (chunks: ReadonlyArray<Uint8Array>) => noFiles(readAll(named("stdin", chunks)))
const messageOf = (chunks: ReadonlyArray<Uint8Array>) => run(Effect.flip(read(chunks))).then((error) => error.message)

const bytes = fc.uint8Array({ maxLength: 300 }).filter((b) => b[0] !== 0x1f || b[1] !== 0x8b)
const places = fc.array(fc.nat(400), { maxLength: 12 })

describe("streams", () => {
  it("the same bytes, plain and gzipped, however they are cut", () =>
    fc.assert(
      fc.asyncProperty(bytes, places, async (content, cuts) => {
        expect(await run(read(cutAt(content, cuts)))).toEqual(content)
        expect(await run(read(cutAt(gzip(content), cuts)))).toEqual(content)
      })
    ))

  it("the first 64 bytes, and all of them after that", () =>
    fc.assert(
      fc.asyncProperty(bytes, places, fc.boolean(), async (content, cuts, zipped) => {
        const source = named("stdin", cutAt(zipped ? gzip(content) : content, cuts))
        const seen = Effect.gen(function* () {
          const opened = yield* open(source)
          const again = yield* readAll(opened) // an opened source is a source
          return { ...opened, again }
        })
        const { name, head, again } = await run(noFiles(Effect.scoped(seen)))
        expect(name).toBe("stdin")
        expect(head).toEqual(content.slice(0, 64))
        expect(again).toEqual(content)
      })
    ))

  it("content of many blocks, in chunks smaller and larger than one", async () => {
    const content = Uint8Array.from({ length: 1_500_000 }, (_, i) => (i * i) >> 5)
    for (const size of [10_000, 65_536, 100_000, 2_000_000]) {
      expect(Buffer.compare(await run(read(chunksOf(content, size))), content)).toBe(0)
    }
  })

  it("gzipped bytes in shared memory", async () => {
    const zipped = gzip(utf8("1,2\n"))
    const shared = new Uint8Array(new SharedArrayBuffer(zipped.length))
    shared.set(zipped)
    expect(await run(read([shared]))).toEqual(utf8("1,2\n"))
  })

  it("takes twice the content and 64 KiB", async () => {
    const chunks = chunksOf(new Uint8Array(16_000_000).fill(7), 65_536)
    const { taken, value } = await allocatedBy(() => run(read(chunks)))
    expect(value.length).toBe(16_000_000)
    expect(taken).toBeLessThan(2 * 16_000_000 + 65_536 + 2_000_000) // and what the stream takes for 245 chunks
  })

  it("what is handed out may be changed and stays apart from what was given", async () => {
    const given = utf8("1,2\n")
    const got = await run(read([given]))
    got[0] = 0
    expect(given).toEqual(utf8("1,2\n"))
  })
})

describe("gzip that is refused", () => {
  const problem = "it begins as gzip does, but cannot be unzipped: it is damaged, cut short, or several files joined"
  const message = `stdin: ${problem}. Make it again, or unzip it first`
  const whole = gzip(utf8("a,b\n1,2\n"))

  it("cut short, at every place", async () => {
    for (let length = 2; length < whole.length; length++) {
      expect(await messageOf([whole.subarray(0, length)])).toBe(message)
    }
  })

  it("a wrong checksum, a wrong method, rubbish behind, another file behind", async () => {
    expect(await messageOf([whole.with(whole.length - 5, 1)])).toBe(message)
    expect(await messageOf([whole.with(2, 7)])).toBe(message)
    expect(await messageOf([new Uint8Array([...whole, ...utf8("rubbish")])])).toBe(message)
    expect(await messageOf([new Uint8Array([...whole, ...whole])])).toBe(message)
    expect(await messageOf([whole, whole])).toBe(message)
  })

  it("twice", async () => {
    expect(await messageOf([gzip(gzip(utf8("a")))])).toBe("stdin: it is gzipped twice. Unzip it once first")
  })

  it("more than 100 times its size beyond 1 MiB, and not before", async () => {
    const zeros = gzip(new Uint8Array(40_000_000))
    expect(zeros.length).toBeLessThan(50_000)
    const message = "stdin: unzipped, it is more than 100 times as large. If that is meant, unzip it first"
    for (const size of [100, 10_000, 1_000_000]) expect(await messageOf(chunksOf(zeros, size))).toBe(message)
    const small = gzip(new Uint8Array(1_000_000))
    expect(small.length).toBeLessThan(2000)
    expect(await run(read([small]))).toEqual(new Uint8Array(1_000_000))
  })
})

it("a stream that fails: its own words", async () => {
  const fails = (error: unknown) => ({
    name: "stdin",
    bytes: Stream.concat(Stream.make(utf8("a")), Stream.fail(error))
  })
  const why = async (error: unknown) => (await run(Effect.flip(noFiles(readAll(fails(error)))))).message
  expect(await why(new Error("broken pipe"))).toBe("stdin: it cannot be read (broken pipe)")
  expect(await why("odd")).toBe("stdin: it cannot be read (odd)")
  expect(await why(new DataError({ source: "mine", problem: "is bad" }))).toBe("mine: is bad")
})

const folder = newFolder()

layer(NodeServices.layer)("on disk", (it) => {
  const refused = (path: string, problem: string) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readAll(path))
      expect(error).toBeInstanceOf(DataError)
      expect(error.message).toBe(`${path}: ${problem}`)
    })

  it.effect("files of many chunks, plain and gzipped", () =>
    Effect.gen(function* () {
      const content = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * i) >> 3)
      writeFileSync(join(folder, "plain"), content)
      writeFileSync(join(folder, "zipped"), gzip(content))
      writeFileSync(join(folder, "empty"), "")
      expect(Buffer.compare(yield* readAll(join(folder, "plain")), content)).toBe(0)
      expect(Buffer.compare(yield* readAll(join(folder, "zipped")), content)).toBe(0)
      expect(yield* readAll(join(folder, "empty"))).toEqual(new Uint8Array(0))
    })
  )

  it.effect("no such file", () => refused(join(folder, "none"), "there is no such file. Check the path"))

  it.effect("a directory", () => {
    mkdirSync(join(folder, "inner"))
    return refused(join(folder, "inner"), "it is a directory. Give a file in it")
  })

  it.effect("a file taken for a directory", () => {
    writeFileSync(join(folder, "file"), "")
    const path = join(folder, "file", "x.csv")
    return refused(path, `it cannot be read (ENOTDIR: not a directory, open '${path}'). Check the path`)
  })
})
