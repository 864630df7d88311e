/**
 * Whether data have the columns that they are taken for: numbers in a matrix do not tell.
 *
 * @since 0.3.0
 */
import { ConfigError } from "../core/errors.ts"
import type { Column, Columns } from "./Column.ts"

/** What first differs of two columns that stand at the same place. */
const difference = (expected: Column, actual: Column): string | undefined => {
  const [theirs, ours] = [`"${expected.name}"`, `"${actual.name}"`]
  if (expected.name !== actual.name) return `${ours} in place of ${theirs}`
  if (expected.kind === "numeric") return actual.kind === "numeric" ? undefined : `${ours} of categories, not numbers`
  if (actual.kind === "numeric") return `${ours} of numbers, not categories`
  const [left, right] = [expected.categories, actual.categories]
  const at = Array.from({ length: Math.max(left.length, right.length) }, (_, k) => k).find((k) => left[k] !== right[k])
  if (at === undefined) return undefined
  const nameOf = (category: string | undefined): string => (category === undefined ? "nothing" : `"${category}"`)
  return `${ours} with the category ${nameOf(right[at])} in place of ${nameOf(left[at])}`
}

const differenceOf = (expected: ReadonlyArray<Column>, actual: ReadonlyArray<Column>): string | undefined => {
  if (expected.length !== actual.length) return `${actual.length} of them, not ${expected.length}`
  for (const [i, column] of expected.entries()) {
    const found = difference(column, actual[i]!)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Throws for rows of other columns, in another order or with other categories, and names the first that differs: the
 * same numbers would mean something else. `whose` says whose columns are expected, such as "those of the model".
 *
 * **Errors**: `ConfigError`.
 *
 * @category assertions
 * @since 0.3.0
 */
export const assertSame = (rows: string, whose: string, expected: Columns, actual: Columns): void => {
  for (const kind of ["features", "targets"] as const) {
    const found = differenceOf(expected[kind], actual[kind])
    if (found === undefined) continue
    const hint = "Read the table by those columns (`Columns.encode`), or give them to `Dataset.make` as `columns`"
    throw new ConfigError({ option: `${kind} of ${rows}`, expected: `${whose}, in their order`, actual: found, hint })
  }
}
