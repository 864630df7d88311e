/**
 * Which columns of a table are targets and which are features, by name.
 *
 * @since 0.3.0
 */
import { DataError } from "../core/errors.ts"
import { nearest } from "../core/nearest.ts"
import { formOf } from "./almostNumbers.ts"
import { listed, quoted } from "./cells.ts"
import type { Table, TableColumn } from "./Table.ts"

/** Real targets, or classes. @category models @since 0.3.0 */
export type Task = "regression" | "classification"

/** What to take from a table; everything but the target has a default. @category models @since 0.3.0 */
export interface Choice {
  /** The column, or columns, to predict. */
  readonly target: string | ReadonlyArray<string>
  /** The columns to predict from, in their order; default every other one. */
  readonly features?: ReadonlyArray<string>
  /** Columns to leave out. */
  readonly exclude?: ReadonlyArray<string>
  /** Columns whose cells are categories although some or all of them are numbers. */
  readonly categorical?: ReadonlyArray<string>
  /** Leaves out the rows that lack a value in a column that is used; without it they are an error. */
  readonly dropMissing?: boolean
  /**
   * Default "classification" for a target of texts, and for a single one of numbers with exactly two different values;
   * otherwise "regression".
   */
  readonly task?: Task
}

/** A column that was not taken although nobody said so. @category models @since 0.3.0 */
export interface LeftOut {
  readonly name: string
  readonly why: string
}

/** The columns of a table that were chosen. */
export interface Chosen {
  readonly targets: ReadonlyArray<TableColumn>
  readonly features: ReadonlyArray<TableColumn>
  readonly leftOut: ReadonlyArray<LeftOut>
}

const ROW_NAMES = ["rownames", "row", "rownum", "index", "id", "idx", "rowid", "unnamed: 0", "__index_level_0__"]

/** In so many rows texts do not all differ by chance: they are names, and say nothing of a row that comes later. */
const MANY = 20

/**
 * Why a column is no feature: its cells only number the rows, from 0 or from 1, as its name says too; or they are texts
 * that only name the rows, which is plain where there are many or where the name says so.
 */
const whyNot = (table: Table, column: TableColumn): string | undefined => {
  const calledSo = ROW_NAMES.includes(column.name.trim().toLowerCase())
  if (calledSo && numbersRows(table, column)) return "it only numbers the rows"
  const { texts, count } = column
  const each = texts.length === table.rows && count.texts === table.rows
  const plain = calledSo || table.rows >= MANY
  return each && plain && formOf(texts) === undefined ? "it only names the rows" : undefined
}

const numbersRows = (table: Table, column: TableColumn): boolean => {
  const first = column.number(0)
  if (first !== 0 && first !== 1) return false
  for (let row = 1; row < table.rows; row++) if (column.number(row) !== first + row) return false
  return true
}

/** For so many of the names that are not there the nearest is looked for, which takes a while in a wide table. */
const GUESSED = 5

/** What to try instead of names that are not there. */
export const suggestion = (names: ReadonlyArray<string>, known: ReadonlyArray<string>): string => {
  if (known.length === 1 && /[,;\t|]/.test(known[0]!)) {
    return `The header is one column called ${quoted(known[0]!)}: another \`delimiter\` is likely`
  }
  const near = names.slice(0, GUESSED).flatMap((name) => nearest(name, known) ?? [])
  if (near.length === 0) return `The columns are ${listed(known, 20)}`
  return `Did you mean ${listed([...new Set(near)].map((name) => `"${name}"`))}?`
}

/**
 * The columns of a choice.
 *
 * **Errors**: `DataError` for a name that is not there (with the nearest), that is named twice or in two roles, and if no
 * feature is left.
 */
export const chooseColumns = (table: Table, choice: Choice): Chosen => {
  const { source } = table
  const byName = new Map(table.columns.map((column) => [column.name, column]))
  const find = (names: ReadonlyArray<string>, role: string): ReadonlyArray<TableColumn> =>
    names.map((name, i) => {
      const column = byName.get(name)
      if (column === undefined) {
        throw new DataError({
          source,
          problem: `there is no column "${name}"`,
          hint: suggestion([name], [...byName.keys()])
        })
      }
      if (names.indexOf(name) === i) return column
      throw new DataError({ source, column: name, problem: `${role} is named twice`, hint: "Name it once" })
    })
  const named = typeof choice.target === "string" ? [choice.target] : choice.target
  if (named.length === 0) throw new DataError({ source, problem: "no target is named", hint: "Name one or more" })
  const targets = find(named, "the target")
  const chosen = choice.features === undefined ? undefined : find(choice.features, "the feature")
  const excluded = find(choice.exclude ?? [], "the column to exclude")
  const categorical = find(choice.categorical ?? [], "the categorical column")
  const clash = (column: TableColumn | undefined, problem: string): void => {
    if (column === undefined) return
    throw new DataError({ source, column: column.name, problem, hint: "Name it in one role" })
  }
  clash(
    chosen?.find((c) => targets.includes(c)),
    "it is named as the target and as a feature"
  )
  clash(
    excluded.find((c) => targets.includes(c)),
    "it is named as the target and to be excluded"
  )
  clash(
    excluded.find((c) => chosen?.includes(c)),
    "it is named as a feature and to be excluded"
  )
  const others = chosen ?? table.columns.filter((c) => !(targets.includes(c) || excluded.includes(c)))
  const reasons = new Map<TableColumn, string>()
  for (const c of chosen === undefined ? others : []) {
    const why = categorical.includes(c) ? undefined : whyNot(table, c)
    if (why !== undefined) reasons.set(c, why)
  }
  const features = others.filter((c) => !reasons.has(c))
  const leftOut = Array.from(reasons, ([{ name }, why]) => ({ name, why }))
  const unused = categorical.find((c) => !(targets.includes(c) || features.includes(c)))
  clash(unused, "it is named as categorical, but is neither a feature nor the target")
  if (features.length > 0) return { targets, features, leftOut }
  const [first] = leftOut
  const besides = first === undefined ? "" : ` but "${first.name}", which ${first.why.slice("it ".length)}`
  const problem = `there is no column besides the target${besides}`
  throw new DataError({ source, problem, hint: "Something has to be there to predict it from" })
}
