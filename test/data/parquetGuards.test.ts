// What stands between a damaged Parquet file and a decoder that believes it: each limit, alone.
import { DataError } from "effect-bayes"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readLayout } from "../../src/data/parquet/metadata.ts"
import { walkPages } from "../../src/data/parquet/pages.ts"
import { walkDeltas, walkRuns } from "../../src/data/parquet/runs.ts"
import { readStruct } from "../../src/data/parquet/thrift.ts"
import { utf8 } from "../files/memory.ts"
import { refusal } from "./refusal.ts"

const fail = (problem: string) => new DataError({ source: "t", problem })
const varint = (value: number): ReadonlyArray<number> =>
  value < 128 ? [value] : [128 + (value % 128), ...varint(Math.floor(value / 128))]

describe("runs", () => {
  const longer = "t: a run of values in it is longer than its page"
  const walk = (bytes: ReadonlyArray<number>, count: number, bits = 1) =>
    walkRuns(Uint8Array.from(bytes), { bits, count }, fail)

  it("counts the ones of runs of equal and of packed bits, as many as there should be", () => {
    const equal = fc.record({
      packed: fc.constant(false),
      bits: fc.tuple(fc.nat(1), fc.integer({ min: 1, max: 300 })).map(([bit, n]) => new Array<number>(n).fill(bit))
    })
    const groups = fc
      .integer({ min: 1, max: 5 })
      .chain((n) => fc.array(fc.nat(1), { minLength: 8 * n, maxLength: 8 * n }))
    const packed = fc.record({ packed: fc.constant(true), bits: groups })
    fc.assert(
      fc.property(fc.array(fc.oneof(equal, packed), { minLength: 1, maxLength: 6 }), fc.nat(7), (runs, cut) => {
        const bytes = runs.flatMap((run) => {
          if (!run.packed) return [...varint(2 * run.bits.length), run.bits[0]!]
          const octets = Array.from({ length: run.bits.length / 8 }, (_, i) =>
            run.bits.slice(8 * i, 8 * i + 8).reduce((sum, bit, j) => sum + bit * 2 ** j, 0)
          )
          return [...varint(2 * octets.length + 1), ...octets]
        })
        const all = runs.flatMap((run) => run.bits)
        const count = runs.at(-1)!.packed ? all.length - cut : all.length // the last group may be padded
        expect(walk(bytes, count)).toBe(all.slice(0, count).reduce((sum, bit) => sum + bit, 0))
      })
    )
  })

  it.each([
    ["a run of a billion values", [254, 255, 255, 255, 15, 1], 8, 1, longer],
    ["a billion packed values of no bits", [255, 255, 255, 255, 15], 8, 0, longer],
    ["packed values that are not there", [5, 1], 16, 1, longer],
    ["a value that is not there", [16], 8, 1, longer],
    ["nothing", [], 8, 1, "t: a run of values in it is damaged"],
    ["a length that never ends", [128, 128, 128, 128, 128, 0], 8, 1, "t: a run of values in it is damaged"]
  ])("refuses %s", (_, bytes, count, bits, message) => {
    expect(refusal(() => walk(bytes, count, bits))).toBe(message)
  })
})

describe("differences", () => {
  const damaged = "t: a block of differences in it is damaged"
  const walk = (bytes: ReadonlyArray<number>, count: number) => walkDeltas(Uint8Array.from(bytes), count, fail)
  const zeros = (n: number) => new Array<number>(n).fill(0)

  it("takes a block of 128 with four miniblocks, and one value alone", () => {
    walk([128, 1, 4, 5, 0, 2, 1, 0, 0, 0, ...zeros(4)], 5)
    walk([128, 1, 4, 1, 0], 1)
  })

  it.each([
    ["two billion miniblocks", [128, 1, 255, 255, 255, 255, 7, 5, 0], 5, damaged],
    ["no miniblocks", [128, 1, 0, 5, 0], 5, damaged],
    ["another number of values", [128, 1, 4, 6, 0], 5, damaged],
    ["integers of 65 bits", [128, 1, 4, 5, 0, 2, 65, 0, 0, 0], 5, damaged],
    ["miniblocks that are not there", [128, 1, 4, 200, 1, 0, 2, 64, 64, 64, 64, 1], 200, damaged],
    [
      "an integer that never ends",
      [128, 1, 4, 5, ...new Array<number>(11).fill(128)],
      5,
      "t: a run of values in it is damaged"
    ]
  ])("refuses %s", (_, bytes, count, message) => {
    expect(refusal(() => walk(bytes, count))).toBe(message)
  })
})

describe("headers", () => {
  const read = (bytes: ReadonlyArray<number>) => readStruct(Uint8Array.from(bytes), 0, fail)
  const damaged = "t: a header in it is damaged"

  it("reads integers, booleans, bytes and structs, passes over lists, and says where it ends", () => {
    const { struct, end } = read([0x15, 5, 0x11, 0x18, 2, 7, 8, 0x19, 0x25, 2, 4, 0x1c, 0x15, 6, 0, 0x05, 20, 3, 0, 99])
    expect(end).toBe(19)
    expect([...struct]).toEqual([
      [1, -3],
      [2, true],
      [3, Uint8Array.from([7, 8])],
      [5, new Map([[1, 3]])],
      [10, -2]
    ])
  })

  it.each([
    ["no end", [0x15, 4], damaged],
    ["a list longer than the file", [0x19, 0xf5, 255, 255, 255, 7, 0], damaged],
    ["bytes beyond the file", [0x18, 200, 1, 0], damaged],
    ["an integer of eleven bytes", [0x16, ...new Array<number>(10).fill(128), 0, 0], damaged],
    ["structs nested without end", new Array<number>(100).fill(0x1c), damaged],
    ["a map", [0x1b, 0, 0], damaged]
  ])("refuses %s", (_, bytes, message) => {
    expect(refusal(() => read(bytes))).toBe(message)
  })
})

describe("descriptions", () => {
  /** A file whose description has a column of a converted type, and a group of rows with a bound so long. */
  const file = (converted: number, length: number) => {
    const column = [0x65, ...varint(2 * converted), 0] // field 6
    const bound = [0x19, 0x1c, 0x18, ...varint(length), ...new Array<number>(length).fill(1), 0, 0]
    const description = [0x29, 0x1c, ...column, 0x29, 0x1c, ...bound, 0]
    const magic = utf8("PAR1")
    return Uint8Array.from([...magic, ...description, ...varint32(description.length), ...magic])
  }
  const varint32 = (n: number) => [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24]
  const read = (bytes: Uint8Array) => refusal(() => readLayout("t", bytes, () => expect.fail("read")))
  const unread = "t: the Parquet file cannot be read: its description is damaged. Is it whole? Write it again"

  it("are not given to hyparquet where a decimal column has a bound that it would take long to read", () => {
    const problem = "a bound of a decimal column in it is longer than 4 KiB"
    expect(read(file(5, 4097))).toBe(`t: the Parquet file cannot be read: ${problem}. Is it whole? Write it again`)
    expect([read(file(5, 4096)), read(file(0, 4097))]).toEqual([unread, unread]) // got as far as the reader
  })
})

describe("pages", () => {
  const zigzag = (value: number) => varint(2 * value)
  /** A page of values, not compressed: its sizes, and its counts, as a header says them. */
  const page = (
    fields: { size?: number; unpacked?: number; count?: number; encoding?: number },
    data: ReadonlyArray<number>
  ) => {
    const { size = data.length, unpacked = size, count = 1, encoding = 0 } = fields
    return [
      0x15,
      0,
      0x15,
      ...zigzag(unpacked),
      0x15,
      ...zigzag(size),
      0x2c,
      0x15,
      ...zigzag(count),
      0x15,
      ...zigzag(encoding),
      0,
      0,
      ...data
    ]
  }
  const walk = (
    bytes: ReadonlyArray<number>,
    more: { rows?: number; optional?: boolean; type?: string; budget?: number } = {}
  ) => {
    const { rows = 1, optional = false, type = "INT32", budget = 1000 } = more
    const chunk = { bytes: Uint8Array.from(bytes), rows, optional, compressed: false, type, typeLength: 0 }
    return walkPages(chunk, { left: budget }, fail)
  }

  it("takes pages up to the last row, and no byte behind them", () => {
    const pages = [...page({}, [1, 0, 0, 0]), ...page({ count: 2 }, [1, 0, 0, 0, 2, 0, 0, 0])]
    expect(walk([...pages, 1, 2, 3], { rows: 3 }).length).toBe(pages.length)
  })

  it.each([
    ["a size beyond the column", page({ size: 5 }, [1, 0, 0, 0]), {}, "a page in it goes beyond its column"],
    [
      "a billion unpacked bytes",
      page({ unpacked: 1e9 }, [1, 0, 0, 0]),
      {},
      "its pages would unpack to far more than the file"
    ],
    ["more values than rows", page({ count: 2 }, [1, 0, 0, 0]), {}, "a page in it has more values than there are rows"],
    [
      "fewer values than it says",
      page({ count: 2 }, [1, 0, 0, 0]),
      { rows: 2 },
      "a page in it has fewer values than it says"
    ],
    ["an unknown encoding", page({ encoding: 4 }, [1, 0, 0, 0]), {}, "its encoding 4 is not read"],
    ["indices without a dictionary", page({ encoding: 8 }, [0]), {}, "a page in it points into no dictionary"],
    ["a kind that is none", [0x15, 8, 0x15, 0, 0x15, 0, 0], {}, "a page in it is of no known kind"],
    ["levels beyond the page", page({}, [9, 0, 0, 0]), { optional: true }, "the levels of a page in it go beyond it"]
  ])("refuses %s", (_, bytes, more, problem) => {
    expect(refusal(() => walk(bytes, more))).toBe(`t: ${problem}`)
  })
})
