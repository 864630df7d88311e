// Tensors: what is read, what is refused and how the message puts it, and that nothing is shared or changed.

import { ShapeError, Tensor } from "effect-bayes"
import { arbitraries } from "effect-bayes/testing"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

const anyTensor = fc
  .tuple(arbitraries.shape({ minAxis: 0 }), arbitraries.dtype)
  .chain(([shape, dtype]) => arbitraries.tensor({ shape, dtype }))

const nested = (depth: number): unknown => (depth === 0 ? "1" : [nested(depth - 1)])

describe("from", () => {
  it("reads nested arrays, typed arrays and numbers", () => {
    expect(
      Tensor.from([
        [1, 2, 3],
        [4, 5, 6]
      ])
    ).toMatchObject({ shape: [2, 3], dtype: "float32" })
    expect(Tensor.from(new Float64Array(3))).toMatchObject({ shape: [3], dtype: "float64" })
    expect(Tensor.from(new Float32Array(3))).toMatchObject({ shape: [3], dtype: "float32" })
    expect(Tensor.from(new Uint8Array([1, 2]))).toMatchObject({ shape: [2], dtype: "float32" })
    expect(Tensor.from(5)).toMatchObject({ shape: [] })
    expect(Tensor.from([]).shape).toEqual([0])
    expect(Tensor.from([[], []]).shape).toEqual([2, 0])
  })

  it("gives back what it was given, for every shape and dtype", () => {
    fc.assert(
      fc.property(anyTensor, (t) => {
        const again = Tensor.from(Tensor.toFloat64Array(t), { dtype: t.dtype, shape: t.shape })
        expect(Tensor.equals(t, again)).toBe(true)
        // Without elements, nested arrays cannot tell how long the axes after an empty one are.
        const read = Tensor.from(Tensor.toArray(t), { dtype: t.dtype, shape: t.shape })
        expect(Tensor.equals(t, read)).toBe(true)
      })
    )
  })

  it("copies: neither the source nor what is read out shares its numbers", () => {
    const source = new Float32Array([1, 2])
    const t = Tensor.from(source)
    source[0] = 9
    Tensor.toFloat64Array(t)[0] = 9
    Tensor.toBytes(t).fill(9)
    expect(Tensor.toArray(t)).toEqual([1, 2])
  })

  it("refuses ragged arrays and says where", () => {
    expect(() =>
      Tensor.from([
        [1, 2, 3],
        [4, 5]
      ])
    ).toThrow(
      "Tensor.from, element [1]: expected 3 elements, got 2 elements. Every row needs the same length, and every element must be a number"
    )
    expect(() => Tensor.from([[1], 2])).toThrow(/element \[1\]: expected 1 elements, got number 2/)
    expect(() => Tensor.from([1, [2]])).toThrow(/element \[1\]: expected a number, got 1 elements/)
  })

  it("allocates nothing for what ragged arrays promise", () => {
    const ragged = [new Array<number>(100_000).fill(0), ...Array.from({ length: 99_999 }, () => [])] // would be 40 GB
    expect(() => Tensor.from(ragged)).toThrow("Tensor.from, element [1]: expected 100000 elements, got 0 elements")
  })

  it("refuses elements that are no numbers, at any depth", () => {
    for (const depth of [0, 1, 2, 3]) expect(() => Tensor.from(nested(depth) as Tensor.Source)).toThrow(ShapeError)
  })

  it("refuses a shape of another size", () => {
    expect(() => Tensor.from([1, 2, 3], { shape: [2, 2] })).toThrow(
      "Tensor: expected 4 values for shape [2, 2], got 3 values"
    )
    expect(() => Tensor.reshape(Tensor.from([1, 2, 3]), [2])).toThrow(ShapeError)
  })
})

describe("rows", () => {
  it("taken and put together again are the tensor", () => {
    const cases = fc
      .tuple(arbitraries.shape({ minRank: 1 }), arbitraries.dtype)
      .chain(([shape, dtype]) => fc.tuple(arbitraries.tensor({ shape, dtype }), fc.nat(shape[0]!)))
    fc.assert(
      fc.property(cases, ([t, cut]) => {
        const parts = [Tensor.rows(t, 0, cut), Tensor.rows(t, cut, t.shape[0]!)] as const
        expect(Tensor.equals(t, Tensor.concatRows(parts))).toBe(true)
      })
    )
  })

  it("refuse a scalar, a row that is not there, and parts that do not fit", () => {
    expect(() => Tensor.rows(Tensor.scalar(1), 0, 1)).toThrow("Tensor.takeRows: expected at least 1 axes, got []")
    expect(() => Tensor.takeRows(Tensor.from([1, 2]), [2])).toThrow(
      "Tensor.takeRows: expected a row from 0 to 1, got 2"
    )
    expect(() => Tensor.takeRows(Tensor.from([1, 2]), [0.5])).toThrow(ShapeError)
    const [narrow, wide] = [Tensor.from([[1, 2]]), Tensor.from([[1, 2, 3]])]
    expect(() => Tensor.concatRows([narrow, wide])).toThrow("expected float32 [1, 2], got float32 [1, 3]")
    expect(() => Tensor.concatRows([narrow, Tensor.cast(narrow, "float64")])).toThrow(ShapeError)
  })
})

describe("slices along an axis", () => {
  it("cut anywhere along any axis and put together again are the tensor", () => {
    const cases = fc
      .tuple(arbitraries.shape({ minRank: 1, maxRank: 4, minAxis: 0 }), arbitraries.dtype)
      .chain(([shape, dtype]) =>
        fc.nat(shape.length - 1).chain((axis) =>
          fc.record({
            t: arbitraries.tensor({ shape, dtype }),
            axis: fc.constant(axis),
            cuts: fc.tuple(fc.nat(shape[axis]!), fc.nat(shape[axis]!)).map((pair) => pair.sort((a, b) => a - b))
          })
        )
      )
    fc.assert(
      fc.property(cases, ({ t, axis, cuts: [a, b] }) => {
        const ranges = [
          [0, a],
          [a, b],
          [b, t.shape[axis]]
        ] as ReadonlyArray<readonly [number, number]>
        const [first, ...rest] = ranges.map(([start, end]) => Tensor.slice(t, axis, start, end))
        expect(Tensor.equals(t, Tensor.concat([first!, ...rest], axis))).toBe(true)
      })
    )
  })

  it("hold the elements that nested arrays hold there", () => {
    const t = Tensor.from([
      [
        [1, 2],
        [3, 4],
        [5, 6]
      ],
      [
        [7, 8],
        [9, 10],
        [11, 12]
      ]
    ])
    expect(Tensor.toArray(Tensor.slice(t, 1, 1, 2))).toEqual([[[3, 4]], [[9, 10]]])
    expect(Tensor.toArray(Tensor.slice(t, 2, 1, 2))).toEqual([
      [[2], [4], [6]],
      [[8], [10], [12]]
    ])
    const joined = Tensor.concat([Tensor.slice(t, 1, 2, 3), Tensor.slice(t, 1, 0, 1)], 1)
    expect(Tensor.toArray(joined)).toEqual([
      [
        [5, 6],
        [1, 2]
      ],
      [
        [11, 12],
        [7, 8]
      ]
    ])
  })

  it("refuse a range or an axis that is not there, and parts that do not fit", () => {
    const t = Tensor.from([[1, 2, 3]])
    for (const [start, end] of [
      [0, 4],
      [-1, 2],
      [2, 1],
      [0.5, 1]
    ] as const) {
      expect(() => Tensor.slice(t, 1, start, end)).toThrow(
        `Tensor.slice: expected a range inside 0 to 3, the length of axis 1, got ${start} to ${end}`
      )
    }
    expect(() => Tensor.slice(t, 2, 0, 1)).toThrow("Tensor.slice: expected at least 3 axes, got [1, 3]")
    expect(() => Tensor.concat([t, Tensor.from([[1], [2]])], 1)).toThrow(
      "Tensor.concat: expected float32 [1, 1], got float32 [2, 1]"
    )
    expect(() => Tensor.concat([t, Tensor.from([1])], 1)).toThrow(ShapeError)
    expect(() => Tensor.concat([t, Tensor.cast(t, "float64")], 1)).toThrow(ShapeError)
  })
})

describe("a tensor that is the same everywhere", () => {
  const value = fc.oneof(fc.constantFrom(0, -0, Number.NaN, 1e39, 0.1), fc.double())

  it("is the tensor of as many equal numbers, under any shape", () => {
    fc.assert(
      fc.property(arbitraries.shape({ minAxis: 0 }), arbitraries.dtype, value, (shape, dtype, v) => {
        const size = shape.reduce((product, length) => product * length, 1)
        const written = Tensor.from(new Array<number>(size).fill(v), { shape: [size], dtype })
        const full = Tensor.full({ shape, dtype }, v)
        expect(Tensor.equals(Tensor.reshape(full, [size]), written)).toBe(true)
        expect(Tensor.equals(full, Tensor.reshape(written, shape))).toBe(true)
        expect(Tensor.equals(Tensor.reshape(full, [size]), written)).toBe(true) // of one that has been read
        const one = Tensor.from([v], { dtype })
        expect(Tensor.equals(Tensor.reshape(Tensor.scalar(v, dtype), [1]), one)).toBe(true)
      })
    )
  })

  it("keeps its shape, whatever becomes of the array it was given", () => {
    const shape = [2, 3]
    const zeros = Tensor.zeros({ shape, dtype: "float64" })
    shape[0] = 7
    expect(zeros.shape).toEqual([2, 3])
    expect(Tensor.toArray(zeros)).toEqual([
      [0, 0, 0],
      [0, 0, 0]
    ])
  })

  it("is refused at once where there is no memory of its size", () => {
    expect(() => Tensor.zeros({ shape: [2 ** 52], dtype: "float32" })).toThrow(ShapeError)
    expect(() => Tensor.full({ shape: [2 ** 52], dtype: "float64" }, 1)).toThrow(/a size that fits into memory/)
  })
})

describe("the rest", () => {
  it("cast rounds to the nearest float32 and back keeps the number", () => {
    const t = Tensor.from(new Float64Array([0.1, 1e-50, 1e300, Number.NaN]))
    const rounded = Tensor.toFloat64Array(Tensor.cast(Tensor.cast(t, "float32"), "float64"))
    expect([...rounded]).toEqual([Math.fround(0.1), 0, Number.POSITIVE_INFINITY, Number.NaN])
  })

  it("equals is of bytes: 0 is not -0, NaN is NaN, dtype and shape count", () => {
    expect(Tensor.equals(Tensor.from([0]), Tensor.from([-0]))).toBe(false)
    expect(Tensor.equals(Tensor.from([Number.NaN]), Tensor.from([Number.NaN]))).toBe(true)
    expect(Tensor.equals(Tensor.from([1]), Tensor.from([1], { dtype: "float64" }))).toBe(false)
    expect(Tensor.equals(Tensor.from([0]), Tensor.from([0], { dtype: "float64" }))).toBe(false)
    expect(Tensor.equals(Tensor.from([1]), Tensor.from([[1]]))).toBe(false)
  })

  it("item takes one element and no more", () => {
    expect(Tensor.item(Tensor.from([[3]]))).toBe(3)
    expect(() => Tensor.item(Tensor.from([1, 2]))).toThrow("Tensor.item: expected one element, got float32 [2]")
  })

  it("prints shortly", () => {
    const t = Tensor.from(Array.from({ length: 10 }, (_, i) => i))
    expect(`${fc.stringify(t)}`).toBe("Tensor(float32 [10], 0, 1, 2, 3, 4, 5, 6, 7, ... 2 more)")
    expect(JSON.parse(JSON.stringify(Tensor.from([[1], [2]])))).toEqual({
      dtype: "float32",
      shape: [2, 1],
      values: [[1], [2]]
    })
  })
})
