// Parameter records: mapped leaf by leaf in an order of their own, and refused where they do not fit.

import { Key, Normal, ShapeError, Tensor, Tree } from "effect-bayes"
import { arbitraries } from "effect-bayes/testing"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

const t = (...values: ReadonlyArray<number>) => Tensor.from(values)
const record = { b: t(1, 2), a: [t(3), { z: t(4), y: t(5, 6) }] as const }

describe("traversal", () => {
  it("visits leaves by sorted path and counts scalars", () => {
    expect(Tree.leaves(record).map((leaf) => leaf.path)).toEqual(["a.0", "a.1.y", "a.1.z", "b"])
    expect(Tree.count(record)).toBe(6)
    expect(Tree.leaves({})).toEqual([])
    expect(Tree.leaves(t(1))).toHaveLength(1)
  })

  it("keeps tuples in order beyond ten entries", () => {
    const many = Array.from({ length: 12 }, (_, i) => t(i))
    expect(Tree.leaves(many).map((leaf) => Tensor.item(leaf.value))).toEqual(Array.from({ length: 12 }, (_, i) => i))
  })

  it("map keeps structure and order of keys, and a map of the identity changes nothing", () => {
    const doubled = Tree.map(record, (leaf) =>
      Tensor.from(
        Tensor.toFloat64Array(leaf).map((v) => 2 * v),
        { dtype: "float32" }
      )
    )
    expect(Tensor.toArray(doubled.a[1].y)).toEqual([10, 12])
    expect(Object.keys(doubled)).toEqual(["b", "a"])
    expect(
      Tree.equals(
        Tree.map(record, (leaf) => leaf),
        record
      )
    ).toBe(true)
  })

  it("gives noise that does not depend on the order in which a record was written", () => {
    const spec = { shape: [3], dtype: "float64" } as const
    const draw = (shapes: Tree.Shapes<{ a: Tensor.Tensor; b: Tensor.Tensor }>) =>
      Tree.fromShapes<{ a: Tensor.Tensor; b: Tensor.Tensor }>(shapes, (s, i) =>
        Normal.standard(Key.fold(Key.make(0), i), s)
      )
    expect(Tree.equals(draw({ a: spec, b: spec }), draw({ b: spec, a: spec }))).toBe(true)
  })

  it("fromShapes of shapes has those shapes", () => {
    fc.assert(
      fc.property(arbitraries.shape(), arbitraries.shape(), arbitraries.dtype, (a, b, dtype) => {
        const shapes = { x: { shape: a, dtype }, y: [{ shape: b, dtype }] as const }
        const made = Tree.fromShapes<{ x: Tensor.Tensor; y: readonly [Tensor.Tensor] }>(shapes, Tensor.zeros)
        expect(Tree.shapes(made)).toEqual(shapes)
        Tree.assertShapes("made", shapes, made)
      })
    )
  })
})

describe("misfits", () => {
  const add = (a: Tensor.Tensor) => a

  it("name the path and both sides", () => {
    expect(() => Tree.zip<unknown>(record, { b: t(1, 2) }, add)).toThrow(
      'the tree at "": expected a record of {a, b}, got a record of {b}'
    )
    expect(() => Tree.zip<unknown>({ a: { b: t(1) } }, { a: { c: t(1) } }, add)).toThrow(
      'the tree at "a": expected a record of {b}, got a record of {c}'
    )
    expect(() => Tree.zip<unknown>({ a: t(1) }, { a: { b: t(1) } }, add)).toThrow(
      'the tree at "a": expected a tensor, got a record of {b}'
    )
    expect(() => Tree.zip<unknown>({ a: { b: t(1) } }, { a: t(1) }, add)).toThrow(ShapeError)
    expect(() => Tree.map({ a: 5 }, add)).toThrow('the tree at "a": expected a tensor or a record, got number')
    expect(() => Tree.leaves({ a: undefined })).toThrow(ShapeError)
  })

  it("of shapes and of dtypes", () => {
    const shapes = { a: { shape: [2], dtype: "float32" } } as const
    expect(() => Tree.assertShapes<unknown>("saved", shapes as never, { a: t(1, 2, 3) })).toThrow(
      'saved at "a": expected float32 [2], got float32 [3]'
    )
    expect(() => Tree.assertShapes<unknown>("saved", shapes as never, { a: Tensor.cast(t(1, 2), "float64") })).toThrow(
      'saved at "a": expected float32 [2], got float64 [2]'
    )
    expect(() => Tree.assertShapes<unknown>("saved", shapes as never, { a: t(1, 2), b: t(1) })).toThrow(ShapeError)
  })

  it("equals looks at structure and bytes", () => {
    expect(Tree.equals({ a: t(1) }, { a: t(1) })).toBe(true)
    expect(Tree.equals({ a: t(1) }, { b: t(1) })).toBe(false)
    expect(Tree.equals({ a: t(1) }, { a: t(1), b: t(2) })).toBe(false)
    expect(Tree.equals({ a: t(1) }, { a: t(2) })).toBe(false)
  })
})
