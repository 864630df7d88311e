/**
 * Tables from files of every format that is read, told apart by what is in them.
 *
 * @since 0.3.0
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import { attempt } from "../core/attempt.ts"
import { ConfigError, DataError } from "../core/errors.ts"
import { open, readAll } from "../files/bytes.ts"
import type { Source } from "../files/Source.ts"
import { fromArray } from "./arrayTable.ts"
import { readDelimited, type TextOptions } from "./csv.ts"
import { isIdx, parseIdx } from "./idx.ts"
import { isNpy, parseNpy } from "./npy.ts"
import { isParquet } from "./parquet/metadata.ts"
import { readParquet } from "./parquet/read.ts"
import type { Table } from "./Table.ts"

/** What a file may be: text is CSV and its kin. @category models @since 0.3.0 */
export type Format = "text" | "idx" | "npy" | "parquet"

/** How a table is read, whatever its format. @category models @since 0.3.0 */
export interface ReadOptions extends TextOptions {
  /** What the file is; seen in its first bytes by default. */
  readonly format?: Format
  /** What the columns of an array are called, before their number: x by default. */
  readonly prefix?: string
}

/** Characters that no text has, save for blanks and the ends of lines and pages. */
const isControl = (byte: number): boolean => byte < 32 && !(byte >= 9 && byte <= 13)

/** Marks that begin texts of two bytes a character, whose reader says what is wrong with them. */
const isWide = ([a, b]: Uint8Array): boolean => (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)

const formatOf = (source: string, head: Uint8Array): Format => {
  if (isIdx(head)) return "idx"
  if (isNpy(head)) return "npy"
  if (isParquet(head)) return "parquet"
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3) {
    const problem = "it is a zip archive (.zip, .npz, .xlsx), which is not read"
    throw new DataError({ source, problem, hint: "Take one table or array out of it: CSV, Parquet or .npy" })
  }
  if (!head.some(isControl) || isWide(head)) return "text"
  const hint = "The formats are text (CSV and its kin), IDX, NPY and Parquet, gzipped or not"
  throw new DataError({ source, problem: "its first bytes are those of no format that is known", hint })
}

/** Refuses options that would be passed over. */
const assertOptions = (format: Format, { delimiter, header, missing }: ReadOptions): void => {
  const refuse = (option: string, expected: string): ConfigError =>
    new ConfigError({ option, expected, actual: `a file in the format ${format}`, hint: "Leave the option out" })
  if (delimiter !== undefined) throw refuse("delimiter", "a table of text")
  if (header !== undefined) throw refuse("header", "a table of text")
  if (missing !== undefined && format !== "parquet") throw refuse("missing", "a table of text or of Parquet")
}

/**
 * The table in a file or a stream, gzipped or not: text (CSV and its kin), an IDX or NPY array, or Parquet, whichever its
 * first bytes say. Text streams by; the others are held whole.
 *
 * The columns of an array are called x0, x1, ..., or x if it has one axis; `prefix` calls them otherwise.
 *
 * **Numerics**: text is read within 40 bytes of memory for each byte of the file, arrays within 300, Parquet within 1,000
 * and 32 MiB (and pages of Brotli, the 33 MB of its window, one after the other).
 *
 * **Errors**: `DataError` for a file that is missing, damaged, of no format that is known, or without rows, with its place
 * where there is one; `ConfigError` for options of text with a file that is none, and for `missing`
 * with an array, in which no cell is.
 *
 * @category readers
 * @since 0.3.0
 */
export const read: (
  source: Source,
  options?: ReadOptions
) => Effect.Effect<Table, DataError | ConfigError, FileSystem.FileSystem> = Effect.fnUntraced(function* (
  source,
  options = {}
) {
  const opened = yield* open(source)
  const { name, head } = opened
  const format = options.format ?? (yield* attempt(() => formatOf(name, head), DataError))
  if (format === "text") return yield* readDelimited(opened, options)
  yield* attempt(() => assertOptions(format, options), ConfigError)
  const bytes = yield* readAll(opened)
  if (format === "parquet") return yield* readParquet(name, bytes, options)
  const parse = format === "idx" ? parseIdx : parseNpy
  return yield* attempt(() => fromArray(parse(name, bytes), options), DataError)
}, Effect.scoped)
