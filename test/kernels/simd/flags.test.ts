// Whether wide tiles are taken is what Node says of V8's flags.
import { execFileSync } from "node:child_process"
import { expect, it } from "vitest"

const FILE = new URL("../../../src/kernels/simd/flags.ts", import.meta.url).href

const said = (...flags: ReadonlyArray<string>): string => {
  const program = `import { pairsVectors } from ${JSON.stringify(FILE)}; console.log(pairsVectors())`
  const args = ["--no-warnings", ...flags, "--input-type=module", "--eval", program]
  return execFileSync(process.execPath, args, { encoding: "utf8" }).trim()
}

it("sees that V8 makes vectors of 256 bits of pairs", () => {
  expect(said()).toBe("false")
  expect(said("--experimental-wasm-revectorize")).toBe("true")
})
