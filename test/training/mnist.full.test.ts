// A small convolutional Bayesian network beats a linear one on real images.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { absent, compare } from "./mnist.ts"

describe.skipIf(absent)("MNIST (skipped where ../shared/data is absent)", () => {
  it.effect("from 2,000 images: accuracy over 93% against under 90%, and a higher likelihood", () =>
    Effect.gen(function* () {
      const { linear, convolutional } = yield* compare(2000, 20)
      // 1,000 test images: the sd of an accuracy is 0.8% at 94% and 1.1% at 87%.
      expect(linear.accuracy).toBeGreaterThan(0.83)
      expect(linear.accuracy).toBeLessThan(0.9)
      expect(convolutional.accuracy).toBeGreaterThan(0.93)
      expect(convolutional.meanLogLikelihood).toBeGreaterThan(linear.meanLogLikelihood + 0.15)
    })
  )
})
