/**
 * Tables from Parquet files, decoded by hyparquet, a column of a group of rows at a time.
 *
 * @since 0.3.0
 */
import * as Effect from "effect/Effect"
import type { ColumnMetaData, SchemaElement } from "hyparquet"
import { attempt } from "../../core/attempt.ts"
import { DataError } from "../../core/errors.ts"
import { type GrowingColumn, growingColumn } from "../growing.ts"
import { parseNumber } from "../number.ts"
import type { Table } from "../Table.ts"
import { type Cell, type Kind, kindOf } from "./kinds.ts"
import { ALLOWED, damaged, type Piece, readLayout } from "./metadata.ts"
import { type Budget, walkPages } from "./pages.ts"

/** Bytes that pages may unpack to in any case. */
const UNPACKED = 16 * 1024 * 1024

type Decompress = (packed: Uint8Array, length: number) => Uint8Array

/** What unpacks a codec; hyparquet's own for Snappy, so that the others are loaded only where they are needed. */
const decompressor = async (codec: string): Promise<Decompress | undefined> => {
  if (codec === "SNAPPY") {
    const { snappyUncompress } = await import("hyparquet")
    return (packed, length) => {
      const page = new Uint8Array(length)
      snappyUncompress(packed, page)
      return page
    }
  }
  const by = await import("hyparquet-compressors")
  const known: Readonly<Record<string, Decompress>> = {
    GZIP: by.decompressGzip,
    BROTLI: by.decompressBrotli,
    ZSTD: (packed, length) => by.decompressZstd(packed, new Uint8Array(length)),
    LZ4: by.decompressLz4,
    LZ4_RAW: by.decompressLz4Raw
  }
  return known[codec]
}

/** The description of a file that holds one piece of one column and nothing else. */
const alone = (element: SchemaElement, meta: ColumnMetaData, rows: number) => {
  const { statistics: _, ...column } = meta
  const num_rows = BigInt(rows)
  const total_byte_size = meta.total_compressed_size
  return {
    version: 1,
    schema: [{ name: "root", num_children: 1 }, element],
    num_rows,
    row_groups: [{ columns: [{ file_offset: 0n, meta_data: column }], total_byte_size, num_rows }],
    metadata_length: 0
  }
}

const stringOf = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes)

/** The values of a piece in the order of rows, as many as it has; the pages are checked before they are decoded. */
const readPiece = async (
  bytes: Uint8Array,
  { rows, start, end, meta }: Piece,
  { element, texts }: Kind,
  budget: Budget,
  fail: (problem: string) => DataError
): Promise<ReadonlyArray<ArrayLike<unknown>>> => {
  const { parquetRead } = await import("hyparquet")
  const { codec, type } = meta
  const compressed = codec !== "UNCOMPRESSED"
  const decompress = compressed ? await decompressor(codec) : undefined
  if (compressed && decompress === undefined) throw fail(`its compression ${codec} is not read`)
  const described = bytes.subarray(start, end)
  const optional = element.repetition_type !== "REQUIRED"
  const chunk = { bytes: described, rows, optional, compressed, type, typeLength: element.type_length ?? 0 }
  const { checks, length } = walkPages(chunk, budget, fail)
  const piece = bytes.slice(start, start + length) // what has been walked through, and no more
  const unpack: Decompress = (packed, length) => {
    const page = length === 0 ? new Uint8Array() : decompress!(packed, length)
    const check = checks.get(packed.byteOffset)
    if (page.length !== length || check === undefined) throw fail("a page in it unpacks to another size")
    check(page)
    return page
  }
  const values: Array<ArrayLike<unknown>> = []
  await parquetRead({
    file: { byteLength: bytes.length, slice: () => piece.buffer },
    metadata: alone(element, meta, rows),
    compressors: { [codec]: unpack },
    utf8: texts,
    geoparquet: false,
    parsers: { stringFromBytes: stringOf, jsonFromBytes: stringOf },
    onChunk: ({ columnData }) => values.push(columnData)
  })
  return values
}

const append = (
  column: GrowingColumn,
  first: number,
  rows: number,
  values: ReadonlyArray<ArrayLike<unknown>>,
  { kind, missing, fail }: { kind: Kind; missing: ReadonlySet<Cell>; fail: (problem: string) => DataError }
): void => {
  let row = first
  for (const chunk of values) {
    for (let i = 0; i < chunk.length; i++, row++) {
      const value = chunk[i]
      if (value === undefined) throw fail("a value in it is not in its dictionary")
      const cell = value === null ? undefined : kind.cell(value)
      if (cell === null) throw fail("a value in it is of another type than its column")
      if (missing.has(cell)) continue
      if (typeof cell === "number") column.addNumber(row, cell)
      else if (cell !== undefined) column.addText(row, cell)
    }
  }
  if (row - first !== rows) throw fail(`${row - first} values are there for ${rows} rows`)
}

/**
 * A table of a whole Parquet file: numbers, booleans as 0 and 1, texts; nulls and NaN are missing, and so are blank texts
 * and the texts and numbers listed.
 *
 * Integers beyond 2^53 - 1, infinities, dates and times become texts: no number holds them exactly, and what texts are to
 * a model is decided with its columns.
 *
 * **Numerics**: allocates at most 1,000 bytes for each byte of the file and 32 MiB; damaged sizes are found before.
 *
 * **Source**: Apache Parquet; pages of both versions, compressed by Snappy, gzip, Brotli, Zstandard or LZ4; all encodings
 * but prefixes (DELTA_BYTE_ARRAY). **Errors**: `DataError` by the column's name for nested columns and other types that
 * are no cells, and for files that are damaged, cut short or encrypted.
 */
export const readParquet: (
  source: string,
  bytes: Uint8Array,
  options?: { readonly missing?: ReadonlyArray<string> | undefined }
) => Effect.Effect<Table, DataError> = Effect.fnUntraced(function* (source, bytes, { missing: given } = {}) {
  const { parquetMetadata } = yield* Effect.promise(() => import("hyparquet"))
  const { rows, columns } = yield* attempt(() => readLayout(source, bytes, parquetMetadata), DataError)
  const kinds = yield* attempt(() => columns.map(({ element }) => kindOf(source, element)), DataError)
  const budget = { left: UNPACKED + ALLOWED.perByte * bytes.length }
  const texts = (given ?? []).map((text) => text.trim())
  const missed = new Set<Cell>([...texts, ...texts.map(parseNumber)])
  const read: Array<GrowingColumn> = []
  for (const [c, { element, pieces }] of columns.entries()) {
    const column = growingColumn(element.name)
    const kind = kinds[c]!
    const fail = damaged(source, element.name)
    let first = 0
    for (const piece of pieces) {
      const from = first
      yield* Effect.tryPromise({
        try: async () =>
          append(column, from, piece.rows, await readPiece(bytes, piece, kind, budget, fail), {
            kind,
            missing: missed,
            fail
          }),
        catch: (error) =>
          error instanceof DataError
            ? error
            : fail(`a page in it cannot be decoded (${error instanceof Error ? error.message : String(error)})`)
      })
      first += piece.rows
    }
    read.push(column)
  }
  return { source, rows, columns: read, ...(given === undefined ? {} : { missing: given }) }
})
