/** Data: tables and their columns, datasets, reading them, standardizing them, and data made to a formula. @since 0.1.0 */
export * as Columns from "./Columns.ts"
export * as Dataset from "./datasets.ts"
export * as Standardizer from "./Standardizer.ts"
export * as Synthetic from "./synthetic.ts"
export * as Table from "./tables.ts"
