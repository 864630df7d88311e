// Values for groups of leaves: which pattern takes which path, and what is said where they do not fit.

import { ConfigError, Groups } from "effect-bayes"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

const paths = ["likelihood.logStd", "network.0.bias.logStd", "network.0.weight.mean", "network.10.weight.mean"]

describe("matches", () => {
  const table: ReadonlyArray<readonly [pattern: string, path: string, fits: boolean]> = [
    ["network.0", "network.0.weight.mean", true],
    ["network.0", "network.0", true],
    ["network.1", "network.10.weight.mean", false],
    ["network", "networks.0", false],
    ["*.0", "network.0.bias", true],
    ["*", "weight", true],
    ["**", "weight.mean", true],
    ["**", "", true],
    ["**.mean", "mean", true],
    ["**.mean", "a.b.mean", true],
    ["**.mean", "a.mean.b", true], // below a node called mean
    ["**.mean", "a.means", false],
    ["a.**.d", "a.d", true],
    ["a.**.d", "a.b.c.d", true],
    ["a.**.d", "a.b.c", false],
    ["**.b.**.d", "a.b.b.c.d", true],
    ["a.*.c", "a.c", false],
    ["weight.mean", "weight", false],
    ["", "weight", false],
    ["*", "", false], // a single tensor has no key
    ["a\\.b", "a\\.b.mean", true],
    ["a", "a\\.b.mean", false]
  ]
  for (const [pattern, path, fits] of table) {
    it(`"${pattern}" ${fits ? "takes" : "leaves"} "${path}"`, () => expect(Groups.matches(pattern, path)).toBe(fits))
  }

  it("a path takes itself and all below it, whatever its keys are called", () => {
    const key = fc.string({ minLength: 1 }).map((s) => s.replaceAll(/[.*\\]/g, "_"))
    fc.assert(
      fc.property(fc.array(key, { minLength: 1 }), fc.array(key), (above, below) => {
        const path = above.join(".")
        expect(Groups.matches(path, [...above, ...below].join("."))).toBe(true)
        expect(Groups.matches(`**.${above.at(-1)}`, path)).toBe(true)
      })
    )
  })
})

describe("assign", () => {
  it("gives each path the first group that matches", () => {
    const groups = [["**.logStd", 0.1] as const, ["network.0", 0.2] as const, ["**", 0.3] as const]
    expect(Groups.assign("learning rate", groups, paths)).toEqual([0, 0, 1, 2])
  })

  const refusal = (groups: Groups.Groups<number>): string => {
    try {
      Groups.assign("prior", groups, paths)
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      return (error as ConfigError).message
    }
    throw new Error("not refused")
  }

  it("refuses a pattern that matches nothing, and lists the paths there are", () => {
    expect(refusal([["network.1", 1] as const, ["**", 2] as const])).toBe(
      'prior, group "network.1": expected a pattern that matches a path, got one that matches none. There are: ' +
        "likelihood.logStd, network.0.bias.logStd, network.0.weight.mean, network.10.weight.mean"
    )
  })

  it("refuses a pattern that comes too late", () => {
    expect(refusal([["**", 1] as const, ["network.0", 2] as const])).toContain(
      'prior, group "network.0": expected a pattern before those that match the same paths'
    )
  })

  it("refuses a path that no group takes", () => {
    expect(refusal([["network", 1] as const])).toBe(
      'prior, groups: expected a group for every path, got none for "likelihood.logStd". A last group "**" takes what ' +
        "is left"
    )
  })
})
