/**
 * Sharing out the rows of a dataset: some to learn from, the others to test on.
 *
 * @since 0.1.0
 */
import { assertConfig, DataError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Column from "./Column.ts"
import { type Dataset, size, take } from "./Dataset.ts"

/** Rows to learn from and rows to test on, which have none in common. @category models @since 0.1.0 */
export interface Split {
  readonly train: Dataset
  readonly test: Dataset
}

/**
 * Shuffles the rows by a key and keeps a share (default a tenth, at least one row) to test on.
 *
 * Rows of a categorical target are shared out class by class: each class has a row to train on, and one to test on if
 * there are as many test rows as classes.
 *
 * **Errors**: `ConfigError` for a share outside (0, 1), `DataError` for fewer than two rows and for a class with a single
 * row, which is named.
 *
 * @category combinators
 * @since 0.1.0
 */
export const split = (data: Dataset, options: { readonly key: Key.Key; readonly testFraction?: number }): Split => {
  const { testFraction = 0.1 } = options
  assertConfig(testFraction > 0 && testFraction < 1, "testFraction", "a number between 0 and 1", testFraction)
  const n = size(data)
  if (n < 2) throw new DataError({ source: sourceOf(data), problem: "one row cannot be split into training and test" })
  const count = Math.min(n - 1, Math.max(1, Math.round(n * testFraction)))
  const order = Key.permutation(options.key, n)
  const { train, test } =
    Column.classes(data.columns) === undefined
      ? { train: order.subarray(count), test: order.subarray(0, count) }
      : stratified(data, order, count)
  return { train: take(data, train), test: take(data, test) }
}

const sourceOf = (data: Dataset): string => data.origin?.source ?? "Dataset.split"

/**
 * How many rows of each class to test on, of `count` in all: in proportion to the classes' sizes (each at least 2), rounded
 * by largest remainders; at least one of each if there are so many; never all of one.
 */
const shares = (sizes: ReadonlyArray<number>, count: number): ReadonlyArray<number> => {
  const rows = sizes.reduce((sum, size) => sum + size, 0)
  const least = count >= sizes.length ? 1 : 0
  const exact = sizes.map((size) => (count * size) / rows)
  const given = exact.map((share) => Math.max(least, Math.floor(share)))
  const total = Math.min(count, rows - sizes.length)
  let sum = given.reduce((a, b) => a + b, 0)
  while (sum !== total) {
    const step = sum < total ? 1 : -1
    const open = (k: number): boolean => (step > 0 ? given[k]! < sizes[k]! - 1 : given[k]! > least)
    const lack = (k: number): number => step * (exact[k]! - given[k]!)
    let best = -1
    for (let k = 0; k < sizes.length; k++) if (open(k) && (best < 0 || lack(k) > lack(best))) best = k
    given[best]! += step
    sum += step
  }
  return given
}

/**
 * The rows of a dataset with a categorical target, in the order permuted, to train and to test on: `count` of the latter,
 * or fewer where every class needs a row to train on.
 *
 * **Errors**: `DataError` for a class that a single row has.
 */
const stratified = (
  data: Dataset,
  permuted: Uint32Array,
  count: number
): { readonly test: Uint32Array; readonly train: Uint32Array } => {
  const labels = Tensor.toFloat64Array(data.y)
  const present = new Map<number, number>()
  for (const k of labels) present.set(k, (present.get(k) ?? 0) + 1)
  const classes = [...present.keys()].sort((a, b) => a - b)
  const single = classes.find((k) => present.get(k) === 1)
  if (single !== undefined) throw alone(data, single, labels.indexOf(single))
  const given = shares(
    classes.map((k) => present.get(k)!),
    count
  )
  const left = new Map(classes.map((k, i) => [k, given[i]!]))
  const isTest = permuted.map((row) => {
    const n = left.get(labels[row]!)!
    left.set(labels[row]!, Math.max(0, n - 1))
    return n > 0 ? 1 : 0
  })
  return { test: permuted.filter((_, i) => isTest[i] === 1), train: permuted.filter((_, i) => isTest[i] === 0) }
}

const alone = (data: Dataset, label: number, row: number): DataError => {
  const line = data.origin?.lines?.[row]
  const at = line === undefined ? ` (row ${row} from 0)` : ""
  return new DataError({
    source: sourceOf(data),
    ...(line === undefined ? {} : { line }),
    column: data.targets[0]!,
    problem: `the class "${Column.classes(data.columns)![label]}" has a single row${at}, which cannot be both trained and tested on`,
    hint: "Leave it out, or find more such rows"
  })
}
