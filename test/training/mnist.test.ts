// A small convolutional Bayesian network on real images, briefly; mnist.full.test.ts takes the time it needs.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Standardizer, Tensor } from "effect-bayes"
import { absent, compare, digits } from "./mnist.ts"

describe.skipIf(absent)("MNIST (skipped where ../shared/data is absent)", () => {
  it.effect("reads its images: the known first labels, and nearly the mean and std of all training pixels", () =>
    Effect.gen(function* () {
      const { x, y } = yield* digits("train", 2000)
      const { mean, std } = Standardizer.fitShared(x)
      expect(Math.abs(mean[0]! / 255 - 0.1307)).toBeLessThan(0.003)
      expect(Math.abs(std[0]! / 255 - 0.3081)).toBeLessThan(0.003)
      expect(Array.from(Tensor.toFloat64Array(y).subarray(0, 10))).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    })
  )

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
