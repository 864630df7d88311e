/** Columns under one name, `Columns`: what they are, choosing them from a table, and reading tables by them. @since 0.3.0 */

export {
  assertDistinct,
  type Column,
  type Columns,
  ColumnsSchema,
  classes,
  featureNames,
  indicators,
  numeric,
  targetNames,
  width
} from "./Column.ts"
export type { Choice, LeftOut, Task } from "./chooseColumns.ts"
export { type EncodeOptions, encode, type Inputs, inputs } from "./encode.ts"
export { type Fitted, fit } from "./fitColumns.ts"
export { assertSame } from "./sameColumns.ts"
