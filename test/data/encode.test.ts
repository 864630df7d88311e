// Tables as the numbers of a model: by value, by laws over random tables, and what is refused.
import { Columns, DataError, Dataset, Tensor } from "effect-bayes"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Table } from "../../src/data/Table.ts"
import { type Cell, many, tableOf, withoutLines } from "./tables.ts"

const cap = { kind: "categorical", name: "cap", categories: ["7", "x", "y"] } as const
const size = { kind: "numeric", name: "size" } as const
const edible = { kind: "categorical", name: "edible", categories: ["no", "yes"] } as const
const columns: Columns.Columns = { features: [cap, size], targets: [edible] }

const table = tableOf({
  edible: ["yes", "no", "yes"],
  more: ["not", 1, undefined],
  size: [1.5, -2, 1e308],
  cap: ["y", 7, "x"]
})

/** Columns whose every cell is the category c00, or the class no, for 30,000 rows. */
const endless = ["cap", "edible"].map((name) => ({
  name,
  number: () => Number.NaN,
  code: () => 0,
  texts: [name === "cap" ? "c00" : "no"],
  count: { numbers: 0, texts: 30_000 }
}))

describe("encode", () => {
  it("gives a feature for each category, a number for each number, and the index of the class", () => {
    const data = Columns.encode(columns, table)
    expect(Tensor.toArray(data.x)).toEqual([
      [0, 0, 1, 1.5],
      [1, 0, 0, -2],
      [0, 1, 0, 1e308]
    ])
    expect(Tensor.toArray(data.y)).toEqual([[1], [0], [1]])
    expect([data.features, data.targets, data.columns]).toEqual([
      ["cap=7", "cap=x", "cap=y", "size"],
      ["edible"],
      columns
    ])
    expect(Columns.indicators(columns)).toEqual([true, true, true, false])
    expect([data.x.dtype, data.y.dtype]).toEqual(["float64", "float64"])
  })

  it("says which lines its rows are from, after rows are taken too", () => {
    const data = Columns.encode(columns, table)
    expect(data.origin).toEqual({ source: "t.csv", lines: Uint32Array.of(2, 3, 4) })
    expect(Dataset.take(data, [2, 0, 2]).origin).toEqual({ source: "t.csv", lines: Uint32Array.of(4, 2, 4) })
    const bare = Columns.encode(columns, withoutLines(table))
    expect(Dataset.take(bare, [1]).origin).toEqual({ source: "t.csv" })
  })

  it("leaves out rows that lack a value, and says which are left", () => {
    const t = tableOf({
      cap: [undefined, "x", 7, "y"],
      size: [2, 1, undefined, 4],
      edible: ["no", "no", "no", undefined]
    })
    expect(Columns.encode(columns, t, { dropMissing: true }).origin?.lines).toEqual(Uint32Array.of(3))
    const { x, rows } = Columns.inputs(columns, t, { dropMissing: true })
    expect([Tensor.toArray(x), rows]).toEqual([
      [
        [0, 1, 0, 1],
        [0, 0, 1, 4]
      ],
      Uint32Array.of(1, 3)
    ])
  })

  it("refuses a table of which no row is whole", () => {
    const t = tableOf({ cap: ["x", undefined], size: [undefined, 1] })
    expect(() => Columns.inputs(columns, t, { dropMissing: true })).toThrow(
      "t.csv: no row is left: each of the 2 lacks a value in cap, size. These columns are needed, as they were chosen"
    )
  })

  it("refuses more texts than a table tells apart, also where the unseen one would be dropped", () => {
    // The table holds 1001 texts; "other" shares the code of the last, which is known.
    const known = many(1000, (i) => `k${i}`)
    const cells = ["unseen", ...known, "other"]
    const t = tableOf({ k: cells, size: cells.map((_, i) => (i === 0 ? undefined : i)) })
    const features = [{ kind: "categorical", name: "k", categories: known }, size] as const
    expect(() => Columns.inputs({ features, targets: [] }, t, { dropMissing: true })).toThrow(
      't.csv, line 2, column "k": "unseen" is none of the categories known, which are k0, k1'
    )
  })

  it("wants no targets for features alone", () => {
    const { x, rows } = Columns.inputs(columns, tableOf({ size: [3], cap: ["x"] }))
    expect([Tensor.toArray(x), rows]).toEqual([[[0, 1, 0, 3]], Uint32Array.of(0)])
  })

  const gap = "Leave such rows out by `dropMissing`"
  const numbers = "The column has to hold numbers, as it did where it was chosen"
  const train = "Leave the row out, or train on rows that have it"
  const wide: Columns.Columns = {
    ...columns,
    features: [{ ...cap, categories: many(12, (i) => `c${String(i).padStart(2, "0")}`) }]
  }
  const refused: ReadonlyArray<readonly [string, Columns.Columns, Table, string]> = [
    [
      "a column that is not there",
      columns,
      tableOf({ Size: [1], cap: ["x"], edible: ["no"] }),
      't.csv: the column "size" is not there. Did you mean "Size"?'
    ],
    [
      "columns that are not there",
      columns,
      tableOf({ price: [1], caps: ["x"] }),
      't.csv: the columns "cap", "size", "edible" are not there. Did you mean "caps"?'
    ],
    [
      "a column that is not there, and none near it",
      columns,
      tableOf({ q: [1], cap: ["x"], edible: ["no"] }),
      't.csv: the column "size" is not there. The columns are q, cap, edible'
    ],
    [
      "an unseen category",
      columns,
      tableOf({ cap: ["x", "q"], size: [1, 2], edible: ["no", "no"] }),
      `t.csv, line 3, column "cap": "q" is none of the categories known, which are 7, x, y. ${train}`
    ],
    [
      "an unseen number in place of a category, without lines",
      columns,
      withoutLines(tableOf({ cap: [7, 8.5], size: [1, 2], edible: ["no", "no"] })),
      `t.csv, column "cap": "8.5" in row 1 (from 0) is none of the categories known, which are 7, x, y. ${train}`
    ],
    [
      "an unseen class, and one near it",
      columns,
      tableOf({ cap: ["x"], size: [1], edible: ["Yes"] }),
      't.csv, line 2, column "edible": "Yes" is none of the categories known, which are no, yes. Did you mean "yes"?'
    ],
    [
      "an unseen one of many categories",
      wide,
      tableOf({ cap: ["?"], edible: ["no"] }),
      't.csv, line 2, column "cap": "?" is none of the categories known, which are c00, c01, c02, c03, c04, c05, c06, c07, ' +
        `c08, c09 and 2 more. ${train}`
    ],
    [
      "more categories than any column has",
      columns,
      tableOf({
        cap: ["x", ...many(1001, (i) => `name ${i}`)],
        size: many(1002, () => 1),
        edible: many(1002, () => "no")
      }),
      `t.csv, line 3, column "cap": "name 0" is none of the categories known, which are 7, x, y. ${train}`
    ],
    [
      "a text in place of a number",
      columns,
      tableOf({ cap: ["x"], size: ["big"], edible: ["no"] }),
      `t.csv, line 2, column "size": "big" is no number. ${numbers}`
    ],
    [
      "a missing cell",
      columns,
      tableOf({ cap: ["x"], size: [undefined], edible: ["no"] }),
      't.csv, column "size": none of its cells has a value. The column is needed, as it was chosen'
    ],
    [
      "missing cells",
      columns,
      tableOf({ cap: ["x", undefined], size: [1, undefined], edible: ["no", "no"] }),
      `t.csv: 1 of 2 rows lacks a value: line 3 (cap, size). ${gap}`
    ],
    ["no rows", columns, tableOf({ cap: [], size: [], edible: [] }), "t.csv: there are no rows"],
    [
      "more values than fit into memory",
      { ...columns, features: many(1000, () => wide.features[0]!) },
      { ...tableOf({ cap: ["c00"], edible: ["no"] }), rows: 30_000, columns: endless },
      "t.csv: 30000 rows of 12000 columns are more than 268435456 values. Take fewer rows, or leave out columns of many " +
        "categories by `exclude`"
    ]
  ]
  it.each(refused)("refuses %s", (_, columns, table, message) => {
    expect(() => Columns.encode(columns, table)).toThrow(DataError)
    expect(() => Columns.encode(columns, table)).toThrow(expect.objectContaining({ message }))
  })
})

/** Rows of a town (of letters), a rank (a number taken for a category), an age, a kind (the target), two of them at least. */
const row = fc.record({
  town: fc.constantFrom("York", "Bath", "Hull", "__proto__", ""),
  rank: fc.constantFrom<Cell>(-0, 1, 2.5, "none", 1e-7),
  age: fc.double({ noNaN: true, noDefaultInfinity: true }),
  kind: fc.constantFrom("u", "v", "w")
})
type Row = ReturnType<typeof rowsOf>[number]
const rowsOf = (rows: ReadonlyArray<{ readonly [K in "town" | "rank" | "age" | "kind"]: Cell }>) => rows
const rows = fc.array(row, { minLength: 2, maxLength: 30 }).filter((all) => new Set(all.map((r) => r.kind)).size > 1)
const choice = { target: "kind", categorical: ["rank"] }

const tableFrom = (
  rows: ReadonlyArray<Row>,
  names: ReadonlyArray<keyof Row> = ["town", "rank", "age", "kind"]
): Table => tableOf(Object.fromEntries(names.map((name) => [name, rows.map((r) => r[name])])))

const bytes = ({ x, y }: Dataset.Dataset) => [Tensor.toBytes(x), Tensor.toBytes(y)]

describe("laws over random tables", () => {
  it("the features of a column of categories sum to one, and the one stands at its category", () => {
    fc.assert(
      fc.property(rows, (rows) => {
        const { columns } = Columns.fit(tableFrom(rows), choice)
        const { x, y } = Columns.encode(columns, tableFrom(rows))
        const width = x.shape[1]!
        const values = Array.from(Tensor.toFloat64Array(x))
        const labels = Tensor.toFloat64Array(y)
        rows.forEach((r, i) => {
          const sums: Array<number> = []
          let from = i * width
          for (const column of columns.features) {
            const cells = values.slice(from, from + Columns.width(column))
            from += cells.length
            const category = String(column.name === "town" ? r.town : r.rank)
            const expected =
              column.kind === "numeric" ? [r.age] : column.categories.map((known) => (known === category ? 1 : 0))
            expect(cells).toEqual(expected)
            if (column.kind === "categorical") sums.push(cells.reduce((sum, v) => sum + v, 0))
          }
          expect(sums).toEqual([1, 1])
          expect(Columns.classes(columns)![labels[i]!]).toBe(r.kind)
        })
      })
    )
  })

  it("rows in another order are the same dataset in that order, with the same columns", () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat()), (rows, keys) => {
        const order = rows.map((_, i) => [keys.next().value, i] as const).sort(([a], [b]) => a - b)
        const indices = order.map(([, i]) => i)
        const permuted = tableFrom(indices.map((i) => rows[i]!))
        const { columns } = Columns.fit(tableFrom(rows), choice)
        expect(Columns.fit(permuted, choice).columns).toEqual(columns)
        const whole = Columns.encode(columns, tableFrom(rows))
        expect(bytes(Columns.encode(columns, permuted))).toEqual(bytes(Dataset.take(whole, indices)))
      })
    )
  })

  it("columns in another order, with others among them, are the same bytes", () => {
    const names = fc.shuffledSubarray(["town", "rank", "age", "kind"] as const, { minLength: 4 })
    fc.assert(
      fc.property(rows, names, (rows, names) => {
        const { columns } = Columns.fit(tableFrom(rows), choice)
        const other = tableFrom(rows, names)
        const extra = tableOf({ extra: rows.map(() => "text") }).columns
        const encoded = Columns.encode(columns, { ...other, columns: [...extra, ...other.columns] })
        expect(bytes(encoded)).toEqual(bytes(Columns.encode(columns, tableFrom(rows))))
      })
    )
  })

  it("features alone are those of the dataset, also where rows lack a value", () => {
    const gaps = fc.array(fc.constantFrom("town", "rank", "age", "none", "none", "none"), {
      minLength: 30,
      maxLength: 30
    })
    fc.assert(
      fc.property(rows, gaps, (rows, gaps) => {
        const { columns } = Columns.fit(tableFrom(rows), choice)
        const gappy = rows.map((r, i) => ({ ...r, [gaps[i]!]: undefined }))
        const kept = rows.flatMap((_, i) => (gaps[i] === "none" ? [i] : []))
        fc.pre(kept.length > 0)
        const options = { dropMissing: true }
        const { x, rows: indices } = Columns.inputs(columns, tableFrom(gappy), options)
        expect(Array.from(indices)).toEqual(kept)
        expect(Tensor.toBytes(x)).toEqual(Tensor.toBytes(Columns.encode(columns, tableFrom(gappy), options).x))
        expect(Tensor.toBytes(x)).toEqual(
          Tensor.toBytes(Tensor.takeRows(Columns.inputs(columns, tableFrom(rows)).x, kept))
        )
      })
    )
  })

  it("columns come back from JSON as they were", () => {
    fc.assert(
      fc.property(rows, (rows) => {
        const { columns } = Columns.fit(tableFrom(rows), choice)
        expect(JSON.parse(JSON.stringify(columns))).toEqual(columns)
      })
    )
  })
})
