/** Which columns of a table are predicted from which, and which rows are to train on, to test on and to validate by. */
import { Effect, Option } from "effect"
import { Flag } from "effect/cli"
import { attempt, Columns, ConfigError, DataError, Dataset, Noise, type Table } from "../index.ts"
import * as data from "./data.ts"
import { defaulted, given, names, pathFlag, toggle } from "./flags.ts"

const columns = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.withMetavar("COLUMNS"))

export const flags = {
  target: columns("target", "the column to predict; several with commas between"),
  task: Flag.Literals("task", ["regression", "classification"]).pipe(
    Flag.withDescription("numbers or classes (default: classes where the target is text or has two values)"),
    Flag.optional
  ),
  features: columns("features", "the columns to predict from (default: all others)").pipe(Flag.optional),
  exclude: columns("exclude", "columns to leave out").pipe(Flag.optional),
  categorical: columns("categorical", "columns of numbers that are categories (text always is)").pipe(Flag.optional),
  dropMissing: toggle("drop-missing", "leave out rows that lack a value, which are an error otherwise"),
  test: pathFlag("test", "a file to test on, in place of a share of the rows").pipe(Flag.optional),
  testTargetFile: pathFlag("test-target-file", "the targets of --test, where they have a file of their own").pipe(
    Flag.optional
  ),
  testFraction: defaulted(
    Flag.Finite("test-fraction"),
    "share of the rows that is kept to test on; 0 trains on all",
    0.1
  ),
  validation: Flag.Finite("validation").pipe(
    Flag.withDescription("share of the training rows that is kept to find the best step by (default: none)"),
    Flag.withMetavar("FRACTION"),
    Flag.optional
  )
}

/** The values of the flags above. */
export interface RowFlags {
  readonly target: string
  readonly task: Option.Option<Columns.Task>
  readonly features: Option.Option<string>
  readonly exclude: Option.Option<string>
  readonly categorical: Option.Option<string>
  readonly dropMissing: boolean
  readonly test: Option.Option<string>
  readonly testTargetFile: Option.Option<string>
  readonly testFraction: number
  readonly validation: Option.Option<number>
}

const choiceOf = (flags: RowFlags): Columns.Choice => ({
  target: names(flags.target),
  dropMissing: flags.dropMissing,
  ...given(flags.features, (text) => ({ features: names(text) })),
  ...given(flags.exclude, (text) => ({ exclude: names(text) })),
  ...given(flags.categorical, (text) => ({ categorical: names(text) })),
  ...given(flags.task, (task) => ({ task }))
})

/** Rows for each purpose, and what was decided on the way to them. */
export interface Rows {
  readonly table: Table.Table
  readonly fitted: Columns.Fitted
  readonly train: Dataset.Dataset
  readonly validation: Option.Option<Dataset.Dataset>
  readonly test: Option.Option<Dataset.Dataset>
}

/** A share of the rows by a key of its own; those left come first. */
const share = Effect.fnUntraced(function* (flag: string, rows: Dataset.Dataset, fraction: number, index: number) {
  const noise = yield* Noise.Noise
  if (!(fraction > 0 && fraction < 1)) {
    return yield* new ConfigError({ option: flag, expected: "a number between 0 and 1", actual: String(fraction) })
  }
  const split = () => Dataset.split(rows, { key: noise.key("split", index), testFraction: fraction })
  return yield* attempt(split, DataError, ConfigError)
})

const TEST = 0
const VALIDATION = 1

/** Before any work: the flags that stand or fall together. */
export const assertTogether = Effect.fnUntraced(function* (
  files: ReadonlyArray<string>,
  { test, testTargetFile, validation }: RowFlags,
  patience: Option.Option<number>
) {
  const streams = files.filter((file) => file === "-").length
  const wrong = [
    ...(streams > 1 ? [["-", "one of the files at most to be standard input", String(streams)] as const] : []),
    ...(Option.isSome(testTargetFile) && Option.isNone(test)
      ? [["--test-target-file", "--test beside it", "none"] as const]
      : []),
    ...(Option.isSome(patience) && Option.isNone(validation)
      ? [["--patience", "--validation beside it", "none"] as const]
      : [])
  ]
  if (wrong[0] === undefined) return
  const [option, expected, actual] = wrong[0]
  return yield* new ConfigError({ option, expected, actual })
})

/** Reads and shares out. The rows to test on follow from the seed and are not among the others. */
export const prepare = Effect.fnUntraced(function* (
  files: { readonly data: string; readonly targetFile: Option.Option<string> },
  flags: RowFlags & data.DataFlags
) {
  const table = yield* data.read({ data: files.data, targets: files.targetFile }, flags)
  const fitted = yield* attempt(() => Columns.fit(table, choiceOf(flags)), DataError, ConfigError)
  const encode = (from: Table.Table) =>
    attempt(() => Columns.encode(fitted.columns, from, { dropMissing: flags.dropMissing }), DataError, ConfigError)
  const all = yield* encode(table)
  const split = Effect.gen(function* () {
    if (Option.isSome(flags.test)) {
      const other = yield* data.read({ data: flags.test.value, targets: flags.testTargetFile }, flags)
      return { train: all, test: Option.some(yield* encode(other)) }
    }
    if (flags.testFraction === 0) return { train: all, test: Option.none() }
    const { train, test } = yield* share("--test-fraction", all, flags.testFraction, TEST)
    return { train, test: Option.some(test) }
  })
  const { train, test } = yield* split
  if (Option.isNone(flags.validation)) return { table, fitted, train, test, validation: Option.none() } satisfies Rows
  const second = yield* share("--validation", train, flags.validation.value, VALIDATION)
  return { table, fitted, train: second.train, test, validation: Option.some(second.test) } satisfies Rows
})
