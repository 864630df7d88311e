/**
 * Where bytes come from: a file by its path, or a stream with a name, such as standard input.
 *
 * @since 0.3.0
 */
import type * as Stream from "effect/Stream"

/** A stream of bytes, and what messages call it. @category models @since 0.3.0 */
export interface Named {
  readonly name: string
  readonly bytes: Stream.Stream<Uint8Array, unknown>
}

/** A path, or a stream. @category models @since 0.3.0 */
export type Source = string | Named

/** What messages call it. @category getters @since 0.3.0 */
export const nameOf = (source: Source): string => (typeof source === "string" ? source : source.name)
