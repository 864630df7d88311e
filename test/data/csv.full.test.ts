// The fuzz of fuzz.test.ts at fifty times the length, from another seed.
import { it } from "vitest"
import { checkMutations } from "./fuzz.ts"

it("100,000 damaged tables of text: a sound table or a DataError, nothing else", () => checkMutations(100_000, 7))
