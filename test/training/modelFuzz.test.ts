// Whatever bytes and configurations a model's file has: a model or a CheckpointError.
import { it } from "vitest"
import { checkDamagedConfigurations, checkDamagedFiles } from "./modelFuzz.ts"

it("2,000 damaged files: a model or a CheckpointError, within a bound on memory", () => checkDamagedFiles(2000))
it("2,000 damaged configurations: a model or a CheckpointError, within a bound on memory", () =>
  checkDamagedConfigurations(2000))
