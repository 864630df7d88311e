// Any table and any choice: numbers that are finite, or an error that says what and where; and what was fitted reads others.
import { Columns, ConfigError, DataError, Dataset, Key, Tensor } from "effect-bayes"
import fc from "fast-check"
import { expect, it } from "vitest"
import { type Cell, tableOf, withoutLines } from "./tables.ts"

const number = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
const text = fc.constantFrom("a", "b", "", "inf", "1e999", "2024-01-02", "12:30", "1,5", "__proto__", "?".repeat(50))
const cell: fc.Arbitrary<Cell> = fc.oneof(number, text, fc.constant(undefined))
/** Columns of one kind are likelier than a cell at a time would make them. */
const cells = (rows: number): fc.Arbitrary<ReadonlyArray<Cell>> => {
  const of = (kind: fc.Arbitrary<Cell>) => fc.array(kind, { minLength: rows, maxLength: rows })
  return fc.oneof(of(number), of(number), of(text), of(cell), fc.constant(Array.from({ length: rows }, (_, i) => i)))
}
const names = ["a", "b", "id", "y", "__proto__"] as const
const table = fc
  .integer({ min: 0, max: 12 })
  .chain((rows) => fc.tuple(...names.map((name) => cells(rows).map((column) => [name, column] as const))))
  .chain((columns) => fc.tuple(fc.subarray(columns, { minLength: 4 }), fc.boolean()))
  .map(([columns, lines]) => (lines ? tableOf(columns) : withoutLines(tableOf(columns))))

const some = fc.subarray([...names], { maxLength: 1 })
const choice: fc.Arbitrary<Columns.Choice> = fc.record(
  {
    target: fc.oneof({ weight: 6, arbitrary: fc.constant("y") }, fc.constant("z"), fc.subarray(["y", "b"])),
    features: fc.subarray(["a", "b", "id", "__proto__"]),
    exclude: some,
    categorical: some,
    dropMissing: fc.constant(true),
    task: fc.constantFrom("regression", "classification")
  },
  { requiredKeys: ["target"] }
) as fc.Arbitrary<Columns.Choice>

/** What f gives, or its error if that is a typed one. */
const attempt = <A>(f: () => A): A | DataError | ConfigError => {
  try {
    return f()
  } catch (error) {
    if (error instanceof DataError || error instanceof ConfigError) return error
    throw error
  }
}

it("2,000 tables and choices: a dataset of finite numbers that a split keeps whole, or a typed error", () => {
  const outcomes = { dataset: 0, error: 0 }
  fc.assert(
    fc.property(table, choice, fc.nat(), (table, choice, seed) => {
      const result = attempt(() => Dataset.fromTable(table, choice))
      const message = result instanceof Error ? result.message : "t.csv: a dataset"
      expect(message).toMatch(/^(t\.csv[,:]|task:) ./)
      if (result instanceof Error) {
        outcomes.error++
        return
      }
      outcomes.dataset++
      const { columns, missing, task } = Columns.fit(table, choice)
      expect(Dataset.size(result)).toBe(table.rows - missing)
      expect([...Tensor.toFloat64Array(result.x), ...Tensor.toFloat64Array(result.y)].every(Number.isFinite)).toBe(true)
      expect(task === "classification").toBe(Columns.classes(columns) !== undefined)
      const again = Columns.encode(columns, table, choice)
      expect([Tensor.toBytes(again.x), Tensor.toBytes(again.y)]).toEqual([
        Tensor.toBytes(result.x),
        Tensor.toBytes(result.y)
      ])
      const parts = attempt(() => Dataset.split(result, { key: Key.make(seed) }))
      const size = parts instanceof Error ? table.rows - missing : Dataset.size(parts.train) + Dataset.size(parts.test)
      expect(size).toBe(table.rows - missing)
    }),
    { numRuns: 2000 }
  )
  expect(outcomes.dataset).toBeGreaterThan(100)
  expect(outcomes.error).toBeGreaterThan(200)
})
