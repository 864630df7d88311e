// The runs of kill.full.test.ts, a few of them.
import { expect, it } from "vitest"
import { checkKills } from "./kills.ts"

it("ends with the bytes of the unbroken run after 6 SIGKILLs, some amid a write", async () => {
  const { killed, amidWrite } = await checkKills(6, 1)
  expect(killed).toBe(6)
  expect(amidWrite).toBeGreaterThan(0)
})
