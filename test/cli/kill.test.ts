// The runs of kill.full.test.ts, a few of them.
import { expect, it } from "vitest"
import { checkKills } from "./kills.ts"

it("ends with the bytes of the unbroken run after 4 SIGKILLs, some amid a write", async () => {
  const { killed, amidWrite } = await checkKills(4, 1)
  expect(killed).toBe(4)
  expect(amidWrite).toBeGreaterThan(0)
})
