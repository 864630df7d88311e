/** Tables and their readers under one name, `Table`. @since 0.3.0 */
export { fromArray } from "./arrayTable.ts"
export { parseIdx } from "./idx.ts"
export { join } from "./join.ts"
export type { NdArray } from "./NdArray.ts"
export { parseNpy } from "./npy.ts"
export { type Format, type ReadOptions, read } from "./read.ts"
export type { Table, TableColumn } from "./Table.ts"
