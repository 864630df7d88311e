/**
 * Reading the bytes of a source, unzipped where they are gzipped.
 *
 * @since 0.3.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { isPlatformError } from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import * as Sink from "effect/Sink"
import * as Stream from "effect/Stream"
import { DataError } from "../core/errors.ts"
import { gunzip, isGzip } from "./gunzip.ts"
import { type Named, nameOf, type Source } from "./Source.ts"

/** A source whose first bytes have been looked at. @category models @since 0.3.0 */
export interface Opened extends Named {
  /** All bytes, the first ones too; to be read once, and in the scope that it was opened in. */
  readonly bytes: Stream.Stream<Uint8Array, DataError>
  /** The first 64 bytes, unzipped; fewer where there are no more. */
  readonly head: Uint8Array
}

const HEAD = 64

/** Why a source cannot be read, in words for people. */
const explain: (source: Source, error: unknown) => Effect.Effect<DataError, never, FileSystem.FileSystem> =
  Effect.fnUntraced(function* (source, error) {
    const fs = yield* FileSystem.FileSystem
    if (error instanceof DataError) return error
    const say = (problem: string, hint = "Check the path"): DataError =>
      new DataError({ source: nameOf(source), problem, ...(typeof source === "string" ? { hint } : {}) })
    const reason = isPlatformError(error) ? error.reason : undefined
    if (reason?._tag === "NotFound") return say("there is no such file")
    const isFolder =
      typeof source === "string" &&
      (yield* Effect.orElseSucceed(fs.stat(source), () => undefined))?.type === "Directory"
    if (isFolder) return say("it is a directory", "Give a file in it")
    const cause = reason?.cause ?? error
    return say(`it cannot be read (${cause instanceof Error ? cause.message : String(cause)})`)
  })

const rawBytes = (source: Source): Stream.Stream<Uint8Array, DataError, FileSystem.FileSystem> => {
  const raw: Stream.Stream<Uint8Array, unknown, FileSystem.FileSystem> =
    typeof source === "string"
      ? Stream.unwrap(Effect.map(FileSystem.FileSystem, (fs) => fs.stream(source)))
      : source.bytes
  return Stream.catch(raw, (error) => Stream.fromEffect(Effect.flatMap(explain(source, error), Effect.fail)))
}

/** The first bytes of a stream, at least so many where there are so many, and the stream with them. */
const peek = <E, R>(
  stream: Stream.Stream<Uint8Array, E, R>,
  count: number
): Effect.Effect<readonly [head: Uint8Array, whole: Stream.Stream<Uint8Array, E>], E, R | Scope.Scope> =>
  Effect.gen(function* () {
    let length = 0
    const enough = Sink.takeUntil((chunk: Uint8Array) => {
      length += chunk.length
      return length >= count
    })
    const [chunks, rest] = yield* Stream.peel(stream, enough)
    const head = new Uint8Array(Math.min(length, count))
    let at = 0
    for (const chunk of chunks) {
      head.set(chunk.subarray(0, head.length - at), at)
      at = Math.min(at + chunk.length, head.length)
    }
    return [head, Stream.concat(Stream.fromArray(chunks), rest)]
  })

/**
 * Opens a source: its first bytes, to know its format by, and a stream of all of them. Standard input can be opened too,
 * and an opened source is a `Source` again.
 *
 * **Errors**: `DataError` where it is missing, a directory, unreadable, or gzip that is damaged, cut short, or expands to
 * more than 100 times its size beyond 1 MiB.
 *
 * @category readers
 * @since 0.3.0
 */
export const open: (source: Source) => Effect.Effect<Opened, DataError, FileSystem.FileSystem | Scope.Scope> =
  Effect.fnUntraced(function* (source) {
    const name = nameOf(source)
    const [start, raw] = yield* peek(rawBytes(source), 2)
    const [head, bytes] = yield* peek(isGzip(start) ? gunzip(name, raw) : raw, HEAD)
    if (!(isGzip(start) && isGzip(head))) return { name, head, bytes }
    return yield* new DataError({ source: name, problem: "it is gzipped twice", hint: "Unzip it once first" })
  })

const BLOCK = 64 * 1024

/** Bytes kept in blocks of one size, however small the chunks that they come in. */
const keeper = () => {
  const full: Array<Uint8Array> = []
  let [last, used] = [new Uint8Array(BLOCK), 0]
  const length = (): number => full.length * BLOCK + used
  return {
    length,
    add: (chunk: Uint8Array): void => {
      for (let at = 0; at < chunk.length; ) {
        if (used === BLOCK) {
          full.push(last)
          last = new Uint8Array(BLOCK)
          used = 0
        }
        const part = chunk.subarray(at, at + BLOCK - used)
        last.set(part, used)
        used += part.length
        at += part.length
      }
    },
    all: (): Uint8Array => {
      const content = new Uint8Array(length())
      for (const [i, block] of full.entries()) content.set(block, i * BLOCK)
      content.set(last.subarray(0, used), full.length * BLOCK)
      return content
    }
  }
}

/**
 * The whole content of a source in one array, unzipped.
 *
 * **Numerics**: allocates at most twice the content and 64 KiB, besides the chunks that it comes in.
 *
 * **Errors**: those of `open`, and `DataError` where the content is larger than an array can be.
 *
 * @category readers
 * @since 0.3.0
 */
export const readAll: (source: Source) => Effect.Effect<Uint8Array, DataError, FileSystem.FileSystem> =
  Effect.fnUntraced(function* (source) {
    const { name, bytes } = yield* open(source)
    const kept = keeper()
    const tooLarge = (): DataError => {
      const problem = `it is too large to be held whole (${kept.length()} bytes and more)`
      return new DataError({ source: name, problem, hint: "Read a smaller file" })
    }
    yield* Stream.runForEach(bytes, (chunk) => Effect.try({ try: () => kept.add(chunk), catch: tooLarge }))
    return yield* Effect.try({ try: kept.all, catch: tooLarge })
  }, Effect.scoped)
