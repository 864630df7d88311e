/** Datasets and their readers under one name, `Dataset`. @since 0.1.0 */

export { type Dataset, make, size, take } from "./Dataset.ts"
export { type CsvOptions, fromCsv, readCsv } from "./fromCsv.ts"
export { fromTable } from "./fromTable.ts"
export { type Split, split } from "./split.ts"
