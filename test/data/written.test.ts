// Laws of reading text: what was written comes back, however it was written and is handed out; numbers are Number's.
import { Effect } from "effect"
import fc from "fast-check"
import { expect, it } from "vitest"
import { parseNumber } from "../../src/data/number.ts"
import { cutAt } from "../files/memory.ts"
import { cellsOf, readText } from "./delimited.ts"
import { written } from "./written.ts"

it("a table comes back, in every delimiter, quoting and line break, plain and gzipped, cut anywhere", () =>
  fc.assert(
    fc.asyncProperty(written, fc.array(fc.nat(400), { maxLength: 20 }), async (table, cuts) => {
      const { bytes, options, columns, lines } = table
      const found = await Effect.runPromise(readText(cutAt(bytes, cuts), options))
      expect(cellsOf(found)).toEqual({ columns, lines })
    }),
    { numRuns: 1000 }
  ))

it("a number is what Number reads of a plain decimal, and nothing else is one", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789".split("")), maxLength: 20 })
  const likely = fc
    .tuple(
      fc.constantFrom("", "+", "-"),
      digits,
      fc.constantFrom("", "."),
      digits,
      fc.constantFrom("", "e5", "E-12", "e+400", "e")
    )
    .map((parts) => parts.join(""))
  const odd = fc.string({ unit: fc.constantFrom(..."01.eE+-x_ n".split("")), maxLength: 6 })
  fc.assert(
    fc.property(fc.oneof(likely, odd), (text) => {
      const plain = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text))
      expect(parseNumber(text)).toBe(plain ? Number(text) : Number.NaN)
    }),
    { numRuns: 20_000 }
  )
})
