// Parquet: files that pyarrow wrote (fixtures/parquet.py), round trips through hyparquet's writer, and every refusal.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import fc from "fast-check"
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer"
import { expect } from "vitest"
import { type ReadOptions, read } from "../../src/data/read.ts"
import { named, noFiles } from "../files/memory.ts"
import { cellsOf } from "./delimited.ts"
import type { Cell } from "./tables.ts"

const fixture = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, "fixtures", `${name}.parquet`)))
const readBytes = (bytes: Uint8Array, options?: ReadOptions) => noFiles(read(named("t.parquet", [bytes]), options))
const columnsOf = (bytes: Uint8Array, options?: ReadOptions) =>
  Effect.map(readBytes(bytes, options), (table) => Object.fromEntries(cellsOf(table).columns))
const refusal = (bytes: Uint8Array) => Effect.map(Effect.flip(readBytes(bytes)), (error) => error.message)
const each = (f: (i: number) => Cell) => Array.from({ length: 40 }, (_, i) => f(i))

const expected: Readonly<Record<string, ReadonlyArray<Cell>>> = {
  i8: each((i) => i - 20),
  u32: each((i) => 4294967295 - i),
  i64: each((i) => (i % 7 === 3 ? undefined : (i - 5) * 1e12)),
  f16: each((i) => i / 8),
  f32: each((i) => i / 4 - 3),
  f64: each((i) => (i === 11 ? undefined : (i * i) / 3)),
  b: each((i) => (i === 2 ? undefined : Number(i % 3 === 0))),
  s: each((i) => (i === 5 ? undefined : i % 2 === 1 ? "größe" : "x")),
  e: each((i) => "ab"[i % 2]),
  d: each((i) => (i - 7) / 100),
  none: each(() => undefined)
}

describe("files of pyarrow", () => {
  const codecs = ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]
  it.effect.each([...codecs.flatMap((codec) => [`${codec}-v1`, `${codec}-v2`]), "plain", "delta", "split", "lengths"])(
    "%s",
    (name) =>
      Effect.gen(function* () {
        const columns = yield* columnsOf(fixture(name))
        const names =
          { delta: ["i8", "u32", "i64"], split: ["f32", "f64"], lengths: ["s"] }[name] ?? Object.keys(expected)
        expect(Object.keys(columns)).toEqual(names)
        for (const column of names) expect([column, columns[column]]).toEqual([column, expected[column]])
      })
  )

  it.effect("dates and times are texts, as they are in text", () =>
    Effect.gen(function* () {
      const moment = ["2024-03-31T12:30:05.000Z"]
      expect(yield* columnsOf(fixture("times"))).toEqual({
        date: ["2024-03-31T00:00:00.000Z"],
        ms: moment,
        us: moment,
        ns: moment,
        clock: ["12:30:05"],
        clock32: ["12:30:05"]
      })
      expect(yield* columnsOf(fixture("int96"))).toEqual({ t: moment })
    })
  )

  it.effect(
    "NaN is missing; infinities and integers beyond 2^53 - 1 are texts, which are missing if they are listed",
    () =>
      Effect.gen(function* () {
        const [f, i] = [
          [1, undefined, "Infinity", "-Infinity"],
          [2 ** 53 - 1, "9007199254740992", 1, undefined]
        ]
        expect(yield* columnsOf(fixture("special"))).toEqual({ f, i })
        const missing = ["Infinity", "-Infinity"]
        expect(yield* columnsOf(fixture("special"), { missing })).toEqual({
          f: [1, undefined, undefined, undefined],
          i
        })
      })
  )

  it.effect("numbers are missing if they are listed, however they are written, and texts whatever the blanks", () =>
    Effect.gen(function* () {
      const { i8, s, d } = yield* columnsOf(fixture("plain"), { missing: ["-20.0", " x ", "NA", "0.5e-1"] })
      expect([i8, s, d]).toEqual([
        each((i) => (i === 0 ? undefined : i - 20)),
        each((i) => (i % 2 === 1 && i !== 5 ? "größe" : undefined)),
        each((i) => (i === 12 ? undefined : (i - 7) / 100))
      ])
    })
  )

  it.effect("a table says what it was read with as missing, if that was given", () =>
    Effect.gen(function* () {
      expect((yield* readBytes(fixture("plain"), { missing: ["-1"] })).missing).toEqual(["-1"])
      expect((yield* readBytes(fixture("plain"))).missing).toBe(undefined)
    })
  )

  const makeIt = "or make columns of its parts, when the file is written"
  const refused: ReadonlyArray<readonly [name: string, problem: string]> = [
    ["list", `, column "l": it is nested, and the columns of a table are not. Leave it out, ${makeIt}`],
    ["struct", `, column "p": it is nested, and the columns of a table are not. Leave it out, ${makeIt}`],
    [
      "blob",
      ', column "a": it holds bytes, which no table has. Leave it out, or make numbers or texts of it, when the file is written'
    ],
    [
      "prefixes",
      ', column "s": the Parquet file cannot be read: its encoding DELTA_BYTE_ARRAY is not read. Is it whole? Write it again'
    ],
    ["no-rows", ": there are no rows"]
  ]
  it.effect.each(refused)("refuses %s", ([name, problem]) =>
    Effect.gen(function* () {
      expect(yield* refusal(fixture(name))).toBe(`t.parquet${problem}`)
    })
  )
})

type Values = ReadonlyArray<Cell | bigint | boolean | null>
const written = (
  columns: ReadonlyArray<{
    readonly name: string
    readonly type: "DOUBLE" | "INT64" | "BOOLEAN" | "STRING"
    readonly data: Values
  }>
) =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: columns.map(({ data, ...column }): ColumnSource => ({ ...column, data: [...data] })),
      rowGroupSize: 7,
      pageSize: 40
    })
  )

it.effect("reads what hyparquet's writer wrote, in many groups of rows and pages", () => {
  const rows = fc.array(
    fc.record({
      number: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      integer: fc.option(fc.maxSafeInteger()),
      boolean: fc.option(fc.boolean()),
      text: fc.option(fc.string({ minLength: 1 }).filter((s) => s.trim() === s && s.isWellFormed()))
    }),
    { minLength: 1, maxLength: 40 }
  )
  const check = fc.asyncProperty(rows, async (values) => {
    const bytes = written([
      { name: "number", type: "DOUBLE", data: values.map((row) => row.number) },
      {
        name: "integer",
        type: "INT64",
        data: values.map((row) => (row.integer === null ? null : BigInt(row.integer)))
      },
      { name: "boolean", type: "BOOLEAN", data: values.map((row) => row.boolean) },
      { name: "text", type: "STRING", data: values.map((row) => row.text) }
    ])
    expect(await Effect.runPromise(columnsOf(bytes))).toEqual({
      number: values.map((row) => row.number ?? undefined),
      integer: values.map((row) => (row.integer === null ? undefined : row.integer)),
      boolean: values.map((row) => (row.boolean === null ? undefined : Number(row.boolean))),
      text: values.map((row) => row.text ?? undefined)
    })
  })
  return Effect.promise(() => fc.assert(check, { numRuns: 100 }))
})

describe("refuses", () => {
  const damagedFile = (problem: string) =>
    `t.parquet: the Parquet file cannot be read: ${problem}. Is it whole? Write it again`
  const patched = (name: string, place: number, ...bytes: ReadonlyArray<number>) => {
    const file = fixture(name)
    file.set(bytes, place < 0 ? file.length + place : place)
    return file
  }
  const one = (name: string) => written([{ name, type: "DOUBLE", data: [1] }])
  const cases: ReadonlyArray<readonly [what: string, bytes: Uint8Array, message: string]> = [
    ["a file cut short", fixture("plain").subarray(0, 2000), damagedFile("it does not end as Parquet does")],
    ["its magic alone", fixture("plain").subarray(0, 4), damagedFile("it does not end as Parquet does")],
    [
      "a description longer than the file",
      patched("plain", -8, 255, 255, 255, 255),
      damagedFile("its description is longer than the file")
    ],
    ["no description", patched("plain", -8, 0, 0, 0, 0), damagedFile("a header in it is damaged")],
    [
      "an encrypted file",
      patched("plain", -4, ...new TextEncoder().encode("PARE")),
      "t.parquet: the Parquet file is encrypted. Write it without encryption"
    ],
    ["a column without a name", one(""), "t.parquet: column 1 has no name. Give every column a name"],
    [
      "two columns of one name",
      written([
        { name: "a", type: "DOUBLE", data: [1] },
        { name: "a", type: "DOUBLE", data: [2] }
      ]),
      't.parquet, column "a": there are two columns of this name. Rename one'
    ]
  ]
  it.effect.each(cases)("%s", ([, bytes, message]) =>
    Effect.gen(function* () {
      expect(yield* refusal(bytes)).toBe(message)
    })
  )

  it.effect("more cells than a file of its size can hold", () =>
    Effect.gen(function* () {
      const zeros = parquetWriteBuffer({
        columnData: [{ name: "a", data: new Float64Array(2_000_000), type: "DOUBLE" }],
        rowGroupSize: 2_000_000
      })
      const bytes = new Uint8Array(zeros)
      expect(yield* refusal(bytes)).toBe(
        `t.parquet: 2000000 rows of 1 columns in ${bytes.length} bytes are more than 100 cells a byte. Is it damaged? If not, write it as CSV, or in parts`
      )
    })
  )
})
