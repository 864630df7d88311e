// The fuzz of delimitedFuzz.test.ts at fifty times the length, from another seed.
import { it } from "vitest"
import { checkMutations } from "./delimitedFuzz.ts"

it("100,000 damaged tables of text: a sound table or a DataError, nothing else", () => checkMutations(100_000, 7))
