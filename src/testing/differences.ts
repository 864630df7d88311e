/**
 * Analytic gradients against central differences, one coordinate at a time.
 *
 * A central difference (f(p + h) - f(p - h)) / 2h errs by h^2 f'''/6, and by the rounding of f divided by h:
 * - float64, h = 1e-6: 2e-13 f''' and about 1e-10 |f| for each operation, so 1e-6 is a tenfold margin;
 * - float32, h = 2^-9: 6e-7 f''' and about 3e-5 |f|, so 2e-3 holds for sums of some sixty terms.
 *
 * @since 0.1.0
 */
import * as Shape from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import type { Tally } from "./Law.ts"

const STEP: Readonly<Record<Shape.DType, number>> = { float64: 1e-6, float32: 0.001953125 }
const TOLERANCE: Readonly<Record<Shape.DType, number>> = { float64: 1e-6, float32: 2e-3 }

/** A value, and the size of the terms it was summed from, which its rounding error grows with. */
export interface Measured {
  readonly value: number
  readonly size: number
}

/** @category models @since 0.1.0 */
export interface GradientCase<T> {
  readonly name: string
  readonly point: T
  readonly gradient: T
  readonly f: (point: T) => Measured
  readonly tally: Tally
  /** Which coordinates are looked at where there are more than `atMost`: every so many, from this one. */
  readonly from?: number
  readonly atMost?: number
}

/** The tensor with `delta` added to one element. */
const nudge = (t: Tensor.Tensor, index: number, delta: number): Tensor.Tensor => {
  const values = Tensor.toFloat64Array(t)
  values[index]! += delta
  return Tensor.from(values, { dtype: t.dtype, shape: t.shape })
}

/** The record with `delta` added to one element of the leaf at `path`. @category combinators @since 0.1.0 */
export const nudgeLeaf = <T>(tree: T, path: string, index: number, delta: number): T =>
  Tree.map(tree, (leaf, p) => (p === path ? nudge(leaf, index, delta) : leaf))

/** At most `atMost` of the numbers below `count`, spread evenly from `from` on. */
const spread = (count: number, from: number, atMost: number): ReadonlyArray<number> =>
  count <= atMost
    ? Array.from({ length: count }, (_, i) => i)
    : Array.from({ length: atMost }, (_, i) => (from + Math.floor((i * count) / atMost)) % count)

/**
 * Throws where the gradient is not the central difference of f.
 *
 * Where f has a kink between p - h and p + h there is no derivative. For a piecewise linear f the central difference
 * errs there by at most |f(p + h) - 2 f(p) + f(p - h)| / 2h: within that bound a coordinate is set aside and counted,
 * beyond it the gradient is wrong even so.
 *
 * @category assertions
 * @since 0.1.0
 */
export const assertGradient = <T>(options: GradientCase<T>): void => {
  const { name, point, gradient, f, tally, from = 0, atMost = 48 } = options
  Tree.assertShapes(`${name}, gradient`, Tree.shapes(point), gradient)
  const here = f(point)
  const gradients = Tree.leaves(gradient)
  for (const [k, { path, value: leaf }] of Tree.leaves(point).entries()) {
    const analytic = Tensor.toFloat64Array(gradients[k]!.value)
    const values = Tensor.toFloat64Array(leaf)
    const h = STEP[leaf.dtype]
    const round = leaf.dtype === "float32" ? Math.fround : (v: number) => v
    for (const i of spread(analytic.length, from, atMost)) {
      const above = f(nudgeLeaf(point, path, i, h)).value
      const below = f(nudgeLeaf(point, path, i, -h)).value
      const width = round(values[i]! + h) - round(values[i]! - h)
      const difference = (above - below) / width
      const allowed = TOLERANCE[leaf.dtype] * (1 + Math.abs(difference) + here.size)
      const error = Math.abs(analytic[i]! - difference)
      tally.compared++
      if (error <= allowed) continue
      const kink = Math.abs(above - 2 * here.value + below) / width
      if (error <= allowed + kink) tally.setAside++
      else {
        throw new Error(
          `${name}, d/d ${path === "" ? "input" : path}[${i}]: analytic ${analytic[i]}, central difference ` +
            `${difference}, allowed to differ by ${allowed}`
        )
      }
    }
  }
}

/** <a, b>, and the sum of |a b|. @category combinators @since 0.1.0 */
export const inner = (a: unknown, b: unknown): Measured => {
  let value = 0
  let size = 0
  const right = Tree.leaves(b)
  for (const [k, leaf] of Tree.leaves(a).entries()) {
    Shape.assertSame("inner product", leaf.value, right[k]!.value)
    const ys = Tensor.toFloat64Array(right[k]!.value)
    for (const [i, x] of Tensor.toFloat64Array(leaf.value).entries()) {
      value += x * ys[i]!
      size += Math.abs(x * ys[i]!)
    }
  }
  return { value, size }
}
