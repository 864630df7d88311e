/** Datasets and their readers under one name, `Dataset`. @since 0.1.0 */
export { type CsvOptions, fromCsv, readCsv } from "./csv.ts"
export { type Dataset, make, type Split, size, split, take } from "./Dataset.ts"
