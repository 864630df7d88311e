// Which format a file is read as, and what is said of those that are none.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Table } from "effect-bayes"
import { expect } from "vitest"
import { chunksOf, gzip, named, noFiles, utf8 } from "../files/memory.ts"

const fixture = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, "fixtures", name)))
const idx = Uint8Array.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 7, 9])
const readBytes = (bytes: Uint8Array, options?: Table.ReadOptions, size = 65_536) =>
  noFiles(Table.read(named("t", chunksOf(bytes, size)), options))
const refusal = (bytes: Uint8Array, options?: Table.ReadOptions) =>
  Effect.map(Effect.flip(readBytes(bytes, options)), (error) => error.message)
const firsts = (table: Table.Table) => table.columns.map(({ name, number }) => [name, number(0)])

describe("the format is seen in the first bytes", () => {
  const files: ReadonlyArray<
    readonly [name: string, bytes: Uint8Array, columns: ReadonlyArray<readonly [string, number]>]
  > = [
    [
      "text",
      utf8("a,b\n1,2\n"),
      [
        ["a", 1],
        ["b", 2]
      ]
    ],
    ["idx", idx, [["x0", 7]]],
    ["npy", fixture("version-2.npy"), [["x", 0]]],
    [
      "parquet",
      fixture("split.parquet"),
      [
        ["f32", -3],
        ["f64", 0]
      ]
    ]
  ]
  it.effect.each(files)("%s, plain and gzipped, whole and a byte at a time", ([, bytes, columns]) =>
    Effect.gen(function* () {
      expect(firsts(yield* readBytes(bytes))).toEqual(columns)
      expect(firsts(yield* readBytes(bytes, {}, 1))).toEqual(columns)
      expect(firsts(yield* readBytes(gzip(bytes)))).toEqual(columns)
    })
  )
})

it.effect("passes on what text is read with, and what columns of arrays are called", () =>
  Effect.gen(function* () {
    expect(firsts(yield* readBytes(utf8("1|2\n"), { header: false, delimiter: "|" }))).toEqual([
      ["column1", 1],
      ["column2", 2]
    ])
    expect(firsts(yield* readBytes(idx, { prefix: "pixel" }))).toEqual([["pixel0", 7]])
  })
)

describe("refuses", () => {
  const formats = "The formats are text (CSV and its kin), IDX, NPY and Parquet, gzipped or not"
  const unknown = `t: its first bytes are those of no format that is known. ${formats}`
  const zip =
    "t: it is a zip archive (.zip, .npz, .xlsx), which is not read. Take one table or array out of it: CSV, Parquet or .npy"
  const cases: ReadonlyArray<readonly [what: string, bytes: Uint8Array, options: Table.ReadOptions, message: string]> =
    [
      ["rubbish", Uint8Array.from([1, 2, 3, 200]), {}, unknown],
      ["a picture", Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), {}, unknown],
      ["IDX of an unknown type", Uint8Array.from([0, 0, 7, 1, 0, 0, 0, 0]), {}, unknown],
      ["an archive of arrays", fixture("archive.npz"), {}, zip],
      [
        "text as an array",
        utf8("a\n1\n"),
        { format: "npy" },
        "t: no NPY file: it does not begin with \\x93NUMPY. numpy.save(path, array) writes one"
      ],
      [
        "text as IDX",
        utf8("a\n1\n"),
        { format: "idx" },
        "t: no IDX file: it begins with 61 0a 31 0a, not with 00 00. Is it still compressed, or another format?"
      ],
      [
        "text as Parquet",
        utf8("a\n1\n"),
        { format: "parquet" },
        "t: the Parquet file cannot be read: it does not end as Parquet does. Is it whole? Write it again"
      ],
      [
        "a delimiter in an array",
        idx,
        { delimiter: "," },
        "delimiter: expected a table of text, got a file in the format idx. Leave the option out"
      ],
      [
        "missing cells in an array",
        idx,
        { missing: ["9"] },
        "missing: expected a table of text or of Parquet, got a file in the format idx. Leave the option out"
      ],
      [
        "a header in Parquet",
        fixture("split.parquet"),
        { header: false },
        "header: expected a table of text, got a file in the format parquet. Leave the option out"
      ]
    ]
  it.effect.each(cases)("%s", ([, bytes, options, message]) =>
    Effect.gen(function* () {
      expect(yield* refusal(bytes, options)).toBe(message)
    })
  )
})

const mnist = join(process.cwd(), "../shared/data/mnist")

describe.skipIf(!existsSync(mnist))("MNIST (skipped where ../shared/data is absent)", () => {
  it.effect("has its known size, first labels, and mean and standard deviation of pixels", () =>
    Effect.gen(function* () {
      const images = yield* Table.read(join(mnist, "train-images-idx3-ubyte.gz"))
      const labels = yield* Table.read(join(mnist, "train-labels-idx1-ubyte.gz"), { prefix: "label" })
      const { rows, columns } = Table.join(images, labels)
      expect([rows, columns.length, columns.at(-1)!.name]).toEqual([60_000, 785, "label"])
      expect(Array.from({ length: 10 }, (_, row) => columns[784]!.number(row))).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
      let [sum, squares] = [0, 0]
      for (const { number } of images.columns) {
        for (let row = 0; row < rows; row++) {
          const pixel = number(row) / 255
          sum += pixel
          squares += pixel * pixel
        }
      }
      const mean = sum / (rows * 784)
      expect(mean).toBeCloseTo(0.1307, 4) // as ../shared/data/README.md has it, to the digits given there
      expect(Math.sqrt(squares / (rows * 784) - mean * mean)).toBeCloseTo(0.3081, 4)
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
