/**
 * Which columns of a table a model takes, and how their cells become numbers: plain data that is kept with the model, so
 * that other files are read as the one it was trained on.
 *
 * A numeric column is one feature as it is. A categorical feature is a column of zeros and ones for each category; a
 * categorical target is the index of its class.
 *
 * @since 0.3.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"

const ColumnSchema = /*#__PURE__*/ Schema.Union([
  Schema.Struct({ kind: Schema.Literal("numeric"), name: Schema.String }),
  Schema.Struct({
    kind: Schema.Literal("categorical"),
    name: Schema.String,
    /** Sorted; a number that is a category is written as JavaScript writes it. */
    categories: Schema.Array(Schema.String)
  })
])

/** The schema of columns. @category schemas @since 0.3.0 */
export const ColumnsSchema = /*#__PURE__*/ Schema.Struct({
  features: Schema.Array(ColumnSchema),
  targets: Schema.Array(ColumnSchema),
  /** The cells that the table was read with as missing, where they were given: other tables are to be read with them. */
  missing: Schema.optionalKey(Schema.Array(Schema.String)),
  /** How many columns the table had, where it had no names: its columns are found by their places. */
  places: Schema.optionalKey(Schema.Int)
})

/** A column of a table by name. @category models @since 0.3.0 */
export type Column = typeof ColumnSchema.Type

/** The columns of features and targets. @category models @since 0.3.0 */
export type Columns = typeof ColumnsSchema.Type

/** Columns of numbers alone. @category constructors @since 0.3.0 */
export const numeric = (features: ReadonlyArray<string>, targets: ReadonlyArray<string>): Columns => {
  const named = (name: string): Column => ({ kind: "numeric", name })
  return { features: features.map(named), targets: targets.map(named) }
}

/** How many columns of x a feature takes. @category getters @since 0.3.0 */
export const width = (feature: Column): number => (feature.kind === "numeric" ? 1 : feature.categories.length)

/**
 * The names of the columns of x: a numeric feature's own, and for a category that of its feature with it.
 *
 * @example
 * ```ts
 * import { Columns } from "effect-bayes"
 *
 * const columns = Columns.numeric(["size"], ["price"])
 * const town = { kind: "categorical", name: "town", categories: ["Bath", "York"] } as const
 * Columns.featureNames({ ...columns, features: [...columns.features, town] }) // => ["size", "town=Bath", "town=York"]
 * ```
 *
 * @category getters
 * @since 0.3.0
 */
export const featureNames = (columns: Columns): ReadonlyArray<string> =>
  columns.features.flatMap((c) => (c.kind === "numeric" ? [c.name] : c.categories.map((k) => `${c.name}=${k}`)))

/** The names of the columns of y. @category getters @since 0.3.0 */
export const targetNames = (columns: Columns): ReadonlyArray<string> => columns.targets.map(({ name }) => name)

/** For each column of x, whether it is one of zeros and ones for a category. @category getters @since 0.3.0 */
export const indicators = (columns: Columns): ReadonlyArray<boolean> =>
  columns.features.flatMap((c) => new Array<boolean>(width(c)).fill(c.kind === "categorical"))

/** The names of the classes, by their index in y, if the target is categorical. @category getters @since 0.3.0 */
export const classes = (columns: Columns): ReadonlyArray<string> | undefined => {
  const [target, ...others] = columns.targets
  return target?.kind === "categorical" && others.length === 0 ? target.categories : undefined
}

const twice = (names: ReadonlyArray<string>): string | undefined => {
  const seen = new Set<string>()
  return names.find((name) => seen.size === seen.add(name).size)
}

/**
 * Throws for two columns of one name, and for a column that has a category twice or none: cells are found by them.
 *
 * **Errors**: `ConfigError`.
 *
 * @category assertions
 * @since 0.3.0
 */
export const assertDistinct = (what: string, { features, targets }: Columns): void => {
  const all = [...features, ...targets]
  const name = twice(all.map((column) => column.name))
  assertConfig(name === undefined, `${what}, names`, "each of them once", `"${name}" twice`)
  for (const column of all) {
    if (column.kind === "numeric") continue
    const option = `${what}, categories of "${column.name}"`
    assertConfig(column.categories.length > 0, option, "one or more", "none")
    const category = twice(column.categories)
    assertConfig(category === undefined, option, "each of them once", `"${category}" twice`)
  }
}
