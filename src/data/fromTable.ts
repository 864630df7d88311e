/**
 * From a table to a dataset in one step.
 *
 * @since 0.3.0
 */
import type { Choice } from "./chooseColumns.ts"
import type { Dataset } from "./Dataset.ts"
import { encode } from "./encode.ts"
import { fit as fitColumns } from "./fitColumns.ts"
import type { Table } from "./Table.ts"

/**
 * The dataset of a table: `Columns.fit`, then `Columns.encode`.
 *
 * **Errors**: those of both.
 *
 * @category constructors
 * @since 0.3.0
 */
export const fromTable = (table: Table, choice: Choice): Dataset =>
  encode(fitColumns(table, choice).columns, table, choice)
