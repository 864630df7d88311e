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
  targets: Schema.Array(ColumnSchema)
})

/** A column of a table by name. @category models @since 0.3.0 */
export type Column = typeof ColumnSchema.Type

/** The columns of features and targets. @category models @since 0.3.0 */
export type Columns = typeof ColumnsSchema.Type
