/** What was read, inferred and left out, before training: in words or as JSON. */
import { Console, Option } from "effect"
import { type Columns, Dataset, type Model } from "../index.ts"
import type { Rows } from "./rows.ts"

/** No more columns than this are listed in words; JSON has all. */
const LISTED = 12

/** The first of these with commas between, and how many more there are. */
export const listed = (items: ReadonlyArray<string>): string =>
  items.length <= LISTED ? items.join(", ") : `${items.slice(0, LISTED).join(", ")} and ${items.length - LISTED} more`

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`

/** The targets' names; and the classes, if it is one of classes. */
const targetsOf = ([target, ...others]: ReadonlyArray<Columns.Column>): string => {
  const names = [...(target === undefined ? [] : [target]), ...others].map(nameOf).join(", ")
  if (target?.kind !== "categorical") return `${others.length === 0 ? "target" : "targets"} ${names}`
  return `target ${names}, of ${target.categories.length} classes (${listed(target.categories)})`
}

const nameOf = ({ name }: { readonly name: string }): string => name

/** The categorical columns with their numbers of categories. */
const categoriesOf = (columns: ReadonlyArray<Columns.Column>): Readonly<Record<string, number>> =>
  Object.fromEntries(columns.flatMap((c) => (c.kind === "categorical" ? [[c.name, c.categories.length]] : [])))

const words = (rows: Rows, dropped: ReadonlyArray<string>): ReadonlyArray<string> => {
  const { columns, task, taskFrom, leftOut, missing } = rows.fitted
  const { splitAt } = rows.table
  const counts = [
    `${Dataset.size(rows.train)} rows to train on`,
    ...Option.toArray(rows.validation).map((data) => `${Dataset.size(data)} to validate by`),
    Option.match(rows.test, { onNone: () => "none to test on", onSome: (data) => `${Dataset.size(data)} to test on` })
  ]
  const categories = Object.entries(categoriesOf(columns.features)).map(([name, count]) => `${name} ${count}`)
  return [
    `${rows.table.source}: ${counts.join(", ")}; ${plural(columns.features.length, "feature")}, ${targetsOf(columns.targets)}`,
    ...(splitAt === undefined || splitAt === "commas" ? [] : [`cells split at ${splitAt}`]),
    `task: ${task}, as ${taskFrom}`,
    ...(categories.length === 0 ? [] : [`columns of categories, with how many: ${listed(categories)}`]),
    ...leftOut.map(({ name, why }) => `left out: ${name} (${why})`),
    ...(missing === 0 ? [] : [`dropped, because a value is missing: ${plural(missing, "row")}`]),
    ...(dropped.length === 0 ? [] : [`dropped, because constant: ${listed(dropped)}`])
  ]
}

/** Prints what a model is going to be trained on. */
export const printRows = (
  rows: Rows,
  { inputs }: Pick<Model.Model<unknown, unknown, unknown>, "inputs">,
  { json, seed }: { readonly json: boolean; readonly seed: number }
) => {
  if (!json) return Console.log(words(rows, inputs.dropped).join("\n"))
  const { columns, task, taskFrom, leftOut, missing } = rows.fitted
  const [target] = columns.targets
  const sizeOf = (data: Option.Option<Dataset.Dataset>) => Option.match(data, { onNone: () => 0, onSome: Dataset.size })
  return Console.log(
    JSON.stringify({
      event: "data",
      source: rows.table.source,
      ...(rows.table.splitAt === undefined ? {} : { splitAt: rows.table.splitAt }),
      task,
      taskFrom,
      trainRows: Dataset.size(rows.train),
      validationRows: sizeOf(rows.validation),
      testRows: sizeOf(rows.test),
      features: columns.features.map(nameOf),
      targets: columns.targets.map(nameOf),
      categories: categoriesOf(columns.features),
      ...(target?.kind === "categorical" ? { classes: target.categories } : {}),
      leftOut,
      rowsDropped: missing,
      dropped: inputs.dropped,
      seed
    })
  )
}
