// Sources that exist in memory only, handed out in chunks of chosen sizes.

import { gzipSync } from "node:zlib"
import { Effect, FileSystem, Stream } from "effect"
import type { Named } from "../../src/files/Source.ts"

/** Bytes cut at these places; what lies behind the last is one chunk. */
export const cutAt = (bytes: Uint8Array, places: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const ends = [...new Set(places.map((p) => Math.min(p, bytes.length))), bytes.length].sort((a, b) => a - b)
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end))
}

/** Bytes cut into chunks of one size. */
export const chunksOf = (bytes: Uint8Array, size: number): ReadonlyArray<Uint8Array> =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))

export const named = (name: string, chunks: ReadonlyArray<Uint8Array>): Named => ({
  name,
  bytes: Stream.fromIterable(chunks)
})

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
export const gzip = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes))

/** A world without files. */
export const noFiles = Effect.provide(FileSystem.layerNoop({}))
