/**
 * Files that appear whole or not at all: written under another name beside their place, brought to the disk, and then
 * moved there. Whatever goes wrong, whatever was there before keeps its bytes.
 *
 * @since 0.3.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import { DataError } from "../core/errors.ts"

/** Bytes that one call writes: between two calls a write can be interrupted. */
const PIECE = 1 << 22

const codeOf = (cause: unknown): unknown =>
  typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined

/** What a failed write is to people. @category errors @since 0.3.0 */
export const cannotWrite =
  (source: string) =>
  ({ reason, message }: PlatformError): DataError => {
    const { cause } = reason
    if (codeOf(cause) === "ENOSPC") {
      const hint = "Make room, or choose another place. What was there before is as it was"
      return new DataError({ source, problem: "it cannot be written (the disk is full)", hint })
    }
    const why = cause instanceof Error ? cause.message : message
    return new DataError({ source, problem: `it cannot be written (${why})`, hint: "Choose another place" })
  }

/** Where the bytes go, links followed, and the rights that the file there has, if there is one. */
interface Place {
  readonly folder: string
  readonly name: string
  readonly path: string
  readonly mode?: number
}

/** **Errors**: `DataError` where no file can be: a folder or a device is there, or there is no folder to put it in. */
const placeOf = Effect.fnUntraced(function* (source: string) {
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const refuse = (problem: string, hint: string) => new DataError({ source, problem, hint })
  const look = (path: string) =>
    fs.stat(path).pipe(
      Effect.catchIf(
        ({ reason }) => reason._tag === "NotFound",
        () => Effect.succeed(undefined)
      ),
      Effect.mapError(cannotWrite(source))
    )
  if (source === "") return yield* refuse("the name of a file is empty", "Give one")
  const there = yield* look(source)
  if (there?.type === "Directory") return yield* refuse("it is a directory", "Give the name of a file in it")
  if (there !== undefined && there.type !== "File") {
    return yield* refuse("it is no ordinary file and cannot be replaced", "Choose another name")
  }
  // A link stays one: what it points to is replaced.
  const path = there === undefined ? source : yield* fs.realPath(source).pipe(Effect.mapError(cannotWrite(source)))
  const folder = paths.dirname(path)
  const around = yield* look(folder)
  if (around === undefined) return yield* refuse(`there is no folder ${folder}`, "Make it first, or choose another")
  if (around.type !== "Directory") return yield* refuse(`${folder} is no folder`, "Choose another place")
  const place: Place = { folder, name: paths.basename(path), path }
  return there === undefined ? place : { ...place, mode: there.mode & 0o777 }
})

/** A name beside the file that nobody else has: results do not depend on it. */
const partialOf = ({ folder, name }: Place): Effect.Effect<string, never, Path.Path> =>
  Effect.map(Path.Path, (paths) => {
    const [high, low] = crypto.getRandomValues(new Uint32Array(2))
    const random = [high!, low!].map((word) => word.toString(16).padStart(8, "0")).join("")
    return paths.join(folder, `.${name}.${random}.partial`)
  })

const isPartialOf = (name: string, candidate: string): boolean =>
  candidate.startsWith(`.${name}.`) && /^[0-9a-f]{16}\.partial$/.test(candidate.slice(name.length + 2))

/** A call that runs on after its fiber was interrupted would write to whatever file is opened next under its number. */
const writeTo = Effect.fnUntraced(function* (file: FileSystem.File, content: Iterable<Uint8Array>) {
  for (const bytes of content) {
    for (let at = 0; at < bytes.length; at += PIECE) {
      yield* Effect.uninterruptible(file.writeAll(bytes.subarray(at, at + PIECE)))
    }
  }
  yield* Effect.uninterruptible(file.sync)
})

/** The name itself is safe once its folder is on the disk; not every platform can open a folder. */
const syncFolder = (folder: string): Effect.Effect<void, never, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.scoped(Effect.flatMap(fs.open(folder), (opened) => opened.sync)).pipe(Effect.ignore)
  )

const chunksOf = (content: string | Uint8Array | Iterable<Uint8Array>): Iterable<Uint8Array> => {
  if (typeof content === "string") return [new TextEncoder().encode(content)]
  return content instanceof Uint8Array ? [content] : content
}

/**
 * Writes a file whole: a temporary file `.NAME.RANDOM.partial` beside it, brought to the disk, takes its place. A file
 * that was there keeps its rights, and its bytes if anything fails or the write is interrupted; then no temporary file
 * is left. A process that is killed leaves one: see `sweep`.
 *
 * Chunks are taken as they are written, so that a generator's need not all be in memory. **Errors**: `DataError` that
 * says why the file cannot be written.
 *
 * @category writing
 * @since 0.3.0
 */
export const writeWhole: (
  path: string,
  content: string | Uint8Array | Iterable<Uint8Array>
) => Effect.Effect<void, DataError, FileSystem.FileSystem | Path.Path> = Effect.fnUntraced(function* (path, content) {
  const fs = yield* FileSystem.FileSystem
  const place = yield* placeOf(path)
  const partial = yield* partialOf(place)
  const { mode } = place
  const options = { flag: "wx", ...(mode === undefined ? {} : { mode }) } as const
  const write = Effect.scoped(Effect.flatMap(fs.open(partial, options), (file) => writeTo(file, chunksOf(content))))
  const grant = mode === undefined ? Effect.void : Effect.ignore(fs.chmod(partial, mode)) // no less than it had
  const move = Effect.uninterruptible(Effect.andThen(fs.rename(partial, place.path), syncFolder(place.folder)))
  yield* write.pipe(
    Effect.andThen(grant),
    Effect.andThen(move),
    Effect.onError(() => Effect.ignore(fs.remove(partial))),
    Effect.mapError(cannotWrite(path))
  )
})

/**
 * Finds out beforehand whether `writeWhole` can write a file: one is made beside it and removed at once.
 *
 * **Errors**: `DataError` for a directory or a device of that name, a folder that is missing, read-only or full.
 *
 * @category writing
 * @since 0.3.0
 */
export const assertWritable: (path: string) => Effect.Effect<void, DataError, FileSystem.FileSystem | Path.Path> =
  Effect.fnUntraced(function* (path) {
    const fs = yield* FileSystem.FileSystem
    const place = yield* placeOf(path)
    const partial = yield* partialOf(place)
    const tried = Effect.scoped(
      Effect.flatMap(fs.open(partial, { flag: "wx" }), (file) =>
        Effect.uninterruptible(file.writeAll(new Uint8Array(1)))
      )
    )
    yield* tried.pipe(Effect.ensuring(Effect.ignore(fs.remove(partial))), Effect.mapError(cannotWrite(path)))
  })

/**
 * Removes the temporary files that killed runs left beside a file. Not while another process writes it.
 *
 * **Errors**: `DataError` where the folder cannot be read, or such a file not be removed.
 *
 * @category writing
 * @since 0.3.0
 */
export const sweep: (path: string) => Effect.Effect<void, DataError, FileSystem.FileSystem | Path.Path> =
  Effect.fnUntraced(function* (path) {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const { folder, name } = yield* placeOf(path)
    const swept = Effect.flatMap(fs.readDirectory(folder), (names) =>
      Effect.forEach(
        names.filter((candidate) => isPartialOf(name, candidate)),
        (left) => fs.remove(paths.join(folder, left)),
        { discard: true }
      )
    )
    yield* Effect.mapError(swept, cannotWrite(path))
  })
