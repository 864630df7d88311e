/**
 * Numeric tables from CSV files with a header, read through Effect's `FileSystem` and decoder.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Csv from "effect/encoding/Csv"
import * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import { attempt } from "../core/attempt.ts"
import { ConfigError, DataError } from "../core/errors.ts"
import { Noise } from "../core/Noise.ts"
import { nearest } from "../core/nearest.ts"
import * as Tensor from "../core/Tensor.ts"
import { type Dataset, make } from "./Dataset.ts"
import { type Split, split } from "./split.ts"

/** The column, or columns, to predict; every other column is a feature. @category models @since 0.1.0 */
export interface CsvOptions {
  readonly target: string | ReadonlyArray<string>
}

/** What is known while the file streams by: the header, the numbers so far, and the line that comes next. */
interface Progress {
  header: ReadonlyArray<string> | undefined
  readonly values: Array<number>
  line: number
}

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/

const readHeader = (source: string, line: number, row: ReadonlyArray<string>): ReadonlyArray<string> => {
  const header = row.map((name) => name.trim())
  const blank = header.indexOf("")
  if (blank >= 0) {
    const hint = "Give every column a name in the first line"
    throw new DataError({ source, line, problem: `column ${blank + 1} has no name`, hint })
  }
  const twice = header.find((name, i) => header.indexOf(name) !== i)
  if (twice === undefined) return header
  const problem = "there are two columns of this name"
  throw new DataError({ source, line, column: twice, problem, hint: "Rename one" })
}

const readRow = (source: string, state: Progress, row: ReadonlyArray<string>): void => {
  const line = state.line
  state.line += row.reduce((lines, cell) => lines + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 1)
  if (row.length === 1 && row[0]!.trim() === "") return // an empty line
  if (state.header === undefined) {
    state.header = readHeader(source, line, row)
    return
  }
  if (row.length !== state.header.length) {
    const problem = `${row.length} cells, but the header has ${state.header.length}`
    throw new DataError({ source, line, problem, hint: "Every line needs the header's number of cells" })
  }
  for (let c = 0; c < row.length; c++) {
    const cell = row[c]!
    const value = NUMBER.test(cell) ? Number(cell) : Number.NaN
    if (Number.isFinite(value)) state.values.push(value)
    else {
      const problem = cell.trim() === "" ? "the cell is empty" : `"${cell.slice(0, 40)}" is no finite number`
      throw new DataError({ source, line, column: state.header[c]!, problem, hint: "Every cell has to be a number" })
    }
  }
}

const readRows = (source: string, state: Progress, rows: ReadonlyArray<ReadonlyArray<string>>): void => {
  for (const row of rows) readRow(source, state, row)
}

const toDataset = (source: string, state: Progress, options: CsvOptions): Dataset => {
  const { header, values } = state
  if (header === undefined) throw new DataError({ source, problem: "the file is empty" })
  const targets = typeof options.target === "string" ? [options.target] : options.target
  for (const target of targets) {
    if (header.includes(target)) continue
    const near = nearest(target, header)
    const hint = near === undefined ? `The columns are ${header.join(", ")}` : `Did you mean "${near}"?`
    throw new DataError({ source, problem: `there is no column "${target}"`, hint })
  }
  const twice = targets.find((name, i) => targets.indexOf(name) !== i)
  if (twice !== undefined) {
    const problem = "the target is named twice"
    throw new DataError({ source, column: twice, problem, hint: "Name every target once" })
  }
  const features = header.filter((name) => !targets.includes(name))
  if (features.length === 0) throw new DataError({ source, problem: "there is no column besides the target" })
  if (values.length === 0) throw new DataError({ source, problem: "there are no rows below the header" })
  const rows = values.length / header.length
  const pick = (chosen: ReadonlyArray<string>): Tensor.Tensor => {
    const columns = chosen.map((name) => header.indexOf(name))
    const out = Float64Array.from(
      { length: rows * columns.length },
      (_, i) => values[Math.floor(i / columns.length) * header.length + columns[i % columns.length]!]!
    )
    return Tensor.from(out, { shape: [rows, columns.length] })
  }
  return make({ x: pick(features), y: pick(targets), features, targets })
}

/**
 * A whole CSV file as a dataset: a header line, numbers below it.
 *
 * **Errors**: `DataError` with line and column: no such file, empty, ragged, a cell that is no finite number, a target
 * that is not there (the nearest name is suggested).
 *
 * @category readers
 * @since 0.1.0
 */
export const readCsv: (path: string, options: CsvOptions) => Effect.Effect<Dataset, DataError, FileSystem.FileSystem> =
  Effect.fnUntraced(function* (path, options) {
    const fs = yield* FileSystem.FileSystem
    const state: Progress = { header: undefined, values: [], line: 1 }
    yield* fs.stream(path).pipe(
      Stream.pipeThroughChannel(Csv.decode()),
      Stream.runForEachArray((rows) => attempt(() => readRows(path, state, rows), DataError)),
      Effect.catchTags({
        PlatformError: (error) => {
          const { _tag, cause } = error.reason
          const why = cause instanceof Error ? cause.message : error.message
          const problem = _tag === "NotFound" ? "there is no such file" : `it cannot be read (${why})`
          return Effect.fail(new DataError({ source: path, problem, hint: "Check the path" }))
        },
        CsvError: ({ line, message: problem }) =>
          Effect.fail(new DataError({ source: path, line, problem, hint: "Is a quote missing, or one too many?" }))
      })
    )
    return yield* attempt(() => toDataset(path, state, options), DataError)
  })

/**
 * A CSV file split into training and test rows by the `Noise`'s seed; the share of test rows is a tenth by default.
 *
 * **Errors**: those of `readCsv` and of `split`.
 *
 * @category readers
 * @since 0.1.0
 */
export const fromCsv: (
  path: string,
  options: CsvOptions & { readonly testFraction?: number }
) => Effect.Effect<Split, DataError | ConfigError, FileSystem.FileSystem | Noise> = Effect.fnUntraced(
  function* (path, options) {
    const noise = yield* Noise
    const data = yield* readCsv(path, options)
    return yield* attempt(() => split(data, { key: noise.key("split"), ...options }), DataError, ConfigError)
  }
)
