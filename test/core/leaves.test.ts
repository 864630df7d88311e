// What runs without paths gives what runs with them, message for message.

import { momentum, scaleByAdam } from "effect-bayes"
import fc from "fast-check"
import { expect, test } from "vitest"
import * as Leaves from "../../src/core/Leaves.ts"
import * as Tensor from "../../src/core/Tensor.ts"
import * as Tree from "../../src/core/Tree.ts"

const t = (...values: ReadonlyArray<number>) => Tensor.from(values)
const plus = (a: Tensor.Tensor, b: Tensor.Tensor) => t(Tensor.item(a) + Tensor.item(b))

/** Records of scalars, with keys that every object seems to have. */
const { tree: records } = fc.letrec<{ tree: unknown }>((tie) => {
  const key = fc.constantFrom("a", "b", "weight", "10", "9", "a.b", "constructor", "toString", "shape", "dtype")
  const child = tie("tree")
  return {
    tree: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      fc.integer({ min: -9, max: 9 }).map((n) => t(n)),
      fc.dictionary(key, child, { maxKeys: 3 }),
      fc.array(child, { maxLength: 3 })
    )
  }
})

/** What a function gives, or the message of what it throws. */
const outcome = (f: () => unknown): unknown => {
  try {
    return JSON.stringify(f())
  } catch (error) {
    return String(error)
  }
}

test("map, zip, list and mapIndexed give what Tree gives", () => {
  fc.assert(
    fc.property(records, (tree) => {
      const doubled = Tree.map(tree, (leaf) => plus(leaf, leaf))
      expect(Leaves.map(tree, (leaf) => plus(leaf, leaf))).toEqual(doubled)
      expect(Leaves.zip(tree, doubled, plus)).toEqual(Tree.zip(tree, doubled, plus))
      expect(Leaves.list(Tensor.isTensor, tree)).toEqual(Tree.leaves(tree).map(({ value }) => value))
      const order = new Map(Tree.leaves(tree).map(({ path }, i) => [path, i]))
      expect(Leaves.mapIndexed(Tensor.isTensor, (_, i) => t(i), tree)).toEqual(
        Tree.map(tree, (_, path) => t(order.get(path)!))
      )
    })
  )
})

test("unzip gives a record for each field, and takes or refuses what goes along as zip does", () => {
  const both = (a: Tensor.Tensor, b: Tensor.Tensor) => ({ sum: plus(a, b), b })
  fc.assert(
    fc.property(records, records, (a, other) => {
      const doubled = Tree.zip(a, a, plus)
      expect(Leaves.unzip(["b", "sum"], both, a, doubled)).toEqual([doubled, Tree.zip(a, doubled, plus)])
      expect(outcome(() => Leaves.unzip(["sum"], both, a, other)[0])).toBe(outcome(() => Tree.zip(a, other, plus)))
    })
  )
  expect(Leaves.unzip(["sum"], both, { a: t(1) })).toEqual([{ a: t(2) }])
})

test("what is undefined is not taken for what was left out", () => {
  const tree: unknown = { a: t(1) }
  const refusal = 'ShapeError: the tree at "": expected a record of {a}, got undefined'
  expect(outcome(() => Leaves.zip(tree, undefined, plus))).toBe(refusal)
  expect(outcome(() => Leaves.mapWith(Tensor.isTensor, (leaf) => leaf, tree, tree, undefined))).toBe(refusal)
  const both = (a: Tensor.Tensor, b: Tensor.Tensor) => ({ sum: plus(a, b) })
  expect(outcome(() => Leaves.unzip(["sum"], both, tree, undefined))).toBe(refusal)
  expect(outcome(() => Leaves.unzip(["sum"], both, tree, tree, undefined))).toBe(refusal)
  const { velocity } = momentum(0.9).init({ a: t(1) })
  expect(outcome(() => momentum(0.9).update(undefined, { velocity }, undefined))).toBe(refusal)
  expect(outcome(() => scaleByAdam().update({ a: t(1) }, { power1: 1, power2: 1 } as never, {}))).toBe(refusal)
})

test("a key that no assignment can write is written", () => {
  const odd = Object.fromEntries([["__proto__", t(3)]])
  const expected = Object.fromEntries([["__proto__", t(6)]])
  expect(Leaves.map(odd, (leaf) => plus(leaf, leaf))).toStrictEqual(expected)
  expect(Leaves.unzip(["it"], (leaf) => ({ it: plus(leaf, leaf) }), odd)).toStrictEqual([expected])
  expect(Leaves.mapIndexed(Tensor.isTensor, (leaf) => plus(leaf, leaf), odd)).toStrictEqual(expected)
})

test("two records that may differ are taken or refused as by Tree, in its words", () => {
  let refused = 0
  fc.assert(
    fc.property(records, records, (a, b) => {
      const expected = outcome(() => Tree.zip(a, b, plus))
      if (String(expected).startsWith("ShapeError")) refused++
      expect(outcome(() => Leaves.zip(a, b, plus))).toBe(expected)
    })
  )
  expect(refused).toBeGreaterThan(20)
})

test("what looks unusual is looked at again", () => {
  expect(Leaves.zip<unknown>([t(1), t(2)], { 0: t(3), 1: t(4) }, plus)).toEqual([t(4), t(6)])
  expect(() => Leaves.zip<unknown>({ a: { b: t(1) } }, { a: { c: t(1) } }, plus)).toThrow(
    'the tree at "a": expected a record of {b}, got a record of {c}'
  )
  expect(() => Leaves.zip<unknown>({ a: t(1) }, { a: 5 }, plus)).toThrow(
    'the tree at "a": expected a tensor, got number'
  )
  expect(() => Leaves.map<unknown>({ a: { b: 5 } }, (leaf) => leaf)).toThrow(
    'the tree at "a.b": expected a tensor or a record, got number'
  )
  for (const f of [
    Leaves.list,
    (isLeaf: typeof Tensor.isTensor, tree: unknown) => Leaves.mapIndexed(isLeaf, String, tree)
  ]) {
    expect(() => f(Tensor.isTensor, { a: [t(1), undefined] })).toThrow(
      'the tree at "a.1": expected a tensor or a record, got undefined'
    )
  }
})

test("an error of the function itself is handed on, and the function not asked again", () => {
  let asked = 0
  const fail = (): never => {
    asked++
    throw new RangeError("its own")
  }
  expect(() => Leaves.map({ a: t(1), b: t(2) }, fail)).toThrow("its own")
  expect(asked).toBe(1)
})

test("every asks all leaves until one is not so, and takes no record for one", () => {
  const below = (n: number) => (leaf: Tensor.Tensor) => Tensor.item(leaf) < n
  const tree = { a: [t(1), t(2)], b: {}, c: { d: t(3) } }
  expect([4, 3, 2].map((n) => Leaves.every(Tensor.isTensor, below(n), tree))).toEqual([true, false, false])
  expect(Leaves.every(Tensor.isTensor, () => true, { a: 5 })).toBe(false)
})
