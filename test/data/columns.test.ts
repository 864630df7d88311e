// Columns: what a choice makes of a table, by value.
import { Columns, Dataset, Tensor } from "effect-bayes"
import { describe, expect, it } from "vitest"
import type { Table } from "../../src/data/Table.ts"
import { type Cell, many, tableOf, withoutLines } from "./tables.ts"

const numeric = (name: string) => ({ kind: "numeric", name })
const categorical = (name: string, ...categories: ReadonlyArray<string>) => ({ kind: "categorical", name, categories })

const houses = tableOf({
  id: [1, 2, 3, 4],
  town: ["York", "Bath", "York", "Hull"],
  size: [50, 60.5, 70, 80],
  zip: [10, 9, 10, 9],
  price: [100, 200, 300, 400]
})

describe("fit", () => {
  it("takes texts for categories, numbers for numbers, and leaves out what numbers the rows", () => {
    expect(Columns.fit(houses, { target: "price" })).toEqual({
      columns: {
        features: [categorical("town", "Bath", "Hull", "York"), numeric("size"), numeric("zip")],
        targets: [numeric("price")]
      },
      leftOut: [{ name: "id", why: "it only numbers the rows" }],
      task: "regression",
      taskFrom: "the target is numbers",
      missing: 0
    })
  })

  it("takes the features that are named, in their order, and no others", () => {
    const { columns, leftOut } = Columns.fit(houses, { target: "price", features: ["size", "id"] })
    expect([columns.features, leftOut]).toEqual([[numeric("size"), numeric("id")], []])
  })

  it("takes all but those excluded, and numbers for categories where told", () => {
    const { columns } = Columns.fit(houses, { target: "price", exclude: ["town", "id"], categorical: ["zip"] })
    expect(columns.features).toEqual([numeric("size"), categorical("zip", "9", "10")])
  })

  it("sorts numbers by size before texts by letters, and knows a number by its value", () => {
    const t = tableOf({ k: ["b", 10, "B", -0, 9, "1e999", 0, 1e-7, -3, "", "0x10"], y: many(11, (i) => i) })
    const { columns } = Columns.fit(t, { target: "y", categorical: ["k"] })
    expect(columns.features).toEqual([categorical("k", "-3", "0", "1e-7", "9", "10", "", "0x10", "1e999", "B", "b")])
  })

  const tasks: ReadonlyArray<
    readonly [string, ReadonlyArray<Cell>, Partial<Columns.Choice>, Columns.Task, string, object]
  > = [
    ["texts", ["n", "y", "n"], {}, "classification", "the target is text", categorical("y", "n", "y")],
    ["two numbers", [5, 2.5, 5], {}, "classification", "the target is 2.5 or 5", categorical("y", "2.5", "5")],
    ["two numbers, but told", [5, 2, 5], { task: "regression" }, "regression", "it was given", numeric("y")],
    ["three numbers", [1, 2, 3], {}, "regression", "the target is numbers", numeric("y")],
    ["one number", [1, 1, 1], {}, "regression", "the target is numbers", numeric("y")],
    [
      "three numbers, but told",
      [3, 1, 20],
      { task: "classification" },
      "classification",
      "it was given",
      categorical("y", "1", "3", "20")
    ],
    [
      "numbers named as categories",
      [3, 1, 20],
      { categorical: ["y"] },
      "classification",
      "the target is named as categorical",
      categorical("y", "1", "3", "20")
    ]
  ]
  it.each(tasks)("infers the task of a target of %s", (...[, y, choice, task, taskFrom, target]) => {
    const fitted = Columns.fit(tableOf({ x: [1, 2, 4], y }), { target: "y", ...choice })
    expect(fitted).toMatchObject({ task, taskFrom, columns: { targets: [target] } })
  })

  it("takes several targets for numbers, be they two", () => {
    const t = tableOf({ x: [1, 2], a: [0, 1], b: [3, 4] })
    const { columns, task, taskFrom } = Columns.fit(t, { target: ["b", "a"] })
    expect([columns.targets, task, taskFrom]).toEqual([
      [numeric("b"), numeric("a")],
      "regression",
      "there are several targets"
    ])
  })

  it("keeps a column that numbers the rows if it has another name, other values, or a role", () => {
    const kept = (name: string, cells: ReadonlyArray<Cell>, choice: Partial<Columns.Choice> = {}) =>
      Columns.fit(tableOf({ [name]: cells, x: [5, 6, 8], y: [1, 2, 4] }), { target: "y", ...choice }).leftOut.length ===
      0
    expect(kept("step", [0, 1, 2])).toBe(true)
    expect(kept("id", [1, 3, 2])).toBe(true)
    expect(kept("id", [2, 3, 4])).toBe(true)
    expect(kept("id", [1, 2, undefined], { dropMissing: true })).toBe(true)
    expect(kept("id", [0, 1, 2], { categorical: ["id"] })).toBe(true)
    for (const name of [
      "rownames",
      "Row",
      "rownum",
      "INDEX",
      "id",
      "idx",
      "rowid",
      "Unnamed: 0",
      "__index_level_0__"
    ]) {
      expect([kept(name, [0, 1, 2]), kept(name, [1, 2, 3])]).toEqual([false, false])
    }
    expect(Columns.fit(tableOf({ id: [1, 2, 3], x: [5, 6, 8] }), { target: "id" }).columns.targets).toEqual([
      numeric("id")
    ])
  })

  it("guesses what the first five names that are not there may have meant, and no more of them", () => {
    const inputs =
      (...names: ReadonlyArray<string>) =>
      () =>
        Columns.inputs(Columns.numeric(names, []), houses)
    expect(inputs("!", "?", "+", "-", "sizes")).toThrow('Did you mean "size"?')
    expect(inputs("!", "?", "+", "-", "*", "sizes")).toThrow("The columns are id, town, size")
  })

  it("leaves out a column of row names whose texts all differ, and no other one", () => {
    const leftOut = (name: string, cells: ReadonlyArray<Cell>, choice: Partial<Columns.Choice> = {}) =>
      Columns.fit(tableOf({ [name]: cells, x: [5, 6, 8], y: [1, 2, 4] }), { target: "y", ...choice }).leftOut
    const cars = ["Mazda", "Fiat", "Lotus"]
    expect(leftOut("rownames", cars)).toEqual([{ name: "rownames", why: "it only names the rows" }])
    expect(leftOut("model", cars)).toEqual([])
    expect(leftOut("rownames", ["Mazda", "Fiat", "Fiat"])).toEqual([])
    expect(leftOut("rownames", ["Mazda", "Fiat", undefined], { dropMissing: true })).toEqual([])
    expect(leftOut("rownames", ["Mazda", "Fiat", 1], { categorical: ["rownames"] })).toEqual([])
    expect(leftOut("rownames", cars, { features: ["rownames", "x"] })).toEqual([])
    expect(() => leftOut("index", ["2024-01-01", "2024-01-02", "2024-01-03"])).toThrow("it holds dates or times")
  })

  it("leaves out a column of texts that all differ in 20 rows or more, whatever its name", () => {
    const leftOut = (rows: number, texts: number, choice: Partial<Columns.Choice> = {}) => {
      const cells = Array.from({ length: rows }, (_, i) => `car ${i % texts}`)
      const x = Array.from({ length: rows }, (_, i) => i * i)
      return Columns.fit(tableOf({ model: cells, x, y: x }), { target: "y", ...choice }).leftOut
    }
    expect(leftOut(20, 20)).toEqual([{ name: "model", why: "it only names the rows" }])
    expect(leftOut(20, 19)).toEqual([])
    expect(leftOut(19, 19)).toEqual([])
    expect(leftOut(20, 20, { categorical: ["model"] })).toEqual([])
    expect(leftOut(20, 20, { features: ["model", "x"] })).toEqual([])
  })

  it("refuses categories that are numbers which others are rounded to", () => {
    const of = (number: number) => tableOf({ a: [7, Number.MAX_SAFE_INTEGER, number], y: [1, 2, 3] })
    const chosen = (table: Table) => Columns.fit(table, { target: "y", categorical: ["a"] })
    expect(chosen(of(-Number.MAX_SAFE_INTEGER)).columns.features).toEqual([
      categorical("a", "-9007199254740991", "7", "9007199254740991")
    ])
    const rest =
      "is a number beyond 2^53 - 1, which others may be rounded to. " +
      "Is it a name or an identifier? Leave it out by `exclude`, or put a letter before it"
    expect(() => chosen(of(2 ** 53))).toThrow(`t.csv, line 4, column "a": the category 9007199254740992 ${rest}`)
    expect(() => chosen(withoutLines(of(-(2 ** 53))))).toThrow(
      `t.csv, column "a": the category -9007199254740992 in row 2 (from 0) ${rest}`
    )
  })

  it("leaves out rows that lack a value in a column that is used, and only these", () => {
    const t = tableOf({
      a: ["u", undefined, "v", "w", "u"],
      b: [1, 2, undefined, 4, 5],
      c: [undefined, 1, 2, 3, 4],
      y: [1, 2, 3, 4, 6]
    })
    const choice = { target: "y", exclude: ["c"], dropMissing: true }
    expect(Columns.fit(t, choice)).toMatchObject({
      missing: 2,
      columns: { features: [categorical("a", "u", "w"), numeric("b")] }
    })
    const { x, y } = Dataset.fromTable(t, choice)
    expect([Tensor.toArray(x), Tensor.toArray(y)]).toEqual([
      [
        [1, 0, 1],
        [0, 1, 4],
        [1, 0, 5]
      ],
      [[1], [4], [6]]
    ])
  })
})
