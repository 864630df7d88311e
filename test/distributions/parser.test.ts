// The parser of formulas costs time and memory, which a program without formulas does not pay.
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { expect, it } from "vitest"

it("is made for the first formula, and nothing of mathjs is loaded beside it", async () => {
  const program = new URL("./parserProgram.ts", import.meta.url).pathname
  const { stdout } = await promisify(execFile)(process.execPath, [program])
  expect(JSON.parse(stdout)).toEqual({ ofMathjs: ["mathjs.generated.ts"], without: false, withFormula: true })
})
