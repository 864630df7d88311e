/**
 * What the cells of the chosen columns are: numbers or categories, and with that the task.
 *
 * @since 0.3.0
 */
import { assertConfig, DataError } from "../core/errors.ts"
import { formOf } from "./almostNumbers.ts"
import type { Column, Columns } from "./Column.ts"
import { categoryOf, lineOf, listed, placeOf, quoted, textsInNumbers, wholeRows } from "./cells.ts"
import { type Choice, chooseColumns, type LeftOut, type Task } from "./chooseColumns.ts"
import { MAX_TEXTS, type Table, type TableColumn } from "./Table.ts"

/** Columns, and what was decided on the way to them. @category models @since 0.3.0 */
export interface Fitted {
  readonly columns: Columns
  /** Columns that were not taken although nobody said so, and why. */
  readonly leftOut: ReadonlyArray<LeftOut>
  readonly task: Task
  /** What the task was inferred from. */
  readonly taskFrom: string
  /** How many rows lack a value in these columns; `encode` leaves them out under `dropMissing`. */
  readonly missing: number
}

/** A column of this table is taken for numbers or for categories. */
type Kind = Column["kind"]

const kindOf = (table: Table, column: TableColumn, choice: Choice): Kind => {
  const { source } = table
  if (choice.categorical?.includes(column.name) === true) return "categorical"
  if (column.count.texts === 0) return "numeric"
  const { name, texts } = column
  const form = formOf(texts)
  const mixed = "List texts that stand for missing values in `missing`, or name the column in `categorical`"
  if (column.count.numbers > 0) throw textsInNumbers(table, column, form?.hint ?? mixed)
  if (form === undefined) return "categorical"
  const problem = `it holds ${form.what}, such as ${quoted(texts[0]!)}`
  throw new DataError({ source, column: name, problem, hint: form.hint })
}

/** Numbers by size, then texts by their letters. */
const order = (a: string, b: string): number => {
  const [x, y] = [asNumber(a), asNumber(b)]
  if (x !== undefined && y !== undefined) return x - y
  if (x !== undefined) return -1
  if (y !== undefined) return 1
  return a < b ? -1 : 1
}

const asNumber = (category: string): number | undefined => {
  const number = Number(category)
  return String(number) === category && Number.isFinite(number) ? number : undefined
}

const IDENTIFIER = "Is it a name or an identifier? Leave it out by `exclude`"

const tooMany = (source: string, { name, texts }: TableColumn, hint: string): DataError => {
  const example = texts.length === 0 ? "" : `, such as ${listed(texts.map(quoted), 3, 3)}`
  const problem = `it has more than ${MAX_TEXTS} different values${example}`
  return new DataError({ source, column: name, problem, hint })
}

/** Identifiers of many digits would become one category, as a double holds no more than 2^53 - 1 of them. */
const inexact = (table: Table, column: TableColumn, row: number): DataError => {
  const at = table.line === undefined ? ` in ${placeOf(table, row)}` : ""
  const problem = `the category ${column.number(row)}${at} is a number beyond 2^53 - 1, which others may be rounded to`
  const hint = `${IDENTIFIER}, or put a letter before it`
  return new DataError({ source: table.source, ...lineOf(table, row), column: column.name, problem, hint })
}

const categoriesOf = (table: Table, column: TableColumn, rows: Uint32Array, hint: string): ReadonlyArray<string> => {
  const found = new Set<string>()
  for (const row of rows) {
    if (Math.abs(column.number(row)) > Number.MAX_SAFE_INTEGER) throw inexact(table, column, row)
    found.add(categoryOf(column, row)!)
    if (found.size > MAX_TEXTS) throw tooMany(table.source, column, hint)
  }
  return [...found].sort(order)
}

/** The different numbers of a column, at most three of them. */
const fewNumbers = (column: TableColumn, rows: Uint32Array): ReadonlySet<number> => {
  const found = new Set<number>()
  for (const row of rows) {
    found.add(column.number(row))
    if (found.size === 3) break
  }
  return found
}

/** The task, and what it was inferred from. */
const taskOf = (
  table: Table,
  targets: ReadonlyArray<readonly [TableColumn, Kind]>,
  rows: Uint32Array,
  choice: Choice
): readonly [Task, string] => {
  const [[column, kind], ...others] = targets as readonly [readonly [TableColumn, Kind], ...typeof targets]
  const text = targets.find(([, k]) => k === "categorical")
  if (others.length > 0) {
    assertConfig(choice.task !== "classification", "task", '"regression" for several targets', '"classification"')
    if (text === undefined) return ["regression", "there are several targets"]
    const problem = "a target of categories stands among several targets, which have to be numbers"
    throw new DataError({ source: table.source, column: text[0].name, problem, hint: "Name one target" })
  }
  if (text !== undefined && choice.task === "regression") {
    const problem = "the target is categories, but regression needs numbers"
    throw new DataError({ source: table.source, column: column.name, problem, hint: 'Say "classification" as `task`' })
  }
  if (choice.task !== undefined) return [choice.task, "it was given"]
  if (kind === "categorical") {
    return ["classification", column.count.numbers === 0 ? "the target is text" : "the target is named as categorical"]
  }
  const few = fewNumbers(column, rows)
  if (few.size !== 2) return ["regression", "the target is numbers"]
  return ["classification", `the target is ${[...few].sort((a, b) => a - b).join(" or ")}`]
}

/**
 * What a choice makes of a table: which columns are features and targets, which of them are categories and which those
 * are, and the task.
 *
 * A column is categorical if none of its cells is a number, or if it is named so. A column that only numbers or names the
 * rows, called "id" or "rownames" and the like, is left out unless it is named.
 *
 * **Errors**: `DataError`, with line and column: names that are not there (the nearest is suggested), missing cells
 * without `dropMissing`, texts among numbers, numbers that are not finite, dates and times, more than a thousand
 * categories, a single class. `ConfigError` for classes of several targets.
 *
 * @category constructors
 * @since 0.3.0
 */
export const fit = (table: Table, choice: Choice): Fitted => {
  assertConfig(
    choice.task === undefined || choice.task === "regression" || choice.task === "classification",
    "task",
    '"regression" or "classification"',
    choice.task
  )
  const { targets, features, leftOut } = chooseColumns(table, choice)
  const withKind = (column: TableColumn): readonly [TableColumn, Kind] => {
    const kind = kindOf(table, column, choice)
    if (kind === "categorical" && column.texts.length > MAX_TEXTS) throw tooMany(table.source, column, IDENTIFIER)
    return [column, kind]
  }
  const used = { targets: targets.map(withKind), features: features.map(withKind) }
  const rows = wholeRows(table, [...targets, ...features], { dropMissing: choice.dropMissing, fixed: false })
  const [task, taskFrom] = taskOf(table, used.targets, rows, choice)
  const column = ([c, kind]: readonly [TableColumn, Kind]): Column =>
    kind === "numeric"
      ? { kind, name: c.name }
      : { kind, name: c.name, categories: categoriesOf(table, c, rows, IDENTIFIER) }
  const target = ([c, kind]: readonly [TableColumn, Kind]): Column => {
    if (task === "regression") return column([c, kind])
    const hint = 'Is it a number to predict? Say "regression" as `task`'
    const categories = categoriesOf(table, c, rows, hint)
    if (categories.length > 1) return { kind: "categorical", name: c.name, categories }
    const problem = `there is one class only, ${quoted(categories[0]!)}`
    throw new DataError({ source: table.source, column: c.name, problem, hint: "There is nothing to predict in it" })
  }
  const { missing, places } = table
  const columns = {
    features: used.features.map(column),
    targets: used.targets.map(target),
    ...(missing === undefined ? {} : { missing }),
    ...(places === undefined ? {} : { places })
  }
  return { columns, leftOut, task, taskFrom, missing: table.rows - rows.length }
}
