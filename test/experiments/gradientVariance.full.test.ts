// The ordering of Kingma, Salimans & Welling 2015, Table 1, in small: 1,000 digits and hidden layers of 30.
import { existsSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { gradientVariance, ordered } from "../../experiments/gradientVariance.ts"
import { readDigits } from "../../experiments/mnist.ts"

const data = join(process.cwd(), "../shared/data")

describe.skipIf(!existsSync(data))("gradient variance (skipped where ../shared/data is absent)", () => {
  it("local < separate < single in both layers, early and late; flipout < single, and no noise is least", () => {
    const digits = readDigits(data, { rows: 1000, pool: 2 })
    const setup = { hidden: 30, batch: 50, alpha: 1, learningRate: 0.003, epochs: [2, 20], draws: 60, seed: 1 } as const
    const points = gradientVariance(digits, setup)
    console.log(JSON.stringify(points))
    expect(points.map(({ epoch }) => epoch)).toEqual([2, 20])
    expect(points[1]!.nllMean).toBeLessThan(points[0]!.nllMean)
    expect(ordered(points)).toBe(true)
    for (const { top, bottom } of points) {
      for (const { none, local, flipout, single } of [top, bottom]) {
        expect(none.variance).toBeLessThan(local.variance)
        expect(flipout.variance).toBeLessThan(single.variance)
      }
    }
  })
})
