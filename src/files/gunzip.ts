/**
 * Gzipped bytes unzipped as they stream by, by the platform's own `DecompressionStream`, within a bound.
 *
 * @since 0.3.0
 */
import * as Channel from "effect/Channel"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { DataError } from "../core/errors.ts"

/** The largest expansion: this many bytes, and as many for each compressed byte. */
const ALLOWED = { bytes: 1024 * 1024, perByte: 100 }

/** Whether bytes begin as gzip does. @category guards @since 0.3.0 */
export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b

/** One text for every fault: platforms tell them apart in words of their own, or not at all. */
const damaged = (source: string): DataError => {
  const problem = "it begins as gzip does, but cannot be unzipped: it is damaged, cut short, or several files joined"
  return new DataError({ source, problem, hint: "Make it again, or unzip it first" })
}

/**
 * The bytes inside gzipped ones.
 *
 * **Errors**: `DataError` where they are damaged or cut short, where several gzipped files are joined (which
 * `DecompressionStream` refuses), and where they expand beyond 1 MiB to more than 100 times their size, so that a small
 * file cannot fill the memory.
 *
 * @category transforms
 * @since 0.3.0
 */
export const gunzip = <R>(
  source: string,
  zipped: Stream.Stream<Uint8Array, DataError, R>
): Stream.Stream<Uint8Array, DataError, R> =>
  Stream.suspend(() => {
    let [read, made] = [0, 0]
    const unzip = Channel.fromTransformStream<DataError, BufferSource, Uint8Array, DataError>({
      evaluate: () => new DecompressionStream("gzip"),
      onError: () => damaged(source)
    })
    const bound = (chunk: Uint8Array): Effect.Effect<Uint8Array, DataError> => {
      made += chunk.length
      if (made <= ALLOWED.bytes + ALLOWED.perByte * read) return Effect.succeed(chunk)
      const problem = `unzipped, it is more than ${ALLOWED.perByte} times as large`
      return Effect.fail(new DataError({ source, problem, hint: "If that is meant, unzip it first" }))
    }
    return zipped.pipe(
      Stream.map((chunk) => {
        read += chunk.length
        return new Uint8Array(chunk) // a copy: what is handed out may be shared memory, which the platform refuses
      }),
      Stream.pipeThroughChannel(unzip),
      Stream.mapEffect(bound)
    )
  })
