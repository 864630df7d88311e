// Ten times as many random formulas as in the quick tests.
import { it } from "vitest"
import { checkFormulas } from "./formulaFuzz.ts"

it("20,000 random formulas: a typed error or numbers", () => checkFormulas(20_000))
