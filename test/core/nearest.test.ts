// The name that was probably meant: against the definition for short names, and none for long ones.
import fc from "fast-check"
import { expect, it } from "vitest"
import { nearest } from "../../src/core/nearest.ts"

/** Levenshtein's distance by its recursion. */
const distance = (a: string, b: string): number => {
  if (a === "" || b === "") return a.length + b.length
  if (a[0] === b[0]) return distance(a.slice(1), b.slice(1))
  return 1 + Math.min(distance(a.slice(1), b), distance(a, b.slice(1)), distance(a.slice(1), b.slice(1)))
}

const short = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 })

it("is the first of those with the fewest letters changed, if these are at most half", () => {
  fc.assert(
    fc.property(short, fc.array(short, { maxLength: 6 }), (name, candidates) => {
      const near = candidates.filter((c) => 2 * distance(name, c) <= Math.max(name.length, c.length))
      const least = Math.min(...near.map((c) => distance(name, c)))
      expect(nearest(name, candidates)).toBe(near.find((c) => distance(name, c) === least))
    })
  )
})

it("does not tell capitals apart", () => {
  expect(nearest("PRICE", ["size", "price"])).toBe("price")
})

it("is none for names of more than 100 letters, which would take long to compare", () => {
  const name = "a".repeat(99)
  expect(nearest(name, [`${name}b`, `${name}bb`])).toBe(`${name}b`)
  expect(nearest(name, [`${name}bb`])).toBeUndefined()
  expect(nearest(`${name}bb`, [`${name}b`])).toBeUndefined()
})
