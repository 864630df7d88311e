/**
 * Text from bytes in UTF-8, as they stream by; anything else is refused, with its line.
 *
 * @since 0.3.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { DataError } from "../core/errors.ts"
import type { Opened } from "./bytes.ts"

const LF = 10
const CR = 13

/** Where in a text one is: the line from 1, and whether a CR has just ended one, whose LF is then no other end. */
interface Place {
  line: number
  afterCr: boolean
}

const advance = (place: Place, bytes: Uint8Array): void => {
  let { line, afterCr } = place
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte === CR || (byte === LF && !afterCr)) line++
    afterCr = byte === CR
  }
  place.line = line
  place.afterCr = afterCr
}

/** How many bytes at the end are a character not yet whole. */
const unfinished = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** How many bytes stand before the line with the first byte that is no UTF-8. */
const wholeLines = (bytes: Uint8Array): number => {
  let start = 0
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== LF && bytes[i] !== CR) continue
    if (!isUtf8(bytes.subarray(start, i))) return start
    start = i + 1
  }
  return start
}

const join = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  if (a.length === 0) return b
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

/** Chunks of any size in pieces of at most 64 KiB: what is made of one at a time stays small. */
const pieces = (chunk: Uint8Array): ReadonlyArray<Uint8Array> => {
  const size = 64 * 1024
  return Array.from({ length: Math.ceil(chunk.length / size) }, (_, i) => chunk.subarray(i * size, (i + 1) * size))
}

/** Whether bytes begin with the mark of UTF-16, in either order. */
const isUtf16 = ([a, b]: Uint8Array): boolean => (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)

/**
 * The text of an opened source, without its byte-order mark.
 *
 * **Errors**: `DataError` with the line where a byte is zero or no UTF-8, and for UTF-16, which its first bytes say.
 *
 * @category readers
 * @since 0.3.0
 */
export const textOf = ({ name: source, head, bytes }: Opened): Stream.Stream<string, DataError> =>
  Stream.suspend(() => {
    if (isUtf16(head)) {
      return Stream.fail(new DataError({ source, problem: "its text is UTF-16", hint: "Save it as UTF-8" }))
    }
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
    const place: Place = { line: 1, afterCr: false }
    let rest = new Uint8Array(0)
    let started = false
    const refuse = (before: Uint8Array, problem: string): DataError => {
      advance(place, before)
      return new DataError({ source, line: place.line, problem, hint: "A table of text has to be in UTF-8" })
    }
    const decode = (chunk: Uint8Array): Effect.Effect<string, DataError> => {
      const zero = chunk.indexOf(0)
      if (zero >= 0) return Effect.fail(refuse(chunk.subarray(0, zero), "a byte is zero, so it is no text"))
      const all = join(rest, chunk)
      const whole = all.subarray(0, all.length - unfinished(all))
      let text: string
      try {
        text = decoder.decode(whole)
      } catch {
        return Effect.fail(refuse(whole.subarray(0, wholeLines(whole)), "a byte is no UTF-8"))
      }
      advance(place, whole)
      rest = all.slice(whole.length)
      if (!started && text.startsWith("\uFEFF")) text = text.slice(1)
      started ||= whole.length > 0
      return Effect.succeed(text)
    }
    const end = Effect.suspend(() =>
      rest.length === 0 ? Effect.succeed("") : Effect.fail(refuse(rest, "a byte is no UTF-8"))
    )
    return Stream.concat(
      bytes.pipe(Stream.map(pieces), Stream.flattenIterable, Stream.mapEffect(decode)),
      Stream.fromEffect(end)
    )
  })
