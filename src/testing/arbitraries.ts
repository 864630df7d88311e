/**
 * Random tensors, shapes, keys and parameter records for property tests.
 *
 * Numbers lie on a grid of about a million steps over their range, so that they are exact in float32, print shortly
 * and shrink to 0. They are uniform: `fc.double` would draw nearly all of them within 1e-100 of 0.
 *
 * @since 0.1.0
 */
import fc from "fast-check"
import * as Key from "../core/Key.ts"
import type { NoiseSource } from "../core/Noise.ts"
import * as Shape from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"

/** The least and the largest number. @category models @since 0.1.0 */
export type Range = readonly [low: number, high: number]

/** Chooses a range by a leaf's path. @category models @since 0.1.0 */
export type Ranges = (path: string) => Range

const STEPS = 1048576 // 2^20

/** A power of two: the largest number of the range, in that many steps, is at most `STEPS`. */
const gridStep = ([low, high]: Range): number => {
  const largest = Math.max(Math.abs(low), Math.abs(high))
  let step = 1 / STEPS
  while (step * STEPS < largest) step *= 2
  while (step * STEPS > 2 * largest && step > 1e-30) step /= 2
  return step
}

/**
 * Numbers of a range, uniformly. With `edges`, 0 and the ends of the range come up often.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const number = (range: Range, options?: { readonly edges?: boolean }): fc.Arbitrary<number> => {
  const step = gridStep(range)
  const grid = fc.integer({ min: Math.ceil(range[0] / step), max: Math.floor(range[1] / step) })
  return (options?.edges === true ? grid : fc.noBias(grid)).map((k) => k * step)
}

/** @category arbitraries @since 0.1.0 */
export const dtype: fc.Arbitrary<Shape.DType> = /*#__PURE__*/ fc.constantFrom<Shape.DType>("float32", "float64")

/** Shapes, a scalar's too unless `minRank` forbids it; axes of length 1 to 4. @category arbitraries @since 0.1.0 */
export const shape = (options?: {
  readonly minRank?: number
  readonly maxRank?: number
  readonly minAxis?: number
  readonly maxAxis?: number
}): fc.Arbitrary<Shape.Shape> => {
  const { minRank = 0, maxRank = 3, minAxis = 1, maxAxis = 4 } = options ?? {}
  return fc.array(fc.integer({ min: minAxis, max: maxAxis }), { minLength: minRank, maxLength: maxRank })
}

/** Tensors of one shape and dtype; numbers in [-2, 2] unless said otherwise. @category arbitraries @since 0.1.0 */
export const tensor = (
  spec: Shape.TensorSpec,
  range: Range = [-2, 2],
  options?: { readonly edges?: boolean }
): fc.Arbitrary<Tensor.Tensor> => {
  const length = Shape.size(spec.shape)
  return fc
    .array(number(range, options), { minLength: length, maxLength: length, size: "max" })
    .map((values) => Tensor.from(values, { dtype: spec.dtype, shape: spec.shape }))
}

/** [-3, 1] for leaves called logStd, [-2, 2] for all others. @category ranges @since 0.1.0 */
export const moderate: Ranges = (path) => (/(^|\.)logStd$/.test(path) ? [-3, 1] : [-2, 2])

/** [-30, 10] for leaves called logStd, [-10, 10] for all others. @category ranges @since 0.1.0 */
export const wide: Ranges = (path) => (/(^|\.)logStd$/.test(path) ? [-30, 10] : [-10, 10])

/**
 * Records with a tensor in place of each shape: a layer's parameters from `layer.shapes`.
 *
 * @category arbitraries
 * @since 0.1.0
 */
export const params = <P>(
  shapes: Tree.Shapes<P>,
  options?: { readonly range?: Ranges; readonly edges?: boolean }
): fc.Arbitrary<P> => {
  const range = options?.range ?? moderate
  const leaves = Tree.leavesWith(Tree.isSpec, shapes)
  const tensors = leaves.map((leaf) => tensor(leaf.value, range(leaf.path), options))
  return fc.tuple(...tensors).map((values) => Tree.fromShapes<P>(shapes, (_, index) => values[index]!))
}

/** Safe integers, negative ones too. @category arbitraries @since 0.1.0 */
export const seed: fc.Arbitrary<number> = /*#__PURE__*/ fc.maxSafeInteger()

/** @category arbitraries @since 0.1.0 */
export const key: fc.Arbitrary<Key.Key> = /*#__PURE__*/ seed.map(Key.make)

/** The noise that a layer itself draws, under a random key. @category arbitraries @since 0.1.0 */
export const noise = <E>(source: NoiseSource<E>, batch: number, inShape?: Shape.Shape): fc.Arbitrary<E> =>
  key.map((drawn) => source.noise(drawn, batch, inShape))
