// Clipping by the norm of the whole record, and what becomes of a norm that is not finite.
import { ConfigError, clipByGlobalNorm, Tensor, Tree } from "effect-bayes"
import { arbitraries } from "effect-bayes/testing"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

const spec = { shape: [3], dtype: "float64" } as const
const record = arbitraries.params<{ readonly a: Tensor.Tensor; readonly b: ReadonlyArray<Tensor.Tensor> }>({
  a: spec,
  b: [spec, { ...spec, shape: [2, 2] }]
})
const numbers = (tree: unknown) => Tree.leaves(tree).flatMap(({ value }) => [...Tensor.toFloat64Array(value)])
const norm = (tree: unknown) => Math.sqrt(numbers(tree).reduce((sum, v) => sum + v * v, 0))

it("makes the norm min(norm, max), and keeps the direction", () => {
  fc.assert(
    fc.property(record, arbitraries.number([0.1, 8]), (grads, max) => {
      const [updates] = clipByGlobalNorm(max).update(grads, {}, grads)
      const size = norm(grads)
      const factor = Math.min(1, max / size)
      expect(norm(updates)).toBeCloseTo(Math.min(size, max), 12)
      for (const [i, u] of numbers(updates).entries()) expect(u).toBeCloseTo(factor * numbers(grads)[i]!, 12)
      expect(Tree.equals(updates, grads)).toBe(size <= max)
    })
  )
})

describe("a norm that is not finite", () => {
  // Clipped by a factor of 1 / Infinity = 0, all leaves but one would stand still, and nobody would know.
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e200]) {
    it(`from ${wrong} makes every number NaN`, () => {
      const grads = { a: Tensor.from([1, 2], { dtype: "float64" }), b: Tensor.from([wrong, 0], { dtype: "float64" }) }
      expect(numbers(clipByGlobalNorm(1).update(grads, {}, grads)[0])).toEqual(Array(4).fill(Number.NaN))
    })
  }
})

it("refuses a bound that is none", () => {
  for (const max of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => clipByGlobalNorm(max)).toThrow(ConfigError)
    expect(() => clipByGlobalNorm(max)).toThrow(`max of clipByGlobalNorm: expected a finite number above 0, got ${max}`)
  }
})
