// The fuzz of arrayFuzz.test.ts at fifty times the length, from another seed.
import { it } from "vitest"
import { checkArrayMutations } from "./arrayFuzz.ts"

it.each(["idx", "npy"] as const)("100,000 damaged %s files: finite numbers or a DataError, nothing else", (format) => {
  checkArrayMutations(format, 100_000, 7)
})
