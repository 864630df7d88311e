/**
 * The nodes and leaves of parameter records: how they are told apart, compared, and visited with their paths.
 *
 * `Tree` is what the library makes of this, and `Leaves` the same without paths.
 *
 * @since 0.4.0
 */
import { ShapeError } from "./errors.ts"
import * as Shape from "./Shape.ts"
import { isTensor, type Tensor } from "./Tensor.ts"

/** What is no leaf. */
type Node = Readonly<Record<string, unknown>>

/** Whether an object is a record such as a literal makes, not of a class. */
export const isPlain = (u: object): u is Node => {
  const prototype: unknown = Object.getPrototypeOf(u)
  return prototype === Object.prototype || prototype === null
}

export const isNode = (u: unknown): u is Node => typeof u === "object" && u !== null

/** A shape with its dtype: a leaf of `Shapes<P>` (a tensor is one too). @category guards @since 0.1.0 */
export const isSpec = (u: unknown): u is Shape.TensorSpec =>
  typeof u === "object" && u !== null && "shape" in u && "dtype" in u && typeof u.dtype === "string"

/** What a message calls a node or a leaf. */
const describe = (node: unknown): string =>
  isSpec(node)
    ? Shape.formatSpec(node)
    : isNode(node)
      ? `a record of {${Object.keys(node).sort().join(", ")}}`
      : typeof node

/** **Errors**: `ShapeError` for what is no tensor. */
export const asTensor = (u: unknown, path: string): Tensor => {
  if (isTensor(u)) return u
  throw new ShapeError({ where: `the tree at "${path}"`, expected: "a tensor", actual: describe(u) })
}

/** Whether another record has as many children as a node. That they have the same keys is seen at the children. */
export const isAlike = (node: Node, other: unknown): other is Node => {
  if (other === node) return true
  if (!isNode(other)) return false
  if (Array.isArray(node)) return Array.isArray(other) && other.length === node.length
  return Object.keys(other).length === Object.keys(node).length
}

/** As many keys as are sorted faster by hand. */
const FEW = 16

/** The keys of a record, sorted. */
export const sortedKeys = (node: Node): ReadonlyArray<string> => {
  const keys = Object.keys(node)
  if (keys.length > FEW) return keys.sort()
  for (let i = 1; i < keys.length; i++) {
    for (let j = i; j > 0 && keys[j - 1]! > keys[j]!; j--) {
      const key = keys[j]!
      keys[j] = keys[j - 1]!
      keys[j - 1] = key
    }
  }
  return keys
}

/** A leaf and where it stands: `network.0.weight.mean`. @category models @since 0.1.0 */
export interface Leaf<L> {
  readonly path: string
  readonly value: L
}

/** A dot in a key is escaped, so that different leaves have different paths. */
const join = (path: string, key: string): string => {
  const name = key.includes(".") ? key.replaceAll(".", "\\.") : key
  return path === "" ? name : `${path}.${name}`
}

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

/** The leaves in the order of their paths' keys. @category getters @since 0.1.0 */
export const leavesWith = <L>(isLeaf: (node: unknown) => node is L, tree: unknown): ReadonlyArray<Leaf<L>> => {
  const found: Array<Leaf<L>> = []
  const visit = (node: unknown, path: string): void => {
    if (isLeaf(node)) found.push({ path, value: node })
    else if (Array.isArray(node)) for (const [i, child] of node.entries()) visit(child, join(path, String(i)))
    else if (isNode(node)) for (const key of sortedKeys(node)) visit(node[key], join(path, key))
    else
      throw new ShapeError({ where: `the tree at "${path}"`, expected: "a tensor or a record", actual: describe(node) })
  }
  visit(tree, "")
  return found
}
