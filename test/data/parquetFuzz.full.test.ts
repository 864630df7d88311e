// The fuzz of parquetFuzz.test.ts at length, from another seed.
import { it } from "vitest"
import { checkParquetMutations } from "./parquetFuzz.ts"

it.each([
  ["others", 20_000],
  ["brotli", 500]
] as const)("damaged Parquet files (%s): a sound table or a DataError, nothing else", async (set, runs) => {
  await checkParquetMutations(set, runs, 7)
})
