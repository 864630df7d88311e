// Damaged tables of text; ten thousands more of them in delimitedFuzz.full.test.ts.
import { it } from "vitest"
import { checkMutations } from "./delimitedFuzz.ts"

it("2,000 damaged tables of text: a sound table or a DataError, nothing else", () => checkMutations(2000))
