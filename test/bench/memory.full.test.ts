// What training mnist1200 takes of a machine's memory. `npm run build` first: the process that trains has the built library.
import { expect, it } from "vitest"
import { javascriptOf } from "../../bench/javascript.ts"
import { memoryOf } from "../../bench/memory.ts"
import { startSide } from "../../bench/side.ts"

it("is below 300 MB, with Node and two threads: twice the 57 MB of the state, and 45 of scratch memory", async () => {
  const program = await javascriptOf("bench/answers.ts")
  const start = () => startSide([process.execPath, program])
  const { ours_mb } = await memoryOf(2, { name: "effect-bayes", modes: ["ours"], start })
  expect(ours_mb).toBeGreaterThan(2 * 57 + 45)
  expect(ours_mb).toBeLessThan(300)
})
