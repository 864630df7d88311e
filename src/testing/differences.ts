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
  /** The terms themselves, where there is more than one: the kinks of two may cancel in their sum. */
  readonly terms?: Float64Array
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

const termsOf = ({ value, terms }: Measured): Float64Array => terms ?? Float64Array.of(value)

/** The sum over terms of |f(p + h) - 2 f(p) + f(p - h)|. */
const bend = (above: Measured, here: Measured, below: Measured): number => {
  const [up, down] = [termsOf(above), termsOf(below)]
  return termsOf(here).reduce((sum, term, i) => sum + Math.abs(up[i]! - 2 * term + down[i]!), 0)
}

/**
 * Throws where the gradient is not the central difference of f.
 *
 * Where f has a kink between p - h and p + h there is no derivative. For a piecewise linear f the central difference
 * errs there by at most |f(p + h) - 2 f(p) + f(p - h)| / 2h, taken term by term: within that bound a coordinate is set
 * aside and counted, beyond it the gradient is wrong even so.
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
      const above = f(nudgeLeaf(point, path, i, h))
      const below = f(nudgeLeaf(point, path, i, -h))
      const width = round(values[i]! + h) - round(values[i]! - h)
      const difference = (above.value - below.value) / width
      const allowed = TOLERANCE[leaf.dtype] * (1 + Math.abs(difference) + here.size)
      const error = Math.abs(analytic[i]! - difference)
      tally.compared++
      if (error <= allowed) continue
      const kink = bend(above, here, below) / width
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

/** <a, b>, with its terms and the sum of their sizes. @category combinators @since 0.1.0 */
export const inner = (a: unknown, b: unknown): Measured => {
  const right = Tree.leaves(b)
  const products = Tree.leaves(a).map((leaf, k) => {
    Shape.assertSame("inner product", leaf.value, right[k]!.value)
    const ys = Tensor.toFloat64Array(right[k]!.value)
    return Tensor.toFloat64Array(leaf.value).map((x, i) => x * ys[i]!)
  })
  const terms = Float64Array.from(products.flatMap((part) => [...part]))
  const sum = (f: (term: number) => number): number => terms.reduce((total, term) => total + f(term), 0)
  return { value: sum((term) => term), size: sum(Math.abs), terms }
}
