// What 100,000 steps leave in memory.
import { it } from "vitest"
import { assertFlat } from "./flatMemory.ts"

it("100,000 small steps leave the engine's memory as it was, and the heap", () => assertFlat(100_000))
