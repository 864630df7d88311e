// The fuzz of csv.test.ts at ten times the length, from another seed.
import { it } from "vitest"
import { checkMutations } from "./fuzz.ts"

it("20,000 damaged files: a dataset of finite numbers or a DataError, nothing else", () => checkMutations(20_000, 7))
