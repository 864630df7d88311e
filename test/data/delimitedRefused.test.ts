// Tables of text, bad ones: the exact words where no table comes out.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { ConfigError, DataError } from "../../src/core/errors.ts"
import { readDelimited, type TextOptions } from "../../src/data/csv.ts"
import { gzip, noFiles, utf8 } from "../files/memory.ts"
import { readText } from "./delimited.ts"

const expectRefused = (name: string, content: string | Uint8Array, message: string, options?: TextOptions) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      for (const size of [1, 3, 65_536]) {
        const error = yield* Effect.flip(readText(content, options, content.length < 1e5 ? size : 65_536))
        expect(error).toBeInstanceOf(DataError)
        expect(error.message).toBe(`t.csv${message}`)
      }
    })
  )

describe("no table", () => {
  const empty = ": the file is empty. It needs a line of names and rows below it"
  expectRefused("an empty file", "", empty)
  expectRefused("a byte-order mark only", "\uFEFF", empty)
  expectRefused("blank lines only", "\n \r\n\t\n", empty)
  expectRefused("blank lines only, and no header", "\n \r\n", empty, { header: false })
  const noRows =
    ": there are no rows below the header. Is its one line a header? If not, a file without a header needs header: false (--no-header)"
  expectRefused("a header only", "a,y\n", noRows)
  expectRefused("a header and blank lines", "a,y\n\n  \n", noRows)
})

describe("names", () => {
  const without = "a file without a header needs header: false (--no-header)"
  const rename = `: there are two columns of this name. Rename one; ${without}`
  expectRefused("a name twice", "a,b,a,y\n", `, line 1, column "a"${rename}`)
  expectRefused("a name twice, but for blanks, in line 3", "\n\na,b, a,y\n", `, line 3, column "a"${rename}`)
  expectRefused("mushroom, if it had a header", "p,x,s,n,t,p\ne,x,s,y,t,a\n", `, line 1, column "p"${rename}`)
  const index = "Give it one in the first line: pandas and R write their index without a name"
  expectRefused("the first column without a name", ",a\n0,1\n", `, line 1: column 1 has no name. ${index}`)
  expectRefused("a blank name", 'a, ,"y"\n1,2,3\n', `, line 1: column 2 has no name. ${index}`)
  expectRefused("numbers only", "1,2.5\n3,4\n", `, line 1: the header is all numbers. Is it one? If not, ${without}`)
  expectRefused(
    "a row of iris",
    "5.1,3.5,1.4,0.2,setosa\n",
    `, line 1: most names in the header are numbers, such as 5.1. Is it one? If not, ${without}`
  )
  const names = Array.from({ length: 99_999 }, (_, i) => `name ${i}`)
  expectRefused("the last of many twice", `${names.join()},name 99998\n`, `, line 1, column "name 99998"${rename}`)
  const many = "Is a line break missing? Large arrays can be read from .npy"
  const row = ",".repeat(100_000)
  expectRefused("too many columns", row, `, line 1: there are 100001 columns, more than 100000. ${many}`)
})

describe("rows", () => {
  const hint = (delimiter: string) => `Every row needs as many, split at ${delimiter}; \`delimiter\` names another`
  const cells = hint("commas")
  expectRefused("a short row", "a,y\n1,2\n3\n", `, line 3: 1 cell, but the header has 2. ${cells}`)
  expectRefused("a long row", "a,y\n1,2,\n", `, line 2: 3 cells, but the header has 2. ${cells}`)
  expectRefused("without a header", "1,2\n3\n", `, line 2: 1 cell, but the first row has 2. ${cells}`, {
    header: false
  })
  expectRefused("below blank lines", "\na,y\r\n\r\n1\r\n", `, line 4: 1 cell, but the header has 2. ${cells}`)
  expectRefused("below quoted LF", 'a,y\n"1\n\n",2\n3\n', `, line 5: 1 cell, but the header has 2. ${cells}`)
  expectRefused("below quoted CRLF", '"a\r\n",y\r\n1\r\n', `, line 3: 1 cell, but the header has 2. ${cells}`)
  expectRefused("below quoted CR", '"\ra",y\r1\r', `, line 3: 1 cell, but the header has 2. ${cells}`)
  expectRefused("tabs", "a\tb\n1,2\n", `, line 2: 1 cell, but the header has 2. ${hint("tabs")}`)
  expectRefused("semicolons", "a;b\n1,2\n", `, line 2: 1 cell, but the header has 2. ${hint("semicolons")}`)
  expectRefused("bars", "a|b\n1,2\n", `, line 2: 1 cell, but the header has 2. ${hint("bars")}`)
  expectRefused("white space", "house size\n70\n", `, line 2: 1 cell, but the header has 2. ${hint("white space")}`)
  expectRefused("another", "a:b\n1\n", `, line 2: 1 cell, but the header has 2. ${hint('":"')}`, { delimiter: ":" })
})

describe("streams without end, of which nothing more is asked once a row is refused", () => {
  const ragged = utf8(`a,b\n1\n${Array.from({ length: 50_000 }, (_, i) => `${(i * 7919) % 10_007},${i}\n`).join("")}`)
  const zipped = gzip(ragged)
  const starts: ReadonlyArray<readonly [string, Uint8Array]> = [
    ["plain", ragged],
    ["gzipped", zipped.subarray(0, zipped.length - 100)]
  ]
  it.effect.each(starts)("%s", ([, start]) =>
    Effect.gen(function* () {
      const bytes = Stream.concat(Stream.make(start), Stream.never)
      const error = yield* Effect.flip(noFiles(readDelimited({ name: "stdin", bytes })))
      expect(error.message).toMatch(/^stdin, line 2: 1 cell, but the header has 2\. /)
    })
  )
})

describe("quotes", () => {
  const hint = "Is a quote missing, one too many, or a blank before one?"
  const unclosed = "Unterminated quoted field"
  const amid = "Unexpected quote in an unquoted field"
  const behind = "Expected a delimiter or line break after a closing quote"
  expectRefused("never closed", 'a,y\n1,2\n"3,4\n5,6\n', `, line 3, column "a": ${unclosed}. ${hint}`)
  expectRefused("never closed in the header", 'a,"y\n1,2\n', `, line 1: ${unclosed}. ${hint}`)
  expectRefused("amid a cell", 'a,y\n1"0,2\n', `, line 2, column "a": ${amid}. ${hint}`)
  expectRefused("behind a blank", 'a,y\n1, "2"\n', `, line 2, column "y": ${amid}. ${hint}`)
  expectRefused("before a letter", 'a,y\n1,"2"x\n', `, line 2, column "y": ${behind}. ${hint}`)
  expectRefused("amid a cell, split at white space", 'a y\n1 2"\n', `, line 2, column "y": ${amid}. ${hint}`)
  expectRefused(
    "a row without end",
    `a,y\n"${"1\n".repeat(3_000_000)}`,
    `, line 2: the row is longer than 4194304 characters. ${hint}`
  )
})

describe("bytes", () => {
  const hint = "A table of text has to be in UTF-8"
  const bad = (before: string, ...bytes: ReadonlyArray<number>) =>
    new Uint8Array([...utf8(before), ...bytes, ...utf8("\n1,2\n")])
  const line = (n: number) => `, line ${n}: a byte is no UTF-8. ${hint}`
  expectRefused("Latin-1", bad("a,y\n1,2\n3,", 0xe9), line(3))
  expectRefused("a byte that never occurs", bad("a,y\n1,", 0xff), line(2))
  expectRefused("a character begun and not ended", bad("a,y\r\n\r\n1,", 0xf0, 0x9f, 0x99), line(3))
  expectRefused("a character not begun", bad("a,y\r1,", 0x82, 0xac), line(2))
  expectRefused("half a pair of UTF-16", bad("a,y\n\n1,", 0xed, 0xa0, 0x80), line(3))
  expectRefused("an overlong slash", bad("", 0xc0, 0xaf), line(1))
  expectRefused("a character cut short by the end", new Uint8Array([...utf8("a\né\n"), 0xc3]), line(3))
  expectRefused("behind good letters on the same line", bad("größe,日本\n1,🙂é", 0xe9), line(2))
  const zero = (n: number) => `, line ${n}: a byte is zero, so it is no text. ${hint}`
  expectRefused("a zero", "a,y\n1,2\n\0,3\n", zero(3))
  expectRefused("UTF-16 without a mark", new Uint8Array([97, 0, 44, 0, 121, 0]), zero(1))
  expectRefused("UTF-16", new Uint8Array([0xff, 0xfe, 97, 0, 44, 0]), ": its text is UTF-16. Save it as UTF-8")
  expectRefused("UTF-16, big end first", new Uint8Array([0xfe, 0xff, 0, 97]), ": its text is UTF-16. Save it as UTF-8")
})

describe("delimiters that cannot be", () => {
  const one = 'one character that is no quote or line break, "comma", "tab", "semicolon", "bar" or "space"'
  for (const delimiter of ["", "ab", '"', "\n", "\r", "Tab", "constructor", "🙂"]) {
    it.effect(JSON.stringify(delimiter), () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(readText("a\n1\n", { delimiter }))
        expect(error).toBeInstanceOf(ConfigError)
        expect(error.message).toBe(`delimiter: expected ${one}, got ${JSON.stringify(delimiter)}`)
      })
    )
  }
})
