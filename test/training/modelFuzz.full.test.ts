// The fuzz of modelFuzz.test.ts at fifty times the length, from another seed.
import { it } from "vitest"
import { checkDamagedConfigurations, checkDamagedFiles } from "./modelFuzz.ts"

it("100,000 damaged files: a model or a CheckpointError, within a bound on memory", () => checkDamagedFiles(100_000, 7))
it("100,000 damaged configurations: a model or a CheckpointError, within a bound on memory", () =>
  checkDamagedConfigurations(100_000, 7))
