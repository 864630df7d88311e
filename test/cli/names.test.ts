// Names with commas between: what a flag of columns takes for one.
import fc from "fast-check"
import { expect, it } from "vitest"
import { names } from "../../src/cli/flags.ts"

it("are what stands between commas, less the white space around it, or in quotes as it is", () => {
  expect(names("a, b ,c d")).toEqual(["a", "b", "c d"])
  expect(names(' "a, b" ,c')).toEqual(["a, b", "c"])
  expect(names('"say ""x""",""')).toEqual(['say "x"', ""])
  expect(names("")).toEqual([""])
  expect(names("a,,b,")).toEqual(["a", "", "b", ""])
})

it("lose nothing of what is beside quotes, or of a quote that is not closed", () => {
  expect(names('"a"x,b')).toEqual(['"a"x', "b"])
  expect(names('"a,b')).toEqual(['"a', "b"])
  expect(names('5" pipe,b')).toEqual(['5" pipe', "b"])
})

it("come back from quotes, whatever they are", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (all) => {
      expect(names(all.map((name) => `"${name.replaceAll('"', '""')}"`).join())).toEqual(all)
    })
  )
})
