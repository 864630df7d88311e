// IDX files: known answers, what any array becomes when it is written and read, and every refusal.
import { it } from "@effect/vitest"
import { Table } from "effect-bayes"
import fc from "fast-check"
import { describe, expect } from "vitest"
import { idxFiles } from "./arrays.ts"
import { refusal } from "./refusal.ts"

const parse = (...bytes: ReadonlyArray<number>) => Table.parseIdx("t.idx", Uint8Array.from(bytes))

it("reads the numbers that were written, of every type and shape", () => {
  fc.assert(
    fc.property(idxFiles, ({ shape, values, bytes }) => {
      const array = Table.parseIdx("t.idx", bytes)
      expect(array.shape).toEqual(shape)
      expect(values.map((_, i) => array.at(i))).toEqual(values)
    }),
    { numRuns: 500 }
  )
})

it("reads the numbers of each type as their bytes have them", () => {
  const one = (type: number, ...data: ReadonlyArray<number>) => parse(0, 0, type, 1, 0, 0, 0, 1, ...data).at(0)
  expect(one(0x08, 0xfe)).toBe(254)
  expect(one(0x09, 0xfe)).toBe(-2)
  expect(one(0x0b, 0xff, 0xfe)).toBe(-2)
  expect(one(0x0c, 0x00, 0x01, 0x00, 0x02)).toBe(65538)
  expect(one(0x0d, 0xc0, 0x20, 0x00, 0x00)).toBe(-2.5)
  expect(one(0x0e, 0xc0, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00)).toBe(-2.5)
})

it("is a view: nothing is copied", () => {
  const bytes = new Uint8Array([0, 0, 8, 1, 0, 0, 0, 1, 5])
  const array = Table.parseIdx("t.idx", bytes)
  bytes[8] = 6
  expect(array.at(0)).toBe(6)
})

describe("refuses", () => {
  const huge = [0xff, 0xff, 0xff, 0xff]
  const cases: ReadonlyArray<readonly [what: string, bytes: ReadonlyArray<number>, message: string]> = [
    ["no bytes", [], "0 bytes are no IDX file. Its header alone has 8 or more"],
    [
      "another format",
      [0x1f, 0x8b, 8, 0],
      "no IDX file: it begins with 1f 8b 08 00, not with 00 00. Is it still compressed, or another format?"
    ],
    [
      "a type that is not there",
      [0, 0, 0x0a, 1, 0, 0, 0, 0],
      "the IDX file has numbers of the unknown type 0a. The types are 08, 09, 0b, 0c, 0d, 0e"
    ],
    [
      "a header cut short",
      [0, 0, 8, 2, 0, 0, 0, 1],
      "the IDX header of 2 axes takes 12 bytes, but there are 8. It is cut short"
    ],
    [
      "a file cut short",
      [0, 0, 0x0b, 1, 0, 0, 0, 3, 1, 2, 3, 4],
      "an array [3] of 2-byte numbers takes 6 bytes, but 4 follow the header. The file is cut short, or its header is damaged"
    ],
    [
      "bytes too many",
      [0, 0, 8, 1, 0, 0, 0, 1, 1, 2],
      "an array [1] of 1-byte numbers takes 1 bytes, but 2 follow the header. Is something appended to it?"
    ],
    [
      "a size beyond all files",
      [0, 0, 0x0e, 3, ...huge, ...huge, ...huge, 1],
      "an array [4294967295, 4294967295, 4294967295] of 8-byte numbers takes 6.3382529967139284e+29 bytes, but 1 follow the header. The file is cut short, or its header is damaged"
    ],
    [
      "values that are no numbers",
      [0, 0, 0x0d, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0x7f, 0xc0, 0, 0, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0xff, 0x80, 0, 0],
      "3 of 4 values are no finite numbers: NaN at [0, 0], Infinity at [0, 1], -Infinity at [1, 1]. Indices count from 0. Replace these values, or leave their rows out"
    ]
  ]
  it.each(cases)("%s", (_, bytes, message) => {
    expect(refusal(() => parse(...bytes))).toBe(`t.idx: ${message}`)
  })

  it("an overflow of sizes that an axis of 0 undoes", () => {
    const shape = Array.from({ length: 40 }, () => huge).flat()
    expect(parse(0, 0, 0x0e, 41, ...shape, 0, 0, 0, 0).shape.at(-1)).toBe(0)
    expect(refusal(() => parse(0, 0, 0x0e, 41, ...shape, ...huge))).toContain("takes Infinity bytes, but 0 follow")
  })
})
