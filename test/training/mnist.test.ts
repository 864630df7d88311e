// A small convolutional Bayesian network on real images, briefly; mnist.full.test.ts takes the time it needs.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Tensor } from "effect-bayes"
import { absent, compare, digits } from "./mnist.ts"

describe.skipIf(absent)("MNIST (skipped where ../shared/data is absent)", () => {
  it("reads its images: mean 0 and standard deviation 1 over 2,000 of them, and the known first labels", () => {
    const { x, y } = digits("train", 2000)
    const pixels = Tensor.toFloat64Array(x)
    const mean = pixels.reduce((sum, v) => sum + v, 0) / pixels.length
    const variance = pixels.reduce((sum, v) => sum + (v - mean) ** 2, 0) / pixels.length
    expect(Math.abs(mean)).toBeLessThan(0.02)
    expect(Math.abs(variance - 1)).toBeLessThan(0.03)
    expect(Array.from(Tensor.toFloat64Array(y).subarray(0, 10))).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
  })

  // 5 s of a processor that is not shared.
  const timeout = 180_000
  it.effect(
    "the convolutional network beats the linear one from 1,000 images and 4 epochs",
    () =>
      Effect.gen(function* () {
        const { linear, convolutional } = yield* compare(1000, 4)
        // 1,000 test images: the sd of an accuracy near 90% is 1%.
        expect(linear.accuracy).toBeGreaterThan(0.75)
        expect(convolutional.accuracy).toBeGreaterThan(linear.accuracy + 0.04)
        expect(convolutional.meanLogLikelihood).toBeGreaterThan(linear.meanLogLikelihood)
      }),
    timeout
  )
})
