// What a broken law says: its name, the reason, and the case that breaks it.
import { forAll, forMost, type Law, once } from "effect-bayes/testing"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

const thrown = (law: Law, params?: fc.Parameters): Error => {
  try {
    law.check(params)
  } catch (error) {
    return error as Error
  }
  throw new Error("the law holds")
}

const small = (n: number): void => {
  if (n > 3) throw new Error("the sum", { cause: new RangeError(`expected at most 3, got ${n}`) })
}

describe("the message of a broken law", () => {
  it("has the name, the innermost reason and the counterexample, in this order", () => {
    for (const law of [forAll("sums are small", fc.nat(), small), forMost("sums are small", fc.nat(), small)]) {
      const { message, cause } = thrown(law)
      expect(message).toMatch(
        /^sums are small\nexpected at most 3, got 4\nProperty failed after \d+ tests\n.*\nCounterexample: \[4\]/
      )
      expect(cause).toMatchObject({ message: "the sum" })
    }
  })

  it("has the reason once, where fast-check gives it too and where there are no cases", () => {
    const flat = forAll("f", fc.nat(), (n) => {
      if (n > 3) throw new Error(`too large: ${n}`)
    })
    const included = { includeErrorInReport: true } as fc.Parameters
    expect(thrown(flat).message.split("too large: 4")).toHaveLength(2)
    expect(thrown(flat, included).message.split("too large: 4")).toHaveLength(2)
    const law = once("seeded", () => {
      throw new Error("expected 1, got 2")
    })
    expect(thrown(law).message).toBe("seeded\nexpected 1, got 2")
  })

  it("has whatever else is thrown", () => {
    const law = once("seeded", () => {
      throw "a string"
    })
    expect(thrown(law).message).toBe("seeded\na string")
  })
})
