// Files that train refuses: exit code 1, a message that says where and what to do, and no file touched.
import { gzipSync } from "node:zlib"
import { describe, it } from "vitest"
import { inside } from "./inside.ts"
import { refusing } from "./refusing.ts"
import { folderOf, linearCsv } from "./run.ts"

const numbers = (count: number, f: (i: number) => unknown): string =>
  Array.from({ length: count }, (_, i) => f(i)).join()
const folder = folderOf({
  "good.csv": linearCsv(60, 1),
  "empty.csv": "",
  "header.csv": "a,price\n",
  "ragged.csv": "a,price\n1,2\n3\n",
  "quote.csv": 'a,price\n1,2\n"3,4\n5,6\n',
  "twice.csv": "a,a,price\n1,2,3\n",
  "blank.csv": "a,,price\n1,2,3\n",
  "feature.csv": "a,price\n1,2\nx,3\n",
  "target.csv": "a,price\n1,2\n2,x\n",
  "cells.csv": "a,price\n1,2\n,3\n4,\n5,6\n",
  "nan.csv": "a,price\n1,2\n2,NaN\n",
  "infinity.csv": "a,price\n1,2\nInfinity,3\n-inf,4\n",
  "huge.csv": "a,price\n1,2\n1e308,3\n-1e308,4\n1e308,5\n",
  "dates.csv": "a,price\n2026-01-01,2\n2026-01-02,3\n",
  "latin.csv": Uint8Array.from([...new TextEncoder().encode("a,price\n1,"), 0xe9, 10]),
  "cut.csv.gz": gzipSync("a,price\n1,2\n").subarray(0, 20),
  "constant.csv": "a,price\n1,2\n2,2\n4,2\n",
  "features.csv": "a,b,price\n1,2,2\n1,2,3\n1,2,5\n",
  "one.csv": "a,price\n1,2\n",
  "three.csv": "a,price\n1,2\n3,4\n5,7\n",
  "class.csv": "a,kind\n1,x\n2,x\n3,x\n",
  "single.csv": "a,kind\n1,x\n2,x\n3,y\n4,x\n",
  "wide.csv": `${numbers(10_000, (i) => `c${i}`)}\n${numbers(9_999, (i) => i)}\n`,
  "out/within": "a file in a folder"
})
const expectRefused = refusing(folder)
const good = ["train", "./good.csv"]

describe("files that train refuses", () => {
  const columns = "Leave such rows out by --drop-missing, or columns by --exclude"
  const mixed = "List texts that stand for missing values in --missing, or name the column in --categorical"
  const header = "a file without a header needs --no-header"
  const constant = "A constant tells nothing and predicts nothing"
  const files: ReadonlyArray<readonly [string, string]> = [
    ["none.csv", "none.csv: there is no such file. Check the path"],
    ["out", "out: it is a directory. Give a file in it"],
    ["empty.csv", "empty.csv: the file is empty. It needs a line of names and rows below it"],
    ["header.csv", `header.csv: there are no rows below the header. Is its one line a header? If not, ${header}`],
    [
      "ragged.csv",
      "ragged.csv, line 3: 1 cell, but the header has 2. Every row needs as many, split at commas; --delimiter names another"
    ],
    [
      "quote.csv",
      'quote.csv, line 3, column "a": Unterminated quoted field. Is a quote missing, one too many, or a blank before one?'
    ],
    ["twice.csv", `twice.csv, line 1, column "a": there are two columns of this name. Rename one; ${header}`],
    [
      "blank.csv",
      "blank.csv, line 1: column 2 has no name. Give it one in the first line: pandas and R write their index without a name"
    ],
    ["feature.csv", `feature.csv, line 3, column "a": "x" is no number. ${mixed}`],
    ["target.csv", `target.csv, line 3, column "price": "x" is no number. ${mixed}`],
    ["cells.csv", `cells.csv: 2 of 4 rows lack values: line 3 (a), line 4 (price). ${columns}`],
    ["nan.csv", `nan.csv: 1 of 2 rows lacks a value: line 3 (price). ${columns}`],
    [
      "infinity.csv",
      'infinity.csv, line 3, column "a": "Infinity" is no finite number; nor is "-inf" in line 4. Numbers have to be finite: mend it, or list it in --missing'
    ],
    [
      "huge.csv",
      'the training rows of huge.csv, column "a": the values are too large, or too close together, to be standardized. Rescale it'
    ],
    [
      "dates.csv",
      'dates.csv, column "a": it holds dates or times, such as "2026-01-01". Make a number of it, such as the days since the first, or leave it out by --exclude'
    ],
    ["latin.csv", "latin.csv, line 2: a byte is no UTF-8. A table of text has to be in UTF-8"],
    [
      "cut.csv.gz",
      "cut.csv.gz: it begins as gzip does, but cannot be unzipped: it is damaged, cut short, or several files joined. Make it again, or unzip it first"
    ],
    [
      "constant.csv",
      "the training rows of constant.csv: the target is constant: price. There is nothing to predict in it"
    ],
    ["features.csv", `the training rows of features.csv: no column varies: a, b. ${constant}`],
    ["one.csv", "one.csv: one row cannot be split into training and test"],
    [
      "wide.csv",
      "wide.csv, line 2: 9999 cells, but the header has 10000. Every row needs as many, split at commas; --delimiter names another"
    ]
  ]
  for (const [file, message] of files) {
    it(`${file}`, async () =>
      expectRefused(await inside(folder, ["train", `./${file}`, "--target", "price"]), `error: ${message}`))
  }

  it("one class, and a class with one row", async () => {
    const of = (file: string) => inside(folder, ["train", `./${file}`, "--target", "kind"])
    const one = 'class.csv, column "kind": there is one class only, "x". There is nothing to predict in it'
    expectRefused(await of("class.csv"), `error: ${one}`)
    const single =
      'single.csv, line 4, column "kind": the class "y" has a single row, which cannot be both trained and tested on. Leave it out, or find more such rows'
    expectRefused(await of("single.csv"), `error: ${single}`)
  })

  it("a single row that is left to train on", async () => {
    const result = await inside(folder, ["train", "./three.csv", "--target", "price", "--test-fraction", "0.6"])
    const problem = "there is one row alone, and nothing varies in it"
    const hint = "Find more rows, or keep fewer of them to test on"
    expectRefused(result, `error: the training rows of three.csv: ${problem}. ${hint}`)
  })

  it("two targets of which one is constant", async () => {
    const result = await inside(folder, [...good, "--target", "price,seven"])
    const hint = "There is nothing to predict in it"
    expectRefused(result, `error: the training rows of good.csv: the target is constant: seven. ${hint}`)
  })
})
