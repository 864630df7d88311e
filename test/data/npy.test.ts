// NPY files: those that NumPy wrote (fixtures/npy.py), what any array becomes when written and read, every refusal.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { it } from "@effect/vitest"
import { Table } from "effect-bayes"
import fc from "fast-check"
import { describe, expect } from "vitest"
import { npyFiles, npyOf } from "./arrays.ts"
import { refusal } from "./refusal.ts"

const fixture = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, "fixtures", name)))
const values = ({ shape, at }: Table.NdArray) =>
  Array.from({ length: shape.reduce((n, axis) => n * axis, 1) }, (_, i) => at(i))
const grid = Array.from({ length: 24 }, (_, i) => i)

describe("files of NumPy", () => {
  const cases: ReadonlyArray<readonly [name: string, shape: ReadonlyArray<number>, values: ReadonlyArray<number>]> = [
    ["c-order-f8", [2, 3, 4], grid.map((i) => i / 8)],
    ["fortran-order-i4", [2, 3, 4], grid.map((i) => i - 12)],
    ["big-endian-f4", [2, 3, 4], grid.map((i) => i / 8)],
    ["big-endian-i8", [2, 3, 4], grid.map((i) => i * 1e12 - 5)],
    ["half", [8], [0, -0, 1, -2.5, 65504, 2 ** -14, 2 ** -24, 0.333251953125]],
    ["booleans", [3], [1, 0, 1]],
    ["version-2", [3], [0, 1, 2]],
    ["version-3", [3], [0, 1, 2]]
  ]
  it.each(cases)("%s", (name, shape, expected) => {
    const array = Table.parseNpy(name, fixture(`${name}.npy`))
    expect(array.shape).toEqual(shape)
    expect(values(array)).toEqual(expected)
  })

  const refused: ReadonlyArray<readonly [name: string, problem: string]> = [
    [
      "objects.npy",
      'the array has the dtype "|O": it holds Python objects. Save numbers: numpy.save(path, array.astype(float))'
    ],
    [
      "structured.npy",
      "the array has a structured dtype: it holds records. Save its fields as the columns of one array"
    ],
    ["texts.npy", 'the array has the dtype "<U2": it holds texts. Save a table that has texts as CSV or Parquet'],
    [
      "dates.npy",
      'the array has the dtype "<M8[D]": it holds dates. Save numbers in place of dates, such as days since the first one'
    ],
    [
      "complex.npy",
      'the array has the dtype "<c16": it holds complex numbers. Save their real and imaginary parts as columns'
    ],
    ["archive.npz", "no NPY file: it does not begin with \\x93NUMPY. numpy.save(path, array) writes one"]
  ]
  it.each(refused)("refuses %s", (name, problem) => {
    expect(refusal(() => Table.parseNpy(name, fixture(name)))).toBe(`${name}: ${problem}`)
  })
})

it("reads the numbers that were written, of every type, byte order, memory order and shape", () => {
  fc.assert(
    fc.property(npyFiles, ({ shape, values: expected, bytes }) => {
      const array = Table.parseNpy("t.npy", bytes)
      expect(array.shape).toEqual(shape)
      expect(values(array)).toEqual(expected)
    }),
    { numRuns: 1000 }
  )
})

/** A file with this header and these bytes behind it. */
const file = (header: string, data: ReadonlyArray<number> = [], version = [1, 0]) => {
  const text = new TextEncoder().encode(header)
  const length = version[0] === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0]
  return Uint8Array.from([0x93, ...new TextEncoder().encode("NUMPY"), ...version, ...length, ...text, ...data])
}
const parse = (bytes: Uint8Array) => Table.parseNpy("t.npy", bytes)

it("reads every half-precision number by the definition of binary16", () => {
  for (let bits = 0; bits < 65536; bits++) {
    const [sign, e, f] = [bits >> 15 === 1 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
    if (e === 31) continue
    const expected = sign * (e === 0 ? 2 ** -14 * (f / 1024) : 2 ** (e - 15) * (1 + f / 1024))
    const bytes = file("{'descr': '>f2', 'fortran_order': False, 'shape': (1,)}", [bits >> 8, bits & 255])
    if (!Object.is(parse(bytes).at(0), expected)) throw new Error(`${bits}: ${parse(bytes).at(0)}, not ${expected}`)
  }
})

it("takes the header's entries in any order, with either quotes, spaces, and Python 2's long integers", () => {
  const array = parse(file('{ "shape" :( 2L , 1 ,),"fortran_order":True , "descr":"|u1" , } \n', [7, 8]))
  expect([array.shape, values(array)]).toEqual([
    [2, 1],
    [7, 8]
  ])
  expect(values(parse(file("{'descr':'|u1','fortran_order':False,'shape':()}", [3])))).toEqual([3])
})

describe("refuses", () => {
  const entries = (more: { descr?: string; order?: string; shape?: string } = {}) =>
    `{'descr': ${more.descr ?? "'|u1'"}, 'fortran_order': ${more.order ?? "False"}, 'shape': ${more.shape ?? "(1,)"}}`
  const header = (what: string, place: number) =>
    `the NPY header has no ${what} at its character ${place}. Only what numpy.save writes is read`
  const type = (dtype: string, holds: string) => `the array has the dtype "${dtype}": it holds ${holds}`
  const known = 'The types are b1, i1, u1, i2, u2, i4, u4, i8, u8, f2, f4, f8, each with its byte order: "<f8"'
  const notRead = (dtype: string) => `${type(dtype, "numbers of a type that is not read")}. ${known}`
  const cut = "The file is cut short"
  const cases: ReadonlyArray<readonly [what: string, bytes: Uint8Array, message: string]> = [
    ["its magic alone", file("").subarray(0, 6), "the NPY header is cut short. Save it again"],
    ["a length cut short", file("", [], [2, 0]).subarray(0, 10), "the NPY header is cut short. Save it again"],
    ["another version", file("", [], [4, 0]), "the NPY file has version 4.0. The versions 1.0, 2.0 and 3.0 are read"],
    ["a header cut short", file(entries()).subarray(0, 30), `the NPY header takes 55 bytes, but 20 are there. ${cut}`],
    ["no header", file(""), header("dictionary", 1)],
    ["a header that never ends", file("{'descr': '|u1'"), header("closing brace", 16)],
    ["something behind the header", file(`${entries()} + 1`), header("end", 57)],
    ["an expression for a shape", file(entries({ shape: "(1+1,)" })), header("comma", 53)],
    ["a number for a shape", file(entries({ shape: "3" })), header("tuple", 51)],
    ["a parenthesis that is no tuple", file(entries({ shape: "(3)" })), header("comma", 53)],
    ["a negative length", file(entries({ shape: "(-1,)" })), header("length of an axis", 52)],
    [
      "a length beyond the safe integers",
      file(entries({ shape: "(9999999999999999,)" })),
      header("length of an axis", 68)
    ],
    ["no boolean", file(entries({ order: "0" })), header("True or False", 35)],
    ["no dtype", file(entries({ descr: "7" })), header("dtype", 11)],
    ["an entry that is unknown", file("{'a': 1}"), header("new entry descr, fortran_order or shape", 7)],
    [
      "an entry that is there twice",
      file("{'shape': (1,), 'shape': (1,)}"),
      header("new entry descr, fortran_order or shape", 26)
    ],
    [
      "an entry that is missing",
      file("{'shape': (1,)}"),
      "the NPY header lacks descr, fortran_order or shape. Only what numpy.save writes is read"
    ],
    ["a width that is none", file(entries({ descr: "'<f3'" })), notRead("<f3")],
    ["no byte order", file(entries({ descr: "'|f8'" })), notRead("|f8")],
    ["long double precision", file(entries({ descr: "'<f16'" })), notRead("<f16")],
    ["a name of Object.prototype", file(entries({ descr: "'constructor'" })), notRead("constructor")],
    [
      "a file cut short",
      file(entries({ shape: "(2, 3)" }), [1]),
      "an array [2, 3] of 1-byte numbers takes 6 bytes, but 1 follow the header. The file is cut short, or its header is damaged"
    ],
    [
      "bytes too many",
      file(entries(), [1, 2]),
      "an array [1] of 1-byte numbers takes 1 bytes, but 2 follow the header. Is something appended to it?"
    ],
    [
      "integers beyond 2^53 - 1",
      npyOf("i8", [1n, 2n ** 53n, 2n ** 63n]),
      "2 of 3 values are no integers that a double holds exactly: 9007199254740992 at [1], -9223372036854776000 at [2]. Indices count from 0. Replace these values, or leave their rows out"
    ],
    [
      "unsigned ones, all of them, and lists the first three",
      npyOf("u8", [2n ** 64n - 1n, 2n ** 53n + 1n, 2n ** 53n, 2n ** 54n]),
      "4 of 4 values are no integers that a double holds exactly: 18446744073709552000 at [0], 9007199254740992 at [1], 9007199254740992 at [2], .... Indices count from 0. Replace these values, or leave their rows out"
    ]
  ]
  it.each(cases)("%s", (_, bytes, message) => {
    expect(refusal(() => parse(bytes))).toBe(`t.npy: ${message}`)
  })

  it("half-precision infinities and NaN", () => {
    const bytes = file("{'descr': '<f2', 'fortran_order': False, 'shape': (3,)}", [0, 0x7c, 0, 0xfc, 1, 0x7c])
    expect(refusal(() => parse(bytes))).toContain(
      "3 of 3 values are no finite numbers: Infinity at [0], -Infinity at [1], NaN at [2]"
    )
  })
})

it("keeps the integers next to the limit exactly", () => {
  const most = BigInt(Number.MAX_SAFE_INTEGER)
  expect(values(parse(npyOf("i8", [most, -most])))).toEqual([Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER])
  expect(values(parse(npyOf("u8", [most])))).toEqual([Number.MAX_SAFE_INTEGER])
})
