/**
 * Parameter records: tensors in nested readonly records and tuples, mapped and folded leaf by leaf.
 *
 * A layer's parameters, its noise and its gradients are trees of one structure, so "add two gradients" or "the norm of
 * the parameters" is a map or a fold. Functions whose result depends on an order visit the keys of a record sorted,
 * so that the order in which a record was written never shows in a result.
 *
 * @since 0.1.0
 */
import * as Leaves from "./Leaves.ts"
import { asTensor, isAlike, isNode, isSpec, type Leaf, leavesWith, mapWith } from "./records.ts"
import * as Shape from "./Shape.ts"
import * as Tensor from "./Tensor.ts"

/** The record `P` with what is known of each tensor in its place. @category models @since 0.1.0 */
export type Shapes<P> = P extends Tensor.Tensor ? Shape.TensorSpec : { readonly [K in keyof P]: Shapes<P[K]> }

/** The record without tensors: no parameters, or no noise. @category models @since 0.1.0 */
export type Empty = Readonly<Record<never, never>>

export { isSpec, type Leaf, leavesWith, mapWith } from "./records.ts"

/** A tensor, or whatever else plain data hold that is no record. @category guards @since 0.3.0 */
export const isEnd = (u: unknown): u is unknown => Tensor.isTensor(u) || typeof u !== "object" || u === null

/** A new record with `f` of each tensor. @category combinators @since 0.1.0 */
export const map = <P>(tree: P, f: (leaf: Tensor.Tensor, path: string) => Tensor.Tensor): P =>
  mapWith(Tensor.isTensor, (leaf, _, path) => f(leaf, path), tree) as P

/** Two records of one structure, leaf by leaf. **Errors**: `ShapeError` where they differ. @category combinators @since 0.1.0 */
export const zip = <P>(a: P, b: P, f: (a: Tensor.Tensor, b: Tensor.Tensor, path: string) => Tensor.Tensor): P =>
  mapWith(Tensor.isTensor, (leaf, others, path) => f(leaf, asTensor(others[0], path), path), a, b) as P

/**
 * A tensor for each shape, as `init` and `noise` make them. `index` counts the leaves in the order of `leaves`, so that
 * a key folded with it does not depend on how the record was written.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromShapes = <P>(shapes: Shapes<P>, f: (spec: Shape.TensorSpec, index: number) => Tensor.Tensor): P =>
  Leaves.mapIndexed(isSpec, f, shapes) as P

/** The shapes of a record's tensors. @category getters @since 0.1.0 */
export const shapes = <P>(tree: P): Shapes<P> =>
  mapWith(Tensor.isTensor, (leaf) => ({ shape: leaf.shape, dtype: leaf.dtype }), tree) as Shapes<P>

/** The tensors of a record with their paths. @category getters @since 0.1.0 */
export const leaves = (tree: unknown): ReadonlyArray<Leaf<Tensor.Tensor>> => leavesWith(Tensor.isTensor, tree)

/** The number of scalars in a record. @category getters @since 0.1.0 */
export const count = (tree: unknown): number =>
  Leaves.list(Tensor.isTensor, tree).reduce((n, leaf) => n + Shape.size(leaf.shape), 0)

/** All zeros, of the shapes of `tree`. @category constructors @since 0.1.0 */
export const zerosLike = <P>(tree: P): P => Leaves.map(tree, Tensor.zeros)

/** The same record in another precision. @category combinators @since 0.1.0 */
export const cast = <P>(tree: P, dtype: Shape.DType): P => Leaves.map(tree, (leaf) => Tensor.cast(leaf, dtype))

/** Equal structure, shapes and bytes. @category predicates @since 0.1.0 */
export const equals = (a: unknown, b: unknown): boolean => {
  const left = leaves(a)
  const right = leaves(b)
  return (
    left.length === right.length &&
    left.every((leaf, i) => leaf.path === right[i]!.path && Tensor.equals(leaf.value, right[i]!.value))
  )
}

/** Checks that a record has the shapes it should. **Errors**: `ShapeError` with the path. @category assertions @since 0.1.0 */
export const assertShapes = <P>(where: string, expected: Shapes<P>, actual: P): void => {
  if (haveShapes(expected, actual)) return
  mapWith(
    isSpec,
    (spec, others, path) => Shape.assertSame(`${where} at "${path}"`, spec, asTensor(others[0], path)),
    expected,
    actual
  )
}

/** What `assertShapes` almost always finds, without a path. */
const haveShapes = (expected: unknown, actual: unknown): boolean => {
  if (isSpec(expected)) {
    return Tensor.isTensor(actual) && expected.dtype === actual.dtype && Shape.equals(expected.shape, actual.shape)
  }
  if (!isNode(expected) || !isAlike(expected, actual)) return false
  for (const key in expected) if (!haveShapes(expected[key], actual[key])) return false
  return true
}
