// From text to a dataset in one step: the numbers that come out, and the words of both readers where none do.
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { describe, expect, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ConfigError, DataError, Dataset, Noise, Tensor } from "effect-bayes"
import { newFolder } from "../files/folders.ts"
import { named, noFiles, utf8 } from "../files/memory.ts"

const read = (content: string, options: Dataset.CsvOptions) =>
  noFiles(Dataset.readCsv(named("t.csv", [utf8(content)]), options))

describe("in memory", () => {
  it.effect("numbers and categories, in the order of their columns", () =>
    Effect.gen(function* () {
      const data = yield* read("a,kind,y,b\n1,old,3,5\n2,new,4.5,6\n7,old,8,9\n", { target: "y" })
      expect([data.features, data.targets]).toEqual([["a", "kind=new", "kind=old", "b"], ["y"]])
      expect(Tensor.toArray(data.x)).toEqual([
        [1, 0, 1, 5],
        [2, 1, 0, 6],
        [7, 0, 1, 9]
      ])
      expect(Tensor.toArray(data.y)).toEqual([[3], [4.5], [8]])
      expect([data.x.dtype, data.y.dtype]).toEqual(["float64", "float64"])
    })
  )

  it.effect("several targets, in the order they are asked for", () =>
    Effect.gen(function* () {
      const { x, y, features, targets } = yield* read("a,b,c,d\n1,2,3,4\n5,6,7,8\n", { target: ["d", "b"] })
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

  it.effect("what is said of the file and of its columns is heard", () =>
    Effect.gen(function* () {
      const { x, y, features, origin } = yield* read("1:2:x\n\n?:5:y\n3:4:z\n", {
        target: "column2",
        exclude: ["column3"],
        delimiter: ":",
        header: false,
        missing: ["?"],
        dropMissing: true
      })
      expect([features, Tensor.toArray(x), Tensor.toArray(y)]).toEqual([["column1"], [[1], [3]], [[0], [1]]])
      expect(origin).toEqual({ source: "t.csv", lines: Uint32Array.of(1, 4) })
    })
  )

  it.effect("what is wrong with the text, with the columns, or with an option", () =>
    Effect.gen(function* () {
      const message = (content: string, options: Dataset.CsvOptions) =>
        Effect.map(Effect.flip(read(content, options)), (error) => [error._tag, error.message])
      const ragged = "Every row needs as many, split at commas; `delimiter` names another"
      expect(yield* message("a,y\n1\n", { target: "y" })).toEqual([
        "DataError",
        `t.csv, line 2: 1 cell, but the header has 2. ${ragged}`
      ])
      expect(yield* message("a,y\n1,2\n", { target: "z" })).toEqual([
        "DataError",
        't.csv: there is no column "z". The columns are a, y'
      ])
      const hint = "List texts that stand for missing values in `missing`, or name the column in `categorical`"
      expect(yield* message("a,y\n\n1,2\nx,3\n", { target: "y" })).toEqual([
        "DataError",
        `t.csv, line 4, column "a": "x" is no number. ${hint}`
      ])
      const digits = "1".repeat(200_000)
      expect(yield* message(`a,y\n1,2\n${digits}x,3\n`, { target: "y" })).toEqual([
        "DataError",
        `t.csv, line 3, column "a": "${digits.slice(0, 40)}..." is no number. ${hint}`
      ])
      const one = 'one character that is no quote or line break, "comma", "tab", "semicolon", "bar" or "space"'
      expect(yield* message("a,y\n1,2\n", { target: "y", delimiter: "ab" })).toEqual([
        "ConfigError",
        `delimiter: expected ${one}, got "ab"`
      ])
    })
  )
})

const folder = newFolder()

layer(NodeServices.layer)("on disk", (it) => {
  it.effect("no such file", () =>
    Effect.gen(function* () {
      const path = join(folder, "none.csv")
      const error = yield* Effect.flip(Dataset.readCsv(path, { target: "y" }))
      expect(error).toBeInstanceOf(DataError)
      expect(error.message).toBe(`${path}: there is no such file. Check the path`)
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
      const noise = yield* Noise.Noise.pipe(Effect.provide(Noise.layer(1)))
      const byHand = Dataset.split(whole, { key: noise.key("split"), testFraction: 0.25 })
      expect(Tensor.equals(a.test.x, byHand.test.x)).toBe(true)
      const seen = [...Tensor.toFloat64Array(a.train.x), ...Tensor.toFloat64Array(a.test.x)]
      expect(seen.sort((p, q) => p - q)).toEqual(rows.map(([i]) => i))

      const none = Dataset.fromCsv(path, { target: "y", testFraction: 1 }).pipe(Effect.provide(Noise.layer(1)))
      const error = yield* Effect.flip(none)
      expect(error).toBeInstanceOf(ConfigError)
      expect(error.message).toBe("testFraction: expected a number between 0 and 1, got 1")
    })
  )
})
