/**
 * Tables from text: CSV and its kin, by Effect's streaming decoder.
 *
 * @since 0.3.0
 */
import * as Effect from "effect/Effect"
import * as Csv from "effect/encoding/Csv"
import type * as FileSystem from "effect/FileSystem"
import * as Sink from "effect/Sink"
import * as Stream from "effect/Stream"
import { attempt } from "../core/attempt.ts"
import { ConfigError, DataError } from "../core/errors.ts"
import { open } from "../files/bytes.ts"
import type { Source } from "../files/Source.ts"
import { textOf } from "../files/text.ts"
import { singleBlanks } from "./blanks.ts"
import { type Delimiter, detect, firstLineEnd, fromOption } from "./delimiter.ts"
import { MAX_ROW, rowReader } from "./rows.ts"
import type { Table } from "./Table.ts"

/** How a table of text is read. @category models @since 0.3.0 */
export interface TextOptions {
  /**
   * One character, "comma", "tab", "semicolon", "bar", or "space" for runs of white space; seen in the first line by
   * default.
   */
  readonly delimiter?: string
  /** Whether the first line has the names of the columns (the default); `column1`, `column2`, ... if not. */
  readonly header?: boolean
  /** Cells that are missing besides empty ones: NA, N/A, NaN and null by default; a number, however it is written. */
  readonly missing?: ReadonlyArray<string> | undefined
}

/** The first line of a text that streams by, and the whole text, its first line apart from the others. */
const peekLine = Effect.fnUntraced(function* (texts: Stream.Stream<string, DataError>) {
  const endOf = firstLineEnd()
  let [length, end] = [0, 0]
  const firstLine = Sink.takeUntil((text: string) => {
    length += text.length
    end = endOf(text)
    return end > 0 || length > MAX_ROW
  })
  const [seen, rest] = yield* Stream.peel(texts, firstLine)
  const start = seen.join("")
  if (end === 0) end = length
  const line = start.slice(0, end)
  return [line, Stream.concat(Stream.make(line, start.slice(end)).pipe(Stream.rechunk(1)), rest)] as const
})

const decode = (texts: Stream.Stream<string, DataError>, delimiter: Delimiter) => {
  const single = delimiter === " " ? Stream.map(texts, singleBlanks()) : texts
  return Stream.pipeThroughChannel(single, Csv.decodeString({ delimiter, maxRecordSize: MAX_ROW }))
}

/**
 * A table of text: comma-separated values, or separated by tabs, semicolons, bars, any other character, or runs of white
 * space. Cells are trimmed; a cell is missing if it is empty or listed, else a number if it is a plain decimal that is
 * finite, else a text. Blank lines are skipped.
 *
 * **Numerics**: the text is not held, only what is read from it: at most 40 bytes are kept for each byte of it, and 4 kB
 * for each column.
 *
 * **Source**: RFC 4180, quoted cells and line breaks within them included, in UTF-8, plain or gzipped.
 *
 * **Errors**: `DataError` with line and column: nothing to read, no rows, rows of different lengths, quotes that do not
 * match, names that are missing, twice there or numbers, bytes that are no UTF-8; `ConfigError` for a delimiter that cannot
 * be one.
 *
 * @category readers
 * @since 0.3.0
 */
export const readDelimited: (
  source: Source,
  options?: TextOptions
) => Effect.Effect<Table, DataError | ConfigError, FileSystem.FileSystem> = Effect.fnUntraced(function* (
  source,
  options = {}
) {
  const { delimiter: asked } = options
  const given = asked === undefined ? undefined : yield* attempt(() => fromOption(asked), ConfigError)
  const opened = yield* open(source)
  const [line, texts] = yield* peekLine(textOf(opened))
  const delimiter = given ?? detect(line)
  const reader = rowReader(opened.name, { ...options, delimiter })
  yield* decode(texts, delimiter).pipe(
    Stream.runForEachArray((rows) => attempt(() => reader.read(rows), DataError)),
    Effect.catchTag("CsvError", (error) => Effect.fail(reader.explain(error)))
  )
  return yield* attempt(reader.table, DataError)
}, Effect.scoped)
