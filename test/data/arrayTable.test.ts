// Tables of arrays, and tables side by side.
import { Table } from "effect-bayes"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { allocated } from "./allocation.ts"
import { npyFiles } from "./arrays.ts"
import { refusal } from "./refusal.ts"

const u32 = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]

/** An array of bytes of this shape, which count up from 0. */
const bytes = (shape: ReadonlyArray<number>, source = "a.idx") => {
  const size = shape.reduce((n, axis) => n * axis, 1)
  const data = Array.from({ length: size }, (_, i) => i % 256)
  return Table.parseIdx(source, Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap(u32), ...data]))
}
const names = ({ columns }: Table.Table) => columns.map(({ name }) => name)
const cells = ({ rows, columns }: Table.Table) =>
  Array.from({ length: rows }, (_, row) => columns.map((column) => column.number(row)))

describe("fromArray", () => {
  it("has the first axis for its rows and flattens the others, the last the fastest", () => {
    const table = Table.fromArray(bytes([2, 2, 3]))
    expect(table).toMatchObject({ source: "a.idx", rows: 2 })
    expect(names(table)).toEqual(["x0", "x1", "x2", "x3", "x4", "x5"])
    expect(cells(table)).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11]
    ])
    expect(table.columns[0]).toMatchObject({ texts: [], count: { numbers: 2, texts: 0 } })
    expect(table.columns[0]!.code(1)).toBe(-1)
  })

  it("has one column of an array with one axis, and takes another name", () => {
    expect(names(Table.fromArray(bytes([3])))).toEqual(["x"])
    expect(names(Table.fromArray(bytes([3]), { prefix: "label" }))).toEqual(["label"])
    expect(names(Table.fromArray(bytes([3, 2]), { prefix: "y" }))).toEqual(["y0", "y1"])
  })

  it("gives every number in its place, whatever the order in memory", () => {
    fc.assert(
      fc.property(
        npyFiles.filter(({ shape }) => shape.length > 0 && !shape.includes(0)),
        ({ shape, values, bytes: file }) => {
          const table = Table.fromArray(Table.parseNpy("t.npy", file))
          expect(table.rows).toBe(shape[0])
          expect(cells(table).flat()).toEqual(values)
        }
      )
    )
  })

  it("takes under 300 bytes a column, and copies nothing", () => {
    const [wide, long] = [bytes([1, 200_000]), bytes([200_000])]
    const kept: Array<Table.Table> = []
    expect(allocated(() => kept.push(Table.fromArray(wide)))).toBeLessThan(300 * 200_000 + 1024 * 1024) // pages of heap
    expect(allocated(() => kept.push(Table.fromArray(long)))).toBeLessThan(1024 * 1024)
    expect(kept.map(({ columns }) => columns.length)).toEqual([200_000, 1])
  })

  it.each([
    ["no axis", [], "an array [] is one number, no table. The first axis of an array is the rows of a table"],
    ["no rows", [0, 3], "an array [0, 3] has no rows. The first axis of an array is the rows of a table"],
    ["no columns", [3, 0], "an array [3, 0] has no columns. All axes but the first are the columns of a table"],
    [
      "a million and one columns",
      [1, 1_000_001],
      "an array [1, 1000001] has over 1000000 columns. The first axis is the rows: is the array the wrong way round?"
    ]
  ])("refuses %s", (_, shape, message) => {
    expect(refusal(() => Table.fromArray(bytes(shape)))).toBe(`a.idx: ${message}`)
  })
})

describe("join", () => {
  const images = Table.fromArray(bytes([2, 2], "images"))

  it("puts the columns of both side by side", () => {
    const table = Table.join(images, Table.fromArray(bytes([2], "labels"), { prefix: "y" }))
    expect(table).toMatchObject({ source: "images and labels", rows: 2 })
    expect(names(table)).toEqual(["x0", "x1", "y"])
    expect(cells(table)).toEqual([
      [0, 1, 0],
      [2, 3, 1]
    ])
  })

  it("keeps of the first how it was read", () => {
    const read = { missing: ["?"], places: 2 }
    const labels = Table.fromArray(bytes([2], "labels"), { prefix: "y" })
    expect(Table.join({ ...images, ...read }, { ...labels, missing: ["-"], places: 1 })).toMatchObject(read)
    const joined = Table.join(images, { ...labels, ...read })
    expect([joined.missing, joined.places]).toEqual([undefined, undefined])
  })

  it("refuses other numbers of rows, and a name that both have", () => {
    expect(refusal(() => Table.join(images, Table.fromArray(bytes([3], "labels"))))).toBe(
      "images and labels: 2 rows and 3 cannot stand side by side. Give files that describe the same rows in the same order"
    )
    expect(refusal(() => Table.join(images, Table.fromArray(bytes([2, 1], "labels"))))).toBe(
      'images and labels, column "x0": both have a column of this name. Rename it in one of them; the columns of an array are called by the option prefix'
    )
  })
})
