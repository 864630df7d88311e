/** Datasets and their readers under one name, `Dataset`. @since 0.1.0 */
export { type CsvOptions, fromCsv, readCsv } from "./csv.ts"
export { type Dataset, make, size, take } from "./Dataset.ts"
export { fromTable } from "./fromTable.ts"
export { type Split, split } from "./split.ts"
