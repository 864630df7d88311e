/**
 * Parameter records: tensors in nested readonly records and tuples, mapped and folded leaf by leaf.
 *
 * A layer's parameters, its noise and its gradients are trees of one structure, so "add two gradients" or "the norm of
 * the parameters" is a map or a fold. Functions whose result depends on an order visit the keys of a record sorted,
 * so that the order in which a record was written never shows in a result.
 *
 * @since 0.1.0
 */
import { ShapeError } from "./errors.ts"
import * as Shape from "./Shape.ts"
import * as Tensor from "./Tensor.ts"

/** The record `P` with what is known of each tensor in its place. @category models @since 0.1.0 */
export type Shapes<P> = P extends Tensor.Tensor ? Shape.TensorSpec : { readonly [K in keyof P]: Shapes<P[K]> }

/** The record without tensors: no parameters, or no noise. @category models @since 0.1.0 */
export type Empty = Readonly<Record<never, never>>

/** A leaf and where it stands: `network.0.weight.mean`. @category models @since 0.1.0 */
export interface Leaf<L> {
  readonly path: string
  readonly value: L
}

/** A shape with its dtype: a leaf of `Shapes<P>` (a tensor is one too). @category guards @since 0.1.0 */
export const isSpec = (u: unknown): u is Shape.TensorSpec =>
  typeof u === "object" && u !== null && "shape" in u && "dtype" in u && typeof u.dtype === "string"

/** A tensor, or whatever else plain data hold that is no record. @category guards @since 0.3.0 */
export const isEnd = (u: unknown): u is unknown => Tensor.isTensor(u) || typeof u !== "object" || u === null

const isNode = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === "object" && u !== null

/** A dot in a key is escaped, so that different leaves have different paths. */
const join = (path: string, key: string): string => {
  const name = key.includes(".") ? key.replaceAll(".", "\\.") : key
  return path === "" ? name : `${path}.${name}`
}

const describe = (node: unknown): string =>
  isSpec(node)
    ? Shape.formatSpec(node)
    : isNode(node)
      ? `a record of {${Object.keys(node).sort().join(", ")}}`
      : typeof node

/**
 * The one traversal: rebuilds `tree` with `f` at every node that `isLeaf` accepts. `others` go along: each must have
 * the structure of `tree` down to its leaves, and below a leaf may hold anything.
 *
 * @category combinators
 * @since 0.1.0
 */
export const mapWith = <L>(
  isLeaf: (node: unknown) => node is L,
  f: (leaf: L, others: ReadonlyArray<unknown>, path: string) => unknown,
  tree: unknown,
  ...others: ReadonlyArray<unknown>
): unknown => {
  const visit = (node: unknown, along: ReadonlyArray<unknown>, path: string): unknown => {
    if (isLeaf(node)) return f(node, along, path)
    if (!isNode(node)) {
      throw new ShapeError({ where: `the tree at "${path}"`, expected: "a tensor or a record", actual: describe(node) })
    }
    const keys = Object.keys(node)
    for (const other of along) {
      const fits = isNode(other) && !isSpec(other) && Object.keys(other).length === keys.length
      if (!fits || keys.some((key) => !Object.hasOwn(other, key))) {
        throw new ShapeError({ where: `the tree at "${path}"`, expected: describe(node), actual: describe(other) })
      }
    }
    const child = (key: string) =>
      visit(
        node[key],
        along.map((other) => (other as Readonly<Record<string, unknown>>)[key]),
        join(path, key)
      )
    return Array.isArray(node) ? keys.map(child) : Object.fromEntries(keys.map((key) => [key, child(key)]))
  }
  return visit(tree, others, "")
}

const asTensor = (u: unknown, path: string): Tensor.Tensor => {
  if (Tensor.isTensor(u)) return u
  throw new ShapeError({ where: `the tree at "${path}"`, expected: "a tensor", actual: describe(u) })
}

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
export const fromShapes = <P>(shapes: Shapes<P>, f: (spec: Shape.TensorSpec, index: number) => Tensor.Tensor): P => {
  const order = new Map(leavesWith(isSpec, shapes).map((leaf, index) => [leaf.path, index]))
  return mapWith(isSpec, (spec, _, path) => f(spec, order.get(path)!), shapes) as P
}

/** The shapes of a record's tensors. @category getters @since 0.1.0 */
export const shapes = <P>(tree: P): Shapes<P> =>
  mapWith(Tensor.isTensor, (leaf) => ({ shape: leaf.shape, dtype: leaf.dtype }), tree) as Shapes<P>

/** The leaves in the order of their paths' keys. @category getters @since 0.1.0 */
export const leavesWith = <L>(isLeaf: (node: unknown) => node is L, tree: unknown): ReadonlyArray<Leaf<L>> => {
  const found: Array<Leaf<L>> = []
  const visit = (node: unknown, path: string): void => {
    if (isLeaf(node)) found.push({ path, value: node })
    else if (Array.isArray(node)) for (const [i, child] of node.entries()) visit(child, join(path, String(i)))
    else if (isNode(node)) for (const key of Object.keys(node).sort()) visit(node[key], join(path, key))
    else
      throw new ShapeError({ where: `the tree at "${path}"`, expected: "a tensor or a record", actual: describe(node) })
  }
  visit(tree, "")
  return found
}

/** The tensors of a record with their paths. @category getters @since 0.1.0 */
export const leaves = (tree: unknown): ReadonlyArray<Leaf<Tensor.Tensor>> => leavesWith(Tensor.isTensor, tree)

/** The number of scalars in a record. @category getters @since 0.1.0 */
export const count = (tree: unknown): number => leaves(tree).reduce((n, leaf) => n + Shape.size(leaf.value.shape), 0)

/** All zeros, of the shapes of `tree`. @category constructors @since 0.1.0 */
export const zerosLike = <P>(tree: P): P => map(tree, Tensor.zeros)

/** The same record in another precision. @category combinators @since 0.1.0 */
export const cast = <P>(tree: P, dtype: Shape.DType): P => map(tree, (leaf) => Tensor.cast(leaf, dtype))

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
  mapWith(
    isSpec,
    (spec, others, path) => Shape.assertSame(`${where} at "${path}"`, spec, asTensor(others[0], path)),
    expected,
    actual
  )
}
