// What 5,000 steps leave in memory; flatMemory.full.test.ts takes 100,000.
import { it } from "vitest"
import { assertFlat } from "./flatMemory.ts"

it("5,000 small steps leave the engine's memory as it was, and the heap", () => assertFlat(5000))
