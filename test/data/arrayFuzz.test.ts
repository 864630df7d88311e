// Damaged IDX and NPY files; arrayFuzz.full.test.ts reads fifty times as many.
import { it } from "vitest"
import { checkArrayMutations } from "./arrayFuzz.ts"

it.each(["idx", "npy"] as const)("2,000 damaged %s files: finite numbers or a DataError, nothing else", (format) => {
  checkArrayMutations(format, 2000)
})
