// Mistakes of other libraries at weighing the KL, and the checks that catch them.
import { KlWeighting } from "effect-bayes"
import { describe, expect, it } from "vitest"
import { assertShares, BATCHES, temperatureIsRight } from "../training/klShares.ts"

/** The numbers of batches that show it. */
const caughtAt = (share: KlWeighting.Share): ReadonlyArray<number> =>
  BATCHES.filter((batches) => {
    try {
      assertShares(share, batches)
      return false
    } catch {
      return true
    }
  })

describe("broken shares of the KL", () => {
  it("none: the right ones pass for any number of batches", () => {
    expect([caughtAt(KlWeighting.uniform), caughtAt(KlWeighting.blundell)]).toEqual([[], []])
  })

  it("Blundell's formula as it is printed, whose powers overflow", () => {
    expect(caughtAt((batch, batches) => 2 ** (batches - batch - 1) / (2 ** batches - 1))).toEqual([1024, 5000])
  })

  it("the whole KL in every batch", () => {
    expect(caughtAt(() => 1)).toEqual([2, 3, 1000, 1024, 5000])
  })

  it("halves that never make a whole", () => {
    expect(caughtAt((batch) => 2 ** -(batch + 1))).toEqual([1, 2, 3])
  })
})

it("a temperature turned upside down, or over the likelihood", () => {
  expect(temperatureIsRight((nll, kl, temperature) => nll + temperature * kl)).toBe(true)
  expect(temperatureIsRight((nll, kl, temperature) => nll + kl / temperature)).toBe(false)
  expect(temperatureIsRight((nll, kl, temperature) => temperature * nll + kl)).toBe(false)
})
