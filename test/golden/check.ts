// What a check of a known answer is given, and how near it must come: see golden.test.ts for the bounds.
import { type Shape, Tree } from "effect-bayes"
import { expect } from "vitest"
import { type Fields, near } from "./cases.ts"

export interface Bounds {
  readonly value: number
  /** Of the gradient by a convolution's filters. */
  readonly filters: number
  readonly adam: number
}

export const BOUNDS: Readonly<Record<Shape.DType, Bounds>> = {
  float64: { value: 1e-10, filters: 1e-10, adam: 1e-10 },
  float32: { value: 1e-6, filters: 1e-5, adam: 1e-5 }
}

export type Check = (fields: Fields, bounds: Bounds) => void

/** Checks by the names of their cases. */
export type Checks = Readonly<Record<string, Check>>

export const nearTree = (what: string, expected: unknown, actual: unknown, bound: number): void => {
  const known = Tree.leaves(expected)
  const found = Tree.leaves(actual)
  expect(found.map((leaf) => leaf.path)).toEqual(known.map((leaf) => leaf.path))
  for (const [k, { path, value }] of known.entries()) near(`${what} ${path}`, value, found[k]!.value, bound)
}
