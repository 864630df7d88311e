// What a file of a model is worth if the machine may stop at any moment.
import { expect, it } from "vitest"
import { checkKills } from "./kills.ts"

it("ends with the bytes of the unbroken run after 200 SIGKILLs at random moments, 20 or more amid a write", async () => {
  const found = await Promise.all([checkKills(100, 11), checkKills(100, 12)])
  const sum = (pick: (one: (typeof found)[number]) => number): number => found.reduce((n, one) => n + pick(one), 0)
  console.log(`kills: ${JSON.stringify(found)}`)
  expect(sum(({ killed }) => killed)).toBe(200)
  expect(sum(({ amidWrite }) => amidWrite)).toBeGreaterThanOrEqual(20)
  expect(sum(({ ended }) => ended)).toBeGreaterThanOrEqual(10)
})
