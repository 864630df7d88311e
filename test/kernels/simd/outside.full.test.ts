// Calls from outside on tensors so large that their engine is not kept: its memory is collected.
import { Tensor } from "effect-bayes"
import { simd } from "effect-bayes/kernels"
import { expect, it } from "vitest"

it("50 calls on 80 MB leave less than 5 of them behind", () => {
  const x = Tensor.full({ shape: [20_000_000], dtype: "float32" }, 1)
  simd.sum(x)
  const before = process.memoryUsage().rss
  let most = before
  for (let i = 0; i < 50; i++) {
    expect(simd.sum(x)).toBe(20_000_000)
    most = Math.max(most, process.memoryUsage().rss)
  }
  expect(most - before).toBeLessThan(5 * 80e6)
})
