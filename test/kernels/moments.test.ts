// The leaf updates of optimizers with moments on the SIMD engine: those of the reference engine, whatever the constants.
import { Key, Tensor } from "effect-bayes"
import { reference, simd } from "effect-bayes/kernels"
import fc from "fast-check"
import { expect, it } from "vitest"

const normal = (seed: number) => reference.standardNormal(Key.make(seed), { shape: [37], dtype: "float32" })
const [grad, moment] = [normal(1), normal(2)]
const squares = reference.multiply(normal(3), normal(3))

/** Constants are rounded to float32, as are three sums and products, none of which cancels. */
const ULPS = 8 * 2 ** -24

const alike = (actual: Tensor.Tensor, expected: Tensor.Tensor, scale: number) => {
  const right = Tensor.toFloat64Array(expected)
  for (const [i, x] of Tensor.toFloat64Array(actual).entries()) {
    expect(Math.abs(x - right[i]!)).toBeLessThanOrEqual(ULPS * (Math.abs(right[i]!) + scale))
  }
}

const beta = fc.double({ min: 0, max: 0.999, noNaN: true })
const epsilon = fc.constantFrom(1e-12, 1e-8, 1e-3, 0.1, 1)

it("adam", () => {
  const steps = fc.integer({ min: 1, max: 1000 })
  fc.assert(
    fc.property(beta, beta, epsilon, steps, (beta1, beta2, epsilon, t) => {
      const constants = { beta1, beta2, epsilon, correction1: 1 - beta1 ** t, correction2: 1 - beta2 ** t }
      const actual = simd.adam(grad, moment, squares, constants)
      alike(actual.m, reference.adam(grad, moment, squares, constants).m, 4) // a sum of two numbers below 4
      alike(actual.v, reference.adam(grad, moment, squares, constants).v, 0)
      // The update of the very moments that there are now.
      const still = { ...constants, beta1: 1, beta2: 1 }
      alike(actual.update, reference.adam(grad, actual.m, actual.v, still).update, 0)
    })
  )
})

it("rmsprop", () => {
  fc.assert(
    fc.property(beta, epsilon, (decay, epsilon) => {
      const actual = simd.rmsprop(grad, squares, { decay, epsilon })
      alike(actual.v, reference.rmsprop(grad, squares, { decay, epsilon }).v, 0)
      alike(actual.update, reference.rmsprop(grad, actual.v, { decay: 1, epsilon }).update, 0)
    })
  )
})
