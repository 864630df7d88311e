/**
 * Reading a safetensors file by its header: whatever it says is held against the size of the file before anything of
 * that size is allocated.
 *
 * @since 0.3.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import { attempt } from "../core/attempt.ts"
import { CheckpointError } from "../core/errors.ts"
import * as Shape from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import { decodeHeader, decodeInto, type Entry, type Header, headerLength, PREFIX, specOf } from "./safetensors.ts"

/** Bytes that one call reads, a multiple of every number's. */
const PIECE = 1 << 22

/** @category models @since 0.3.0 */
export interface Opened {
  readonly header: Header
  /** The size of the file. */
  readonly bytes: number
  /** Reads one of the header's tensors. */
  readonly read: (entry: Entry) => Effect.Effect<Tensor.Tensor, CheckpointError>
}

const cannotRead =
  (source: string) =>
  ({ reason, message }: PlatformError): CheckpointError => {
    const { cause } = reason
    if (reason._tag === "NotFound") {
      return new CheckpointError({ source, problem: "there is no such file", hint: "Check the path" })
    }
    const why = cause instanceof Error ? cause.message : message
    return new CheckpointError({ source, problem: `it cannot be read (${why})` })
  }

/** Numbers of a dtype, all 0. **Errors**: `CheckpointError` where there is no room for them. */
const allocate = (source: string, { name }: Entry, { dtype, shape }: Shape.TensorSpec): Float32Array | Float64Array => {
  try {
    return dtype === "float32" ? new Float32Array(Shape.size(shape)) : new Float64Array(Shape.size(shape))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new CheckpointError({ source, problem: `its tensor ${JSON.stringify(name)} does not fit into memory` })
  }
}

/**
 * Opens a file and reads its header.
 *
 * **Errors**: `CheckpointError` for a file that is missing, a directory, cut off, or not as the format has it.
 *
 * @category reading
 * @since 0.3.0
 */
export const openSafetensors: (
  path: string
) => Effect.Effect<Opened, CheckpointError, FileSystem.FileSystem | Scope.Scope> = Effect.fnUntraced(
  function* (source) {
    const fs = yield* FileSystem.FileSystem
    const { type } = yield* Effect.mapError(fs.stat(source), cannotRead(source))
    if (type === "Directory") {
      return yield* new CheckpointError({ source, problem: "it is a directory", hint: "Give a file in it" })
    }
    // To open a pipe would wait for whoever writes to it.
    if (type !== "File") return yield* new CheckpointError({ source, problem: "it is no ordinary file" })
    const file = yield* Effect.mapError(fs.open(source), cannotRead(source))
    const { size } = yield* Effect.mapError(file.stat, cannotRead(source))
    const bytes = Number(size)

    const fill = Effect.fnUntraced(function* (buffer: Uint8Array, from: number) {
      for (let at = 0; at < buffer.length; ) {
        const position = BigInt(from + at) as FileSystem.File.ReadOptions["position"]
        const count = yield* Effect.mapError(file.read(buffer.subarray(at), { position }), cannotRead(source))
        if (count === 0)
          return yield* new CheckpointError({ source, problem: `it is cut off after ${from + at} bytes` })
        at += count
      }
      return buffer
    })

    const prefix = yield* fill(new Uint8Array(Math.min(PREFIX, bytes)), 0)
    const length = yield* attempt(() => headerLength(source, prefix, bytes), CheckpointError)
    const text = yield* fill(new Uint8Array(length), PREFIX)
    const data = PREFIX + length
    const header = yield* attempt(() => decodeHeader(source, text, bytes - data), CheckpointError)

    const read = Effect.fnUntraced(function* (entry: Entry) {
      const { begin, end } = entry
      const spec = yield* attempt(() => specOf(source, entry), CheckpointError)
      const values = yield* attempt(() => allocate(source, entry, spec), CheckpointError)
      const piece = new Uint8Array(Math.min(PIECE, end - begin))
      for (let at = begin; at < end; at += PIECE) {
        const part = yield* fill(piece.subarray(0, Math.min(PIECE, end - at)), data + at)
        decodeInto(values, (at - begin) / values.BYTES_PER_ELEMENT, part)
      }
      return Tensor.from(values, { shape: spec.shape })
    })
    return { header, bytes, read }
  }
)
