// CSV files, good and bad: the numbers that come out, and the exact words where none do.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { describe, expect, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { DataError, Dataset, Noise, Tensor } from "effect-bayes"
import { afterAll } from "vitest"
import { checkMutations } from "./fuzz.ts"
import { readContent } from "./memory.ts"

describe("good files", () => {
  const xy = { features: ["a", "b"], targets: ["y"], x: [[1, 2]], y: [[3]] }
  const good: ReadonlyArray<readonly [string, string, object]> = [
    ["no line break at the end", "a,b,y\n1,2,3", xy],
    ["CRLF", "a,b,y\r\n1,2,3\r\n", xy],
    ["CR alone", "a,b,y\r1,2,3\r", xy],
    ["a byte order mark", "\uFEFFa,b,y\n1,2,3\n", xy],
    ["quoted names and numbers", '"a","b","y"\n"1","2","3"\n', xy],
    ["a quoted number with a line break", 'a,b,y\n"1\n",2,3\n', xy],
    ["blank lines before, between and after", "\n\na,b,y\n\n1,2,3\n  \n\n", xy],
    ["blanks around names and numbers", " a , b\t,y \n 1 ,\t2, 3\n", xy],
    ["the target among the features", "a,y,b\n1,3,2\n", xy],
    ["a name with a comma and a quote", '"a,""1""",y\n1,2\n', { features: ['a,"1"'], x: [[1]], y: [[2]] }],
    ["names that objects have", "__proto__,y\n1,2\n", { features: ["__proto__"], x: [[1]] }],
    [
      "every way to write a number",
      "a,b,y\n1e3,-2.5E-3,+.5\n-0,7.,1e-320\n1.7976931348623157e308,00012,-1E+2\n",
      {
        x: [
          [1000, -0.0025],
          [-0, 7],
          [Number.MAX_VALUE, 12]
        ],
        y: [[0.5], [1e-320], [-100]]
      }
    ]
  ]
  for (const [name, content, expected] of good) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { x, y, ...names } = yield* readContent(content, "y")
        expect({ ...names, x: Tensor.toArray(x), y: Tensor.toArray(y) }).toMatchObject(expected)
        expect([x.dtype, y.dtype]).toEqual(["float64", "float64"])
      })
    )
  }

  it.effect("several targets, in the order they are asked for", () =>
    Effect.gen(function* () {
      const { x, y, features, targets } = yield* readContent("a,b,c,d\n1,2,3,4\n5,6,7,8\n", ["d", "b"])
      expect([features, targets]).toEqual([
        ["a", "c"],
        ["d", "b"]
      ])
      expect([Tensor.toArray(x), Tensor.toArray(y)]).toEqual([
        [
          [1, 3],
          [5, 7]
        ],
        [
          [4, 2],
          [8, 6]
        ]
      ])
    })
  )

  it.effect("the same numbers, however the file is cut into chunks", () =>
    Effect.gen(function* () {
      const value = (r: number, c: number) => (r * 37 + c * 11) / 7
      const lines = Array.from({ length: 200 }, (_, r) => `"${value(r, 0)}",${value(r, 1)}`)
      const content = ["\uFEFFgröße,y", ...lines].join("\r\n")
      for (const size of [1, 2, 3, 7, 1000, 65_536]) {
        const { x, y, features } = yield* readContent(content, "y", size)
        expect(features).toEqual(["größe"])
        expect([...Tensor.toFloat64Array(x)]).toEqual(lines.map((_, r) => value(r, 0)))
        expect([...Tensor.toFloat64Array(y)]).toEqual(lines.map((_, r) => value(r, 1)))
      }
    })
  )
})

describe("bad files", () => {
  const number = "Every cell has to be a number"
  const cells = "Every line needs the header's number of cells"
  const quote = "Is a quote missing, or one too many?"
  const bad: ReadonlyArray<readonly [string, string, string]> = [
    ["an empty file", "", "t.csv: the file is empty"],
    ["blank lines only", "\n \r\n\n", "t.csv: the file is empty"],
    ["a header only", "a,y\n", "t.csv: there are no rows below the header"],
    ["the target only", "y\n1\n", "t.csv: there is no column besides the target"],
    ["a short row", "a,y\n1,2\n3\n", `t.csv, line 3: 1 cells, but the header has 2. ${cells}`],
    ["a long row", "a,y\n1,2,\n", `t.csv, line 2: 3 cells, but the header has 2. ${cells}`],
    ["a ragged row below blank lines", "\na,y\r\n\r\n1\r\n", `t.csv, line 4: 1 cells, but the header has 2. ${cells}`],
    ["a ragged row below quoted LF", 'a,y\n"1\n\n",2\n3\n', `t.csv, line 5: 1 cells, but the header has 2. ${cells}`],
    ["a ragged row below quoted CRLF", '"a\r\n",y\r\n1\r\n', `t.csv, line 3: 1 cells, but the header has 2. ${cells}`],
    ["a ragged row below quoted CR", '"\ra",y\r1\r', `t.csv, line 3: 1 cells, but the header has 2. ${cells}`],
    ["a quote never closed", 'a,y\n1,2\n"3,4\n5,6\n', `t.csv, line 3: Unterminated quoted field. ${quote}`],
    ["a quote amid a cell", 'a,y\n1"0,2\n', `t.csv, line 2: Unexpected quote in an unquoted field. ${quote}`],
    [
      "a record without end",
      `a,y\n"${"1\n".repeat(600_000)}`,
      `t.csv, line 2: CSV record exceeds maxRecordSize of 1048576. ${quote}`
    ],
    ["a name twice", "a,b,a,y\n", 't.csv, line 1, column "a": there are two columns of this name. Rename one'],
    [
      "a name twice, but for blanks, in line 3",
      "\n\na,b, a,y\n",
      't.csv, line 3, column "a": there are two columns of this name. Rename one'
    ],
    [
      "a column without a name",
      'a, ,"y"\n1,2,3\n',
      "t.csv, line 1: column 2 has no name. Give every column a name in the first line"
    ],
    [
      "an unknown target and no name near it",
      "size,price\n1,2\n",
      't.csv: there is no column "y". The columns are size, price'
    ],
    ["text", "a,y\n1,2\nx,3\n", `t.csv, line 3, column "a": "x" is no finite number. ${number}`],
    ["a number and its unit", "a,y\n1,2 m\n", `t.csv, line 2, column "y": "2 m" is no finite number. ${number}`],
    [
      "long text, cut",
      `a,y\n${"n".repeat(99)},1\n`,
      `t.csv, line 2, column "a": "${"n".repeat(40)}" is no finite number. ${number}`
    ],
    ["a number too large", "a,y\n1,1e999\n", `t.csv, line 2, column "y": "1e999" is no finite number. ${number}`],
    ["an empty cell", "a,y\n1,2\n,3\n", `t.csv, line 3, column "a": the cell is empty. ${number}`],
    ["a blank cell", "a,y\n1,2\n1,  \n", `t.csv, line 3, column "y": the cell is empty. ${number}`],
    ...["NaN", "Infinity", "-Infinity", "0x10", "0b1", "1_000", "1 000", "1e", ".", "1,5", "null", "true", "١"].map(
      (cell) =>
        [
          `the cell ${cell}`,
          `a,y\n1,2\n3,"${cell}"\n`,
          `t.csv, line 3, column "y": "${cell}" is no finite number. ${number}`
        ] as const
    )
  ]
  for (const [name, content, message] of bad) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(readContent(content, "y"))
        expect(error).toBeInstanceOf(DataError)
        expect(error.message).toBe(message)
      })
    )
  }

  const header = "rooms,Price,tax\n1,2,3\n"
  const wrong: ReadonlyArray<readonly [string | ReadonlyArray<string>, string]> = [
    ["prise", 't.csv: there is no column "prise". Did you mean "Price"?'],
    ["price", 't.csv: there is no column "price". Did you mean "Price"?'],
    ["room", 't.csv: there is no column "room". Did you mean "rooms"?'],
    ["x", 't.csv: there is no column "x". The columns are rooms, Price, tax'],
    ["", 't.csv: there is no column "". The columns are rooms, Price, tax'],
    [["tax", "latitude"], 't.csv: there is no column "latitude". The columns are rooms, Price, tax'],
    [["tax", "tax"], 't.csv, column "tax": the target is named twice. Name every target once'],
    [["tax", "rooms", "Price"], "t.csv: there is no column besides the target"]
  ]
  for (const [target, message] of wrong) {
    it.effect(`the target ${JSON.stringify(target)}`, () =>
      Effect.gen(function* () {
        expect((yield* Effect.flip(readContent(header, target))).message).toBe(message)
      })
    )
  }

  it.effect("a byte that is no UTF-8, in a file of bytes", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readContent(Uint8Array.of(97, 44, 121, 10, 49, 44, 0xff, 10), "y"))
      expect(error.message).toBe(`t.csv, line 2, column "y": "\uFFFD" is no finite number. ${number}`)
    })
  )
})

const folder = mkdtempSync(join(tmpdir(), "effect-bayes-csv-"))
afterAll(() => rmSync(folder, { recursive: true }))

layer(NodeServices.layer)("on disk", (it) => {
  it.effect("no such file", () =>
    Effect.gen(function* () {
      const path = join(folder, "none.csv")
      const error = yield* Effect.flip(Dataset.readCsv(path, { target: "y" }))
      expect(error.message).toBe(`${path}: there is no such file. Check the path`)
    })
  )

  it.effect("a folder", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Dataset.readCsv(folder, { target: "y" }))
      const why = "EISDIR: illegal operation on a directory, read"
      expect(error.message).toBe(`${folder}: it cannot be read (${why}). Check the path`)
    })
  )

  it.effect("a file of many chunks, read and split by the seed of the Noise", () =>
    Effect.gen(function* () {
      const path = join(folder, "long.csv")
      const rows = Array.from({ length: 20_000 }, (_, i) => [i, i / 3] as const)
      writeFileSync(path, ["i,y", ...rows.map((row) => row.join())].join("\n"))
      const whole = yield* Dataset.readCsv(path, { target: "y" })
      expect([...Tensor.toFloat64Array(whole.y)]).toEqual(rows.map(([, y]) => y))

      const read = (seed: number) =>
        Dataset.fromCsv(path, { target: "y", testFraction: 0.25 }).pipe(Effect.provide(Noise.layer(seed)))
      const [a, b, other] = [yield* read(1), yield* read(1), yield* read(2)]
      expect([Dataset.size(a.train), Dataset.size(a.test)]).toEqual([15_000, 5000])
      expect([Tensor.equals(a.test.x, b.test.x), Tensor.equals(a.test.x, other.test.x)]).toEqual([true, false])
      const seen = [...Tensor.toFloat64Array(a.train.x), ...Tensor.toFloat64Array(a.test.x)]
      expect(seen.sort((p, q) => p - q)).toEqual(rows.map(([i]) => i))

      const none = Dataset.fromCsv(path, { target: "y", testFraction: 1 }).pipe(Effect.provide(Noise.layer(1)))
      expect((yield* Effect.flip(none)).message).toBe("testFraction: expected a number between 0 and 1, got 1")
    })
  )
})

it("2,000 damaged files: a dataset of finite numbers or a DataError, nothing else", () => checkMutations(2000))
