// Damaged Parquet files; parquetFuzz.full.test.ts reads many more.
import { it } from "vitest"
import { checkParquetMutations } from "./parquetFuzz.ts"

it.each([
  ["others", 400],
  ["brotli", 20]
] as const)("damaged Parquet files (%s): a sound table or a DataError, nothing else", async (set, runs) => {
  await checkParquetMutations(set, runs)
})
