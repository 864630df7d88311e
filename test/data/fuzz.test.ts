// Damaged tables of text; ten thousands more of them in csv.full.test.ts.
import { it } from "vitest"
import { checkMutations } from "./fuzz.ts"

it("2,000 damaged tables of text: a sound table or a DataError, nothing else", () => checkMutations(2000))
