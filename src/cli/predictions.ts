/** Predictions as records: one for each row of a table, in its order, with the same names in each. */
import { Effect, Option, Stream } from "effect"
import { type Columns, Prediction, Tensor } from "../index.ts"
import { type Loaded, withTask } from "./fitted.ts"

/** What is said of a row; nothing of one that lacks a value. */
export type Cells = ReadonlyArray<string | number | null>

/** Rows predicted at once: results do not depend on it. */
const BLOCK = 1000

/** The value in a row and a column of a matrix, or in a row of a vector. */
const reader = (t: Tensor.Tensor) => {
  const values = Tensor.toFloat64Array(t)
  const width = t.shape[1] ?? 1
  return (row: number, column = 0): number => values[row * width + column]!
}

/** The names of what is predicted: of several targets each has its own. */
export const namesOf = ({ columns, classes }: Loaded): ReadonlyArray<string> => {
  if (Option.isSome(classes))
    return ["class", ...classes.value.map((name) => `p_${name}`), "total", "mutual_information"]
  const { targets } = columns
  const each = ["mean", "std", "lower", "upper"]
  return targets.length === 1 ? each : targets.flatMap(({ name }) => each.map((what) => `${name}_${what}`))
}

interface Options {
  readonly draws: number
  readonly interval: number
}

const block = (fitted: Loaded, x: Tensor.Tensor, { draws, interval }: Options) => {
  const rows = Array.from({ length: x.shape[0] ?? 0 }, (_, row) => row)
  return withTask(fitted, {
    numbers: (f) =>
      Effect.map(
        Prediction.predict(f, x, { draws, quantiles: [(1 - interval) / 2, (1 + interval) / 2] }),
        (prediction): ReadonlyArray<Cells> => {
          const { lower, upper } = Prediction.interval(prediction, interval)
          const [mean, std, low, high] = [prediction.mean, prediction.std, lower, upper].map(reader)
          const targets = fitted.columns.targets.map((_, t) => t)
          return rows.map((row) => targets.flatMap((t) => [mean!(row, t), std!(row, t), low!(row, t), high!(row, t)]))
        }
      ),
    classes: (f) =>
      Effect.map(Prediction.classify(f, x, { draws }), (classified): ReadonlyArray<Cells> => {
        const names = Option.getOrElse(fitted.classes, () => [])
        const [p, label, total, epistemic] = [
          classified.probabilities,
          classified.label,
          classified.total,
          classified.epistemic
        ].map(reader)
        return rows.map((row) => [
          names[label!(row)] ?? null,
          ...names.map((_, k) => p!(row, k)),
          total!(row),
          epistemic!(row)
        ])
      })
  })
}

/** The records of all rows of a table, of which `inputs` has those that lack no value. */
export const records = (fitted: Loaded, inputs: Columns.Inputs, rows: number, options: Options) => {
  const blank: Cells = namesOf(fitted).map(() => null)
  const count = inputs.rows.length
  return Stream.unfold(0, (first: number) => {
    if (first >= count) return Effect.succeed(undefined)
    const last = Math.min(first + BLOCK, count)
    return Effect.map(block(fitted, Tensor.rows(inputs.x, first, last), options), (cells) => {
      const found = cells.flatMap((record, i) => {
        const before = i + first === 0 ? -1 : inputs.rows[i + first - 1]!
        return [...new Array<Cells>(inputs.rows[i + first]! - before - 1).fill(blank), record]
      })
      const after = last === count ? rows - 1 - inputs.rows[count - 1]! : 0
      return [[...found, ...new Array<Cells>(after).fill(blank)], last] as const
    })
  }).pipe(Stream.flatMap(Stream.fromIterable))
}
