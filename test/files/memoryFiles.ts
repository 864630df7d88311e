// A file system in memory, with as much of it as files that are written whole and read by their header ask for.
import { Effect, FileSystem, Layer, Option, Path, PlatformError } from "effect"

/** The files by path. */
export type Files = Map<string, Uint8Array>

const notFound = (path: string) =>
  Effect.fail(
    PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method: "memory", pathOrDescriptor: path })
  )

const infoOf = (bytes: Uint8Array | undefined): FileSystem.File.Info => ({
  type: bytes === undefined ? "Directory" : "File",
  mtime: Option.none(),
  atime: Option.none(),
  birthtime: Option.none(),
  dev: 0n,
  ino: Option.none(),
  mode: 0o644,
  nlink: Option.none(),
  uid: Option.none(),
  gid: Option.none(),
  rdev: Option.none(),
  size: BigInt(bytes?.length ?? 0) as FileSystem.File.Info["size"],
  blksize: Option.none(),
  blocks: Option.none()
})

const fileOf = (files: Files, path: string): FileSystem.File => {
  const bytes = (): Uint8Array => files.get(path)!
  const unused = Effect.die("nobody asks for this")
  return {
    [FileSystem.FileTypeId]: FileSystem.FileTypeId,
    stat: Effect.sync(() => infoOf(bytes())),
    sync: Effect.void,
    read: (buffer, options) =>
      Effect.sync(() => {
        const from = Number(options?.position ?? 0n)
        const part = bytes().subarray(from, from + buffer.length)
        buffer.set(part)
        return part.length
      }),
    writeAll: (chunk) =>
      Effect.sync(() => {
        const before = bytes()
        const after = new Uint8Array(before.length + chunk.length)
        after.set(before)
        after.set(chunk, before.length)
        files.set(path, after)
      }),
    seek: () => unused,
    readAlloc: () => unused,
    truncate: () => unused,
    write: () => unused
  }
}

/** Every path that is no file is a folder. */
export const memoryFiles = (files: Files): Layer.Layer<FileSystem.FileSystem | Path.Path> =>
  Layer.merge(
    Path.layer,
    FileSystem.layerNoop({
      stat: (path) => {
        const bytes = files.get(path)
        return bytes === undefined && path !== "." ? notFound(path) : Effect.succeed(infoOf(bytes))
      },
      realPath: (path) => Effect.succeed(path),
      chmod: () => Effect.void,
      open: (path, options) =>
        Effect.sync(() => {
          if (options?.flag === "wx") files.set(path, new Uint8Array(0))
          return fileOf(files, path)
        }),
      rename: (from, to) =>
        Effect.sync(() => {
          files.set(to, files.get(from)!)
          files.delete(from)
        }),
      remove: (path) => Effect.sync(() => void files.delete(path))
    })
  )
