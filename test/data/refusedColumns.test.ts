// Tables and choices that Columns.fit refuses, in the exact words.
import { Columns, ConfigError, DataError } from "effect-bayes"
import { describe, expect, it } from "vitest"
import type { Table } from "../../src/data/Table.ts"
import { type Cell, many, tableOf, withoutLines } from "./tables.ts"

const houses = tableOf({
  id: [1, 2, 3, 4],
  town: ["York", "Bath", "York", "Hull"],
  size: [50, 60.5, 70, 80],
  zip: [10, 9, 10, 9],
  price: [100, 200, 300, 400]
})

const xy = (cells: ReadonlyArray<Cell>, y: ReadonlyArray<Cell> = cells.map((_, i) => i / 3)) => tableOf({ a: cells, y })

describe("fit refuses", () => {
  const target = "y"
  const mixed = "List texts that stand for missing values in `missing`, or name the column in `categorical`"
  const finite = "Numbers have to be finite: mend it, or list it in `missing`"
  const gap = "Leave such rows out by `dropMissing`, or columns by `exclude`"
  const date = "Make a number of it, such as the days since the first, or leave it out by `exclude`"
  const commas =
    "Write them with a decimal point and nothing else between the digits, or name the column in `categorical`"
  const role = "Name it in one role"
  const lost = "Something has to be there to predict it from"
  const cases: ReadonlyArray<readonly [string, Table, Columns.Choice, string]> = [
    ["an unknown target", houses, { target: "prise" }, 't.csv: there is no column "prise". Did you mean "price"?'],
    [
      "a name with none near it",
      houses,
      { target: "q" },
      't.csv: there is no column "q". The columns are id, town, size, zip, price'
    ],
    [
      "an unknown feature",
      houses,
      { target: "price", features: ["Towns"] },
      't.csv: there is no column "Towns". Did you mean "town"?'
    ],
    [
      "an unknown column to exclude",
      houses,
      { target: "price", exclude: ["sizes"] },
      't.csv: there is no column "sizes". Did you mean "size"?'
    ],
    [
      "an unknown categorical column",
      houses,
      { target: "price", categorical: ["zips"] },
      't.csv: there is no column "zips". Did you mean "zip"?'
    ],
    ["no target", houses, { target: [] }, "t.csv: no target is named. Name one or more"],
    [
      "a target twice",
      houses,
      { target: ["zip", "zip"] },
      't.csv, column "zip": the target is named twice. Name it once'
    ],
    [
      "a feature twice",
      houses,
      { target: "price", features: ["zip", "zip"] },
      't.csv, column "zip": the feature is named twice. Name it once'
    ],
    [
      "a target that is a feature",
      houses,
      { target: "price", features: ["zip", "price"] },
      `t.csv, column "price": it is named as the target and as a feature. ${role}`
    ],
    [
      "a target that is excluded",
      houses,
      { target: "price", exclude: ["price"] },
      `t.csv, column "price": it is named as the target and to be excluded. ${role}`
    ],
    [
      "a feature that is excluded",
      houses,
      { target: "price", features: ["zip"], exclude: ["zip"] },
      `t.csv, column "zip": it is named as a feature and to be excluded. ${role}`
    ],
    [
      "a categorical column that is not used",
      houses,
      { target: "price", exclude: ["zip"], categorical: ["zip"] },
      `t.csv, column "zip": it is named as categorical, but is neither a feature nor the target. ${role}`
    ],
    ["no feature", tableOf({ y: [1] }), { target }, `t.csv: there is no column besides the target. ${lost}`],
    [
      "no feature but a number for each row",
      tableOf({ id: [0, 1], y: [1, 2] }),
      { target },
      `t.csv: there is no column besides the target but "id", which only numbers the rows. ${lost}`
    ],
    [
      "no feature but a name for each row",
      tableOf({ rownames: ["u", "v"], y: [1, 2] }),
      { target },
      `t.csv: there is no column besides the target but "rownames", which only names the rows. ${lost}`
    ],
    ["no rows", xy([]), { target }, "t.csv: there are no rows"],
    ["a missing cell", xy([1, undefined, 3]), { target }, `t.csv: 1 of 3 rows lacks a value: line 3 (a). ${gap}`],
    [
      "many missing cells",
      tableOf({
        a: many(9, (i) => (i % 2 ? 1 : undefined)),
        b: many(9, (i) => (i > 3 ? undefined : "b")),
        y: many(9, (i) => i)
      }),
      { target },
      `t.csv: 7 of 9 rows lack values: line 2 (a), line 4 (a), line 6 (a, b), line 7 (b), line 8 (a, b) and 2 more. ${gap}`
    ],
    [
      "missing cells of a table without lines",
      withoutLines(xy([1, undefined, undefined])),
      { target },
      `t.csv: 2 of 3 rows lack values: row 1 (from 0) (a), row 2 (from 0) (a). ${gap}`
    ],
    [
      "a column without a value",
      xy([undefined, undefined]),
      { target, dropMissing: true },
      't.csv, column "a": none of its cells has a value. Leave the column out by `exclude`'
    ],
    [
      "rows that all lack a value",
      tableOf({ a: [1, undefined], b: [undefined, 2], y: [1, 2] }),
      { target, dropMissing: true },
      "t.csv: no row is left: each of the 2 lacks a value in a, b. Leave a column out by `exclude`"
    ],
    [
      "rows that all lack a value in one of many columns",
      tableOf([
        ...many(6, (i) => [`a${i}`, many(6, (row) => (row === i ? undefined : 1))] as const),
        ["y", many(6, (i) => i)]
      ]),
      { target, dropMissing: true },
      "t.csv: no row is left: each of the 6 lacks a value in a0, a1, a2, a3, a4 and 1 more. Leave a column out by `exclude`"
    ],
    ["a text among numbers", xy([1, "x", 3]), { target }, `t.csv, line 3, column "a": "x" is no number. ${mixed}`],
    [
      "texts among numbers",
      xy(["?", ...many(9, (i) => i), ...many(7, (i) => `t${i}`)]),
      { target },
      't.csv, line 2, column "a": "?" is no number; nor is "t0" in line 12, "t1" in line 13, "t2" in line 14, "t3" in line 15 ' +
        `and 3 more. ${mixed}`
    ],
    [
      "texts in a numeric target, without lines",
      withoutLines(xy([1, 2, 3], [1, "two", "three"])),
      { target },
      `t.csv, column "y": "two" in row 1 (from 0) is no number; nor is "three" in row 2 (from 0). ${mixed}`
    ],
    [
      "a long text, cut",
      xy([1, "n".repeat(99)]),
      { target },
      `t.csv, line 3, column "a": "${"n".repeat(40)}..." is no number. ${mixed}`
    ],
    ...["inf", "-Infinity", "1e999", " +INF"].map(
      (text) =>
        [
          `the number ${text}`,
          xy([1, 2, text, text]),
          { target },
          `t.csv, line 4, column "a": "${text}" is no finite number; nor is "${text}" in line 5. ${finite}`
        ] as const
    ),
    ...[
      "2024-03-31",
      "2024-03",
      "2024/3/31 12:30",
      "2024-03-31T12:30:59.25Z",
      "2024-03-31 12:30:59+01:00",
      "31/03/2024",
      "3/31/24",
      "31.3.2024 8:15 pm",
      "12:30",
      "12:30:59",
      "31-Mar-2024",
      "31 March 2024",
      "March 31, 2024"
    ].map(
      (text) =>
        [
          `the date ${text}`,
          xy([text, text, "?", undefined]),
          { target },
          `t.csv, column "a": it holds dates or times, such as "${text}". ${date}`
        ] as const
    ),
    [
      "dates among numbers",
      xy([2024, "2024-03-31", 2023]),
      { target },
      `t.csv, line 3, column "a": "2024-03-31" is no number. ${date}`
    ],
    ...["1,5", "1,234", "-1,234,567.8"].map(
      (text) =>
        [
          `the number ${text}`,
          xy([text, "?"]),
          { target },
          `t.csv, column "a": it holds numbers with commas, such as "${text}". ${commas}`
        ] as const
    ),
    [
      "a target of dates",
      xy([1, 2], ["1/2/2024", "2/2/2024"]),
      { target },
      `t.csv, column "y": it holds dates or times, such as "1/2/2024". ${date}`
    ],
    [
      "texts that all differ",
      xy(many(1010, (i) => `name ${i}`)),
      { target },
      't.csv, column "a": it has more than 1000 different values, such as "name 0", "name 1", "name 2". ' +
        "Is it a name or an identifier? Leave it out by `exclude`"
    ],
    [
      "too many texts, also where few are left",
      tableOf({
        a: many(1100, (i) => `name ${i}`),
        b: many(1100, (i) => (i < 200 ? undefined : i)),
        y: many(1100, (i) => i)
      }),
      { target, dropMissing: true },
      't.csv, column "a": it has more than 1000 different values, such as "name 0", "name 1", "name 2". ' +
        "Is it a name or an identifier? Leave it out by `exclude`"
    ],
    [
      "numbers that all differ and are to be categories",
      xy(many(1001, (i) => i)),
      { target, categorical: ["a"] },
      't.csv, column "a": it has more than 1000 different values. Is it a name or an identifier? Leave it out by `exclude`'
    ],
    [
      "numbers that all differ and are to be classes",
      xy(many(1001, (i) => i)),
      { target, task: "classification" },
      't.csv, column "y": it has more than 1000 different values. Is it a number to predict? Say "regression" as `task`'
    ],
    [
      "a single class",
      xy([1, 2], ["u", "u"]),
      { target },
      't.csv, column "y": there is one class only, "u". There is nothing to predict in it'
    ],
    [
      "texts for a regression",
      xy([1, 2], ["u", "v"]),
      { target, task: "regression" },
      't.csv, column "y": the target is categories, but regression needs numbers. Say "classification" as `task`'
    ],
    [
      "texts among several targets",
      tableOf({ x: [1, 2], a: [1, 2], b: ["u", "v"] }),
      { target: ["a", "b"] },
      't.csv, column "b": a target of categories stands among several targets, which have to be numbers. Name one target'
    ]
  ]
  it.each(cases)("%s", (_, table, choice, message) => {
    expect(() => Columns.fit(table, choice)).toThrow(DataError)
    expect(() => Columns.fit(table, choice)).toThrow(expect.objectContaining({ message }))
  })

  const config: ReadonlyArray<readonly [string, Columns.Choice, string]> = [
    [
      "classes of several targets",
      { target: ["price", "zip"], task: "classification" },
      'task: expected "regression" for several targets, got "classification"'
    ],
    [
      "another task",
      { target: "price", task: "ranking" as never },
      'task: expected "regression" or "classification", got ranking'
    ]
  ]
  it.each(config)("%s", (_, choice, message) => {
    expect(() => Columns.fit(houses, choice)).toThrow(ConfigError)
    expect(() => Columns.fit(houses, choice)).toThrow(expect.objectContaining({ message }))
  })

  it("no dates that are named as categories, and no texts that only look like dates", () => {
    const kinds = (cells: ReadonlyArray<Cell>, choice: Partial<Columns.Choice> = {}) =>
      Columns.fit(xy(cells), { target, ...choice }).columns.features[0]
    expect(kinds(["12:30", "12:45"], { categorical: ["a"] })).toMatchObject({ categories: ["12:30", "12:45"] })
    expect(kinds(["1-2", "1.2.3", "2024-03-31 and on", "12:3", "1,", "1,a"])?.kind).toBe("categorical")
    expect(kinds(["may", "march"])?.kind).toBe("categorical")
    expect(kinds(many(1001, (i) => `name ${i % 1000}`))?.kind).toBe("categorical")
  })
})
