// Plain data with tensors in it, as JSON and back: nothing is lost, and nothing can be taken for a mark.

import { Tensor } from "effect-bayes"
import { arbitraries } from "effect-bayes/testing"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decode, encode } from "../../src/files/codec.ts"
import { parseJson } from "../../src/files/json.ts"
import { messageOf } from "./refusals.ts"

/** Through text, as a file has it. */
const around = (value: unknown): unknown => {
  const { json, tensors } = encode("f", [["value", value]])
  const decoded = decode("f", parseJson(JSON.stringify(json)), (name) => tensors.get(name))
  return (decoded as { readonly value: unknown }).value
}

const tensor = arbitraries.shape().chain((shape) => arbitraries.tensor({ shape, dtype: "float32" }))
const key = fc.oneof(
  fc.string(),
  fc.constantFrom(
    "$tensor",
    "$number",
    "$",
    "$$",
    "$$tensor",
    "__proto__",
    "constructor",
    "toString",
    "a.b",
    "",
    "0",
    "\ud800"
  )
)
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      fc.double(),
      fc.constantFrom(-0, Number.NaN, Number.NEGATIVE_INFINITY),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      tensor
    ),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
    tie("value").map((inner) => ({ $tensor: inner }))
  )
}))

/** Identical ends under the same keys in any order; -0 is not 0. */
const assertSame = (a: unknown, b: unknown): void => {
  const [left, right] = [a, b].map((u) => (typeof u === "object" && u !== null && !Tensor.isTensor(u) ? u : undefined))
  if (left === undefined || right === undefined) {
    if (!Object.is(a, b)) throw new Error(`${String(a)} is now ${String(b)}`)
    return
  }
  expect([Array.isArray(right), Object.keys(right).sort()]).toEqual([Array.isArray(left), Object.keys(left).sort()])
  const others = new Map(Object.entries(right))
  for (const [name, child] of Object.entries(left)) assertSame(child, others.get(name))
}

describe("decode(encode(x)) = x", () => {
  it("for numbers, texts, tensors, arrays and records of any keys, to the last bit", () => {
    fc.assert(
      fc.property(value, (given) => {
        const back = around(given)
        assertSame(given, back)
        const again = encode("f", [["value", back]])
        expect(JSON.stringify(again.json)).toBe(JSON.stringify(encode("f", [["value", given]]).json))
      }),
      { numRuns: 500 }
    )
  })

  it("for a record that stands in several places, and for more of them than may be inside each other", () => {
    const shared = { x: [1] }
    assertSame(around({ a: shared, b: [shared, shared] }), { a: { x: [1] }, b: [{ x: [1] }, { x: [1] }] })
    const many = Array.from({ length: 200 }, () => [{}])
    assertSame(around(many), many)
  })

  it("for __proto__, which stays a key", () => {
    const given = JSON.parse('{"__proto__": {"polluted": 1}}') as object
    const back = around(given) as object
    expect(Object.keys(back)).toEqual(["__proto__"])
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype)
    expect("polluted" in {}).toBe(false)
  })
})

describe("tensors", () => {
  const [a, b] = [Tensor.from([1]), Tensor.from([1])]
  it("are there once, under the first of their names", () => {
    const { json, tensors } = encode("f", [
      ["params", { w: a, "x.y": [b, a] }],
      ["state", { also: b }]
    ])
    expect([...tensors.keys()]).toEqual(["params.w", "params.x\\.y.0"])
    expect(json).toEqual({
      params: { w: { $tensor: "params.w" }, "x.y": [{ $tensor: "params.x\\.y.0" }, { $tensor: "params.w" }] },
      state: { also: { $tensor: "params.x\\.y.0" } }
    })
  })
  it("have names of their own where their paths are alike", () => {
    const { tensors } = encode("f", [
      ["p", { "a\\": { b: a }, "a.b": b, "\ud800": Tensor.from([2]), "\ufffd": Tensor.from([3]) }]
    ])
    expect([...tensors.keys()]).toEqual(["p.a\\.b", "p.a\\.b#2", "p.\ufffd", "p.\ufffd#2"])
  })
  it("do not depend on the order of keys", () => {
    const one = encode("f", [["p", { b: a, a: { d: 1, c: a } }]])
    const other = encode("f", [["p", { a: { c: a, d: 1 }, b: a }]])
    expect(JSON.stringify(other.json)).toBe(JSON.stringify(one.json))
    expect([...other.tensors.keys()]).toEqual(["p.a.c"])
  })
})

describe("what is refused", () => {
  const hint = "Tensors, numbers, texts, booleans, arrays and records can be kept"
  const circle: { a: unknown } = { a: 1 }
  circle.a = [circle]
  const deep = (n: number): unknown => (n === 0 ? 1 : [deep(n - 1)])
  const refused: ReadonlyArray<readonly [string, unknown, string]> = [
    ["a function", { f: () => 1 }, `"p.f" is of the type function. ${hint}`],
    ["a class", [new Map()], `"p.0" is an object of the class Map. ${hint}`],
    ["numbers that are no tensor", new Float32Array(2), `"p" is an object of the class Float32Array. ${hint}`],
    ["a bigint", 1n, `"p" is of the type bigint. ${hint}`],
    ["undefined in an array", [undefined], `"p.0" is of the type undefined. ${hint}`],
    ["a circle", circle, '"p.a.0" refers to what it is in'],
    ["too deep", deep(151), `"p${".0".repeat(150)}" is nested deeper than 150`]
  ]
  for (const [title, given, problem] of refused) {
    it(`${title}`, () => expect(messageOf(() => encode("f", [["p", given]]))).toBe(`f: ${problem}`))
  }
  it("nothing of what is as deep as can be, or undefined in a record", () => {
    expect(around(deep(150))).toEqual(deep(150))
    expect(around({ a: undefined, b: 1 })).toStrictEqual({ b: 1 })
  })

  const marks = [
    '{"$tensor":1}',
    '{"$tensor":"a","b":1}',
    '{"$number":"-0","b":1}',
    '{"$number":"1"}',
    '{"$number":0}',
    '{"$other":"a"}',
    '{"$":"a"}'
  ]
  for (const json of marks) {
    const [mark] = /\$\w*/.exec(json)!
    it(`the mark ${json}`, () => {
      const problem = `f: its configuration has a mark "${mark}" that is none`
      expect(messageOf(() => decode("f", { a: [JSON.parse(json)] }, () => undefined))).toBe(problem)
    })
  }
})
