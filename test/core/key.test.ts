// Keys: known answers of the generator, no collisions, and orders that are permutations.

import { Key } from "effect-bayes"
import { arbitraries } from "effect-bayes/testing"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

const hex = (words: ReadonlyArray<number>) => words.map((w) => w.toString(16).padStart(8, "0")).join(" ")
const text = ({ k0, k1 }: Key.Key) => `${k0} ${k1}`

describe("Threefry-2x32, 20 rounds: known answers of Random123", () => {
  it("all bits clear", () => {
    expect(hex(Key.threefry(0, 0, 0, 0))).toBe("6b200159 99ba4efe")
  })
  it("all bits set", () => {
    expect(hex(Key.threefry(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff))).toBe("1cb996fc bb002be7")
  })
  it("digits of pi", () => {
    expect(hex(Key.threefry(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3))).toBe("c4923a9c 483df7a0")
  })
})

describe("keys", () => {
  it("different seeds, negative ones too, give different keys", () => {
    fc.assert(
      fc.property(fc.uniqueArray(arbitraries.seed, { minLength: 2, maxLength: 50 }), (seeds) => {
        expect(new Set(seeds.map((seed) => text(Key.make(seed)))).size).toBe(seeds.length)
      })
    )
    const edges = [0, 1, -1, 2 ** 32, -(2 ** 32), 2 ** 32 - 1, 2 ** 32 + 1, 2 ** 53 - 1, -(2 ** 53) + 1]
    expect(new Set(edges.map((seed) => text(Key.make(seed)))).size).toBe(edges.length)
  })

  it("a seed that is no safe integer is an error that says so", () => {
    for (const seed of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => Key.make(seed)).toThrow(/seed: expected a safe integer/)
    }
    expect(() => Key.fold(Key.make(0), -1)).toThrow(/index of a key/)
  })

  it("fold, split and the key itself never collide", () => {
    fc.assert(
      fc.property(arbitraries.key, fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 100 }), (key, indices) => {
        const folded = indices.map((i) => Key.fold(key, i))
        const keys = [key, ...folded, ...Key.split(key, 100), ...folded.map((child) => Key.fold(child, 0))]
        expect(new Set(keys.map(text)).size).toBe(keys.length)
      })
    )
  })

  it("a child's key is none of its parent's words", () => {
    const key = Key.make(1)
    const words = Key.words(key, 2000)
    const pairs = new Set(Array.from({ length: 2000 }, (_, i) => `${words[2 * i]} ${words[2 * i + 1]}`))
    const children = [...Key.split(key, 2000), ...Array.from({ length: 2000 }, (_, i) => Key.fold(key, i))]
    expect(children.filter((child) => pairs.has(text(child)))).toEqual([])
  })

  it("folds by indices above 2^32 too", () => {
    const key = Key.make(0)
    expect(Key.fold(key, 2 ** 32)).not.toEqual(Key.fold(key, 0))
    expect(Key.uniformAt(key, 2 ** 32)).not.toBe(Key.uniformAt(key, 0))
  })

  it("words do not depend on how many are drawn", () => {
    fc.assert(
      fc.property(arbitraries.key, fc.nat(50), fc.nat(50), (key, m, n) => {
        const longer = Key.words(key, m + n)
        expect(Key.words(key, m)).toEqual(longer.slice(0, 2 * m))
      })
    )
  })

  it("uniform numbers lie in [0, 1), with mean 1/2 within 5 standard errors", () => {
    const n = 100_000
    const key = Key.make(3)
    let sum = 0
    for (let i = 0; i < n; i++) {
      const u = Key.uniformAt(key, i)
      expect(u >= 0 && u < 1).toBe(true)
      sum += u
    }
    expect(Math.abs(sum / n - 0.5)).toBeLessThanOrEqual(5 * Math.sqrt(1 / 12 / n))
  })
})

describe("permutation", () => {
  it("holds every number once", () => {
    fc.assert(
      fc.property(arbitraries.key, fc.nat(300), (key, n) => {
        expect(Array.from(Key.permutation(key, n)).sort((a, b) => a - b)).toEqual(
          Array.from({ length: n }, (_, i) => i)
        )
      })
    )
  })

  it("comes in all 24 orders of 4, each as often (chi-squared with 23 degrees, below its 1e-6 quantile, 71)", () => {
    const counts = new Map<string, number>()
    const n = 24_000
    for (const key of Key.split(Key.make(5), n)) {
      const order = Key.permutation(key, 4).join("")
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    const chi2 = [...counts.values()].reduce((sum, c) => sum + (c - n / 24) ** 2 / (n / 24), 0)
    expect(chi2).toBeLessThan(71)
  })
})
