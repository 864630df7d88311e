// A file that exists in memory only, handed out in chunks of a chosen size.
import { Effect, FileSystem, Stream } from "effect"
import { Dataset } from "effect-bayes"

const chunksOf = (bytes: Uint8Array, size: number): ReadonlyArray<Uint8Array> =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))

/** What `readCsv` makes of this content, under the name "t.csv". */
export const readContent = (
  content: string | Uint8Array,
  target: string | ReadonlyArray<string>,
  chunkSize = 65_536
) => {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
  const stream = () => Stream.fromIterable(chunksOf(bytes, chunkSize))
  return Dataset.readCsv("t.csv", { target }).pipe(Effect.provide(FileSystem.layerNoop({ stream })))
}
