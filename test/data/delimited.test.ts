// Tables of text, good ones: the cells that come out.
import { existsSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { readDelimited, type TextOptions } from "../../src/data/csv.ts"
import { gzip, utf8 } from "../files/memory.ts"
import { cellsOf, readText } from "./delimited.ts"
import type { Cell } from "./tables.ts"

type Columns = Readonly<Record<string, ReadonlyArray<Cell>>>

const expectTable = (
  name: string,
  content: string | Uint8Array,
  columns: Columns,
  { lines, ...options }: TextOptions & { readonly lines?: ReadonlyArray<number> } = {}
) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const bytes = typeof content === "string" ? utf8(content) : content
      for (const size of [1, 2, 3, 65_536]) {
        const table = yield* readText(bytes, options, size)
        const found = cellsOf(table)
        expect(table.source).toBe("t.csv")
        expect(found.columns).toEqual(Object.entries(columns))
        if (lines !== undefined) expect(found.lines).toEqual(lines)
        for (const [i, cells] of Object.values(columns).entries()) {
          const count = (type: string) => cells.filter((cell) => typeof cell === type).length
          expect(table.columns[i]!.count).toEqual({ numbers: count("number"), texts: count("string") })
        }
      }
    })
  )

describe("the shape of a file", () => {
  const ab = { a: [1, 3], b: [2, 4] }
  const lines = [2, 3]
  expectTable("LF", "a,b\n1,2\n3,4\n", ab, { lines })
  expectTable("no line break at the end", "a,b\n1,2\n3,4", ab, { lines })
  expectTable("CRLF", "a,b\r\n1,2\r\n3,4\r\n", ab, { lines })
  expectTable("CR alone", "a,b\r1,2\r3,4\r", ab, { lines })
  expectTable("all three kinds of line break", "a,b\r1,2\r\n3,4\n", ab, { lines })
  expectTable("a byte-order mark", "\uFEFFa,b\n1,2\n3,4\n", ab, { lines })
  expectTable("gzipped", gzip(utf8("a,b\n1,2\n3,4\n")), ab, { lines })
  expectTable("gzipped, a byte-order mark inside", gzip(utf8("\uFEFFa,b\n1,2\n3,4\n")), ab, { lines })
  expectTable("blank lines", "\n\t\n a,b\n\n1,2\n  \n3,4\n\n", ab, { lines: [5, 7] })
  expectTable("blanks around cells", " a ,\tb\n 1\t, 2 \n3,4\n", ab, { lines })
  expectTable("everything quoted", '"a","b"\n"1","2"\n" 3 ","4\n"\n', ab, { lines })
  expectTable(
    "line breaks inside quotes count as lines",
    '"a\r\nb","c"\r\n"1\n\n","2\r3"\r\n4,5\r\n',
    {
      "a\r\nb": [1, 4],
      c: ["2\r3", 5]
    },
    { lines: [3, 7] }
  )
  expectTable("quotes and delimiters inside quotes", '"a,""1""";b\n"x;y";"""z"""\n', { 'a,"1"': ["x;y"], b: ['"z"'] })
  expectTable("letters beyond ASCII, of two, three and four bytes", "größe,日本,🙂\né,語,𝒳\n", {
    größe: ["é"],
    日本: ["語"],
    "🙂": ["𝒳"]
  })
  expectTable("the replacement character, if it is there", "a\n\uFFFD\n", { a: ["\uFFFD"] })
  expectTable("names that objects have", "__proto__,constructor\n1,toString\n", {
    ["__proto__"]: [1],
    constructor: ["toString"]
  })
  expectTable("names of which some are numbers", "2019,2020,region\n1,2,north\n", {
    2019: [1],
    2020: [2],
    region: ["north"]
  })
  expectTable(
    "without a header",
    "p,x,s\ne,x,1\n",
    { column1: ["p", "e"], column2: ["x", "x"], column3: ["s", 1] },
    {
      header: false,
      lines: [1, 2]
    }
  )
  expectTable("one column", "a\n1\n\nx\n", { a: [1, "x"] }, { lines: [2, 4] })
})

describe("delimiters", () => {
  const ab = { a: [1.5], "b c": ["x y"] }
  expectTable("comma", "a,b c\n1.5,x y\n", ab)
  expectTable("tab", "a\tb c\n1.5\tx y\n", ab)
  expectTable("semicolon", "a;b c\n1.5;x y\n", ab)
  expectTable("bar", "a|b c\n1.5|x y\n", ab)
  expectTable("the commonest of several", "a;b, in m;c\n1;2;3\n", { a: [1], "b, in m": [2], c: [3] })
  expectTable("not those in quotes", '"a,b,c";d\n1;2\n', { "a,b,c": [1], d: [2] })
  expectTable("not those in quotes over two lines", '"a,\nb,c";d\n1;2\n', { "a,\nb,c": [1], d: [2] })
  expectTable("white space", '\n  a   b "c d" \n 1.5 \t x  " y\tz "\t\n2 "" 3\n', {
    a: [1.5, 2],
    b: ["x", undefined],
    "c d": ["y\tz", 3]
  })
  expectTable("one column with blanks at its ends is no white space between", " a \n 1 \n", { a: [1] })
  const noHeader = { header: false }
  const decimals = { column1: ["1,5", 2], column2: ["-2,3e4", 4], column3: ["+6,0", "7,1"] }
  for (const [name, between] of [
    ["tabs", "\t"],
    ["semicolons", ";"],
    ["bars", "|"],
    ["white space", "  "]
  ]) {
    const rows = [
      ["1,5", "-2,3e4", "+6,0"],
      ["2", "4", "7,1"]
    ].map((cells) => cells.join(between))
    expectTable(`${name}, although commas inside numbers are commoner`, `${rows.join("\n")}\n`, decimals, noHeader)
  }
  expectTable(
    "commas between numbers, with blanks",
    "1, 2, 3\n",
    { column1: [1], column2: [2], column3: [3] },
    noHeader
  )
  expectTable(
    "commas that are commoner between texts",
    "a,1;b,2\n",
    { column1: ["a"], column2: ["1;b"], column3: [2] },
    noHeader
  )
  expectTable("another, if asked for", "a:b,c\n1:2\n", { a: [1], "b,c": [2] }, { delimiter: ":" })
  expectTable("tab by name", "a,b\tc\n1\t2\n", { "a,b": [1], c: [2] }, { delimiter: "tab" })
  expectTable("tab as shells leave it", "a,b\tc\n1\t2\n", { "a,b": [1], c: [2] }, { delimiter: "\\t" })
  expectTable("comma by name", "a\tb\tc,d\n1,2\n", { "a\tb\tc": [1], d: [2] }, { delimiter: "comma" })
  expectTable("semicolon by name", "a,b,c;d\n1;2\n", { "a,b,c": [1], d: [2] }, { delimiter: "semicolon" })
  expectTable("bar by name", "a,b,c|d\n1|2\n", { "a,b,c": [1], d: [2] }, { delimiter: "bar" })
  expectTable("space by name", "a,b  c\n 1 2\n", { "a,b": [1], c: [2] }, { delimiter: "space" })
  expectTable("a blank is space", "a,b  c\n 1 2\n", { "a,b": [1], c: [2] }, { delimiter: " " })
  expectTable("comma, although tabs are commoner", "a\tb\tc,d\n1,2\n", { "a\tb\tc": [1], d: [2] }, { delimiter: "," })
})

describe("cells", () => {
  expectTable(
    "every way to write a number",
    "a\n1e3\n-2.5E-3\n+.5\n-0\n7.\n1e-320\n1.7976931348623157e308\n00012\n-1E+2\n0.1\n123456789012345678\n9007199254740993\n",
    {
      a: [
        1000,
        -0.0025,
        0.5,
        -0,
        7,
        1e-320,
        Number.MAX_VALUE,
        12,
        -100,
        0.1,
        123_456_789_012_345_680,
        9_007_199_254_740_992
      ]
    }
  )
  const texts = [
    "inf",
    "Infinity",
    "-Infinity",
    "1e999",
    "0x10",
    "0b1",
    "1_000",
    "1 000",
    "1e",
    ".",
    "-",
    "+-1",
    "1.2.3"
  ]
  const more = ["12/03/2020", "2020-03-12", "12:30", "true", "١", "NAN", "None", "?", "-", "1e5.5", "$5", "5%"]
  for (const text of new Set([...texts, ...more])) {
    expectTable(`the text ${text}`, `a;b\n${text};1\n`, { a: [text], b: [1] })
  }
  const none = undefined
  expectTable("missing", 'a,b\n,1\nNA,2\nN/A,3\n"NaN", NA \nnull,"  "\nna,\n', {
    a: [none, none, none, none, none, "na"],
    b: [1, 2, 3, none, none, none]
  })
  expectTable(
    "other words for missing",
    "a,b\n?,NA\n-999, . \n-999.0,\n -9.99e2 ,-998\n",
    { a: [none, none, none, none], b: ["NA", none, none, -998] },
    {
      missing: ["?", " . ", "-999"]
    }
  )
  expectTable("only empty cells are missing", "a,b\nNA,\n", { a: ["NA"], b: [none] }, { missing: [] })
  expectTable("a column of nothing", "a,b\n1,\n2,\n", { a: [1, 2], b: [none, none] })
  expectTable("numbers and texts that begin late", `a,b\n${",x\n".repeat(40)}1,2\n,3\n`, {
    a: [...new Array<undefined>(40), 1, none],
    b: [...new Array<string>(40).fill("x"), 2, 3]
  })

  it.effect("more texts than are kept: the last one stands for the others", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 1200 }, (_, i) => `name${i}`)
      const { columns } = yield* readText(`a\n${names.join("\n")}\nname0\nname1150\n`)
      const { texts, code, count } = columns[0]!
      expect(texts).toEqual(names.slice(0, 1001))
      expect([0, 1, 999, 1000, 1001, 1199, 1200, 1201].map(code)).toEqual([0, 1, 999, 1000, 1000, 1000, 0, 1000])
      expect(count).toEqual({ numbers: 0, texts: 1202 })
    })
  )

  it.effect("a million digits and a letter are a text, without a number looked for at each of them", () =>
    Effect.gen(function* () {
      const digits = "1".repeat(1_000_000)
      const { columns } = yield* readText(`a\n${digits}\n${digits}x\n${digits}.${digits}e\n`)
      expect(columns[0]!.texts).toEqual([digits, `${digits}x`, `${digits}.${digits}e`])
    })
  )

  it.effect("a megabyte in one chunk, letters of two bytes in it", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 100_000 }, (_, i) => `é${i % 7},${i}`)
      const { columns } = yield* readText(`a,b\n${rows.join("\n")}\n`, {}, 10_000_000)
      const [a, b] = columns
      expect(rows.map((_, row) => `${a!.texts[a!.code(row)]},${b!.number(row)}`)).toEqual(rows)
    })
  )

  it.effect("10,000 columns", () =>
    Effect.gen(function* () {
      const row = (f: (c: number) => string) => Array.from({ length: 10_000 }, (_, c) => f(c)).join()
      const table = yield* readText(
        `${row((c) => `c${c}`)}\n${row((c) => String(c / 8))}\n${row((c) => `t${c % 3}`)}\n`
      )
      expect(table.columns.map(({ name }) => name)).toEqual(Array.from({ length: 10_000 }, (_, c) => `c${c}`))
      expect(table.columns.map(({ number }) => number(0))).toEqual(Array.from({ length: 10_000 }, (_, c) => c / 8))
      expect(table.columns.map(({ code, texts }) => texts[code(1)])).toEqual(
        Array.from({ length: 10_000 }, (_, c) => `t${c % 3}`)
      )
    })
  )
})

describe("real files", () => {
  const data = join(process.cwd(), "../shared/data")
  const read = (path: string, options?: TextOptions) =>
    readDelimited(join(data, path), options).pipe(Effect.provide(NodeServices.layer))
  const real = it.effect.skipIf(!existsSync(data))

  real("mcycle: 133 rows, the first and the last", () =>
    Effect.gen(function* () {
      const table = yield* read("small/mcycle.csv")
      const [, times, accel] = table.columns
      expect(table.columns.map(({ name, count }) => [name, count.numbers])).toEqual([
        ["rownames", 133],
        ["times", 133],
        ["accel", 133]
      ])
      expect([times!.number(0), accel!.number(1), times!.number(132), accel!.number(132)]).toEqual([
        2.4, -1.3, 57.6, 10.7
      ])
    })
  )

  real("mushroom, gzipped and without a header: 4,208 edible, 3,916 poisonous, 2,480 question marks", () =>
    Effect.gen(function* () {
      const { rows, columns } = yield* read("mushroom/agaricus-lepiota.data.gz", { header: false })
      const times = (c: number, text: string) =>
        Array.from({ length: rows }, (_, row) => columns[c]!.texts[columns[c]!.code(row)]).filter((t) => t === text)
          .length
      expect([rows, columns.length, columns[16]!.texts]).toEqual([8124, 23, ["p"]])
      expect([times(0, "e"), times(0, "p"), times(11, "?")]).toEqual([4208, 3916, 2480])
    })
  )

  real("the UCI sets, split at white space: their rows and columns, all numbers", () =>
    Effect.gen(function* () {
      const sets = {
        boston: [506, 14],
        energy: [768, 9],
        kin8nm: [8192, 9],
        protein: [45_730, 10],
        "wine-red": [1599, 12]
      }
      for (const [set, [rows, columns]] of Object.entries(sets)) {
        const table = yield* read(`uci/${set}/data.txt.gz`, { header: false })
        expect([table.rows, table.columns.length]).toEqual([rows, columns])
        expect(table.columns.every(({ count }) => count.numbers === rows)).toBe(true)
      }
    })
  )
})
