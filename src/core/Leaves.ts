/**
 * Maps over parameter records for what runs at every step: those of `Tree`, without paths.
 *
 * To tell a leaf's path, and to say what does not fit, `Tree` makes strings and lists at every node: more work than a step
 * of a small network is otherwise. Here nothing is made but the result. A record that does not look as it should is left
 * to `Tree`, which says what is wrong or takes it after all, so each function here must be pure: a leaf may be asked twice.
 *
 * @since 0.4.0
 */
import * as records from "./records.ts"
import { isTensor, type Tensor } from "./Tensor.ts"

/** Thrown where a record does not look as it should, and never further than to the function that was called. */
const UNUSUAL = Symbol("unusual")

type Of<L> = (leaf: L, a: Tensor, b: Tensor, c: Tensor) => unknown

/** What is no tensor may stand below a leaf only where nothing goes along. */
const goesAlong = (leaf: unknown, other: unknown): other is Tensor => other === leaf || isTensor(other)

/** Three records to go along: the record itself in place of those that were not given. One that is undefined was given. */
const filled = (tree: unknown, others: ReadonlyArray<unknown>): readonly [a: unknown, b: unknown, c: unknown] => {
  const given = others.length
  return [given > 0 ? others[0] : tree, given > 1 ? others[1] : tree, given > 2 ? others[2] : tree]
}

/** Rebuilds a record with three others along. */
const rebuild = <L>(
  isLeaf: (node: unknown) => node is L,
  f: Of<L>,
  node: unknown,
  a: unknown,
  b: unknown,
  c: unknown
): unknown => {
  if (isLeaf(node)) {
    if (goesAlong(node, a) && goesAlong(node, b) && goesAlong(node, c)) return f(node, a, b, c)
    throw UNUSUAL
  }
  if (!records.isNode(node) || !records.isAlike(node, a) || !records.isAlike(node, b) || !records.isAlike(node, c))
    throw UNUSUAL
  if (Array.isArray(node)) {
    const list: Array<unknown> = new Array(node.length)
    for (let i = 0; i < node.length; i++) list[i] = rebuild(isLeaf, f, node[i], a[i], b[i], c[i])
    return list
  }
  const record: Record<string, unknown> = {}
  for (const key in node) {
    if (key === "__proto__") throw UNUSUAL // an assignment would not write it
    const child = node[key]
    record[key] = rebuild(
      isLeaf,
      f,
      child,
      a === node ? child : a[key],
      b === node ? child : b[key],
      c === node ? child : c[key]
    )
  }
  return record
}

/**
 * `Tree.mapWith` without paths: up to three records of tensors go along.
 *
 * **Errors**: `ShapeError` where they differ.
 *
 * @category combinators
 * @since 0.4.0
 */
export const mapWith = <L>(
  isLeaf: (node: unknown) => node is L,
  f: Of<L>,
  tree: unknown,
  ...others: readonly [a?: unknown, b?: unknown, c?: unknown]
): unknown => {
  const [a, b, c] = filled(tree, others)
  try {
    return rebuild(isLeaf, f, tree, a, b, c)
  } catch (thrown) {
    if (thrown !== UNUSUAL) throw thrown
    return records.mapWith(
      isLeaf,
      (leaf, along, path) => {
        const [first, second, third] = along.map((other) => records.asTensor(other, path))
        return f(leaf, first!, second!, third!)
      },
      tree,
      ...others
    )
  }
}

/** What a kernel makes of a leaf and of two that go along, under several names. */
type Several<K extends string> = (leaf: Tensor, a: Tensor, b: Tensor) => Readonly<Record<K, Tensor>>

/** Writes each field of what `f` makes into a record of its own, `into` being what holds these at `at`. */
const distribute = <K extends string>(
  fields: ReadonlyArray<K>,
  f: Several<K>,
  node: unknown,
  a: unknown,
  b: unknown,
  into: ReadonlyArray<Record<string | number, unknown>>,
  at: string | number
): void => {
  if (isTensor(node)) {
    if (!goesAlong(node, a) || !goesAlong(node, b)) throw UNUSUAL
    const made = f(node, a, b)
    for (let k = 0; k < fields.length; k++) into[k]![at] = made[fields[k]!]
    return
  }
  if (!records.isNode(node) || !records.isAlike(node, a) || !records.isAlike(node, b)) throw UNUSUAL
  const below: Array<Record<string | number, unknown>> = new Array<Record<string | number, unknown>>(fields.length)
  if (Array.isArray(node)) {
    for (let k = 0; k < fields.length; k++) into[k]![at] = below[k] = new Array(node.length) as never
    for (let i = 0; i < node.length; i++) distribute(fields, f, node[i], a[i], b[i], below, i)
    return
  }
  for (let k = 0; k < fields.length; k++) into[k]![at] = below[k] = {}
  for (const key in node) {
    if (key === "__proto__") throw UNUSUAL
    const child = node[key]
    distribute(fields, f, child, a === node ? child : a[key], b === node ? child : b[key], below, key)
  }
}

/**
 * A record for each of the fields of what `f` makes of a leaf, all in one walk; up to two records of tensors go along.
 *
 * **Errors**: `ShapeError` where they differ.
 *
 * @category combinators
 * @since 0.4.0
 */
export const unzip = <P, const K extends ReadonlyArray<string>>(
  fields: K,
  f: Several<K[number]>,
  tree: P,
  ...others: readonly [a?: unknown, b?: unknown]
): { readonly [I in keyof K]: P } => {
  const [a, b] = filled(tree, others)
  const made = fields.map(() => ({ it: undefined as unknown }))
  try {
    distribute(fields, f, tree, a, b, made, "it")
    return made.map(({ it }) => it) as never
  } catch (thrown) {
    if (thrown !== UNUSUAL) throw thrown
    return fields.map((field: K[number]) =>
      mapWith(isTensor, (leaf, x, y) => f(leaf, x, y)[field], tree, ...others)
    ) as never
  }
}

/** `Tree.map` without paths. @category combinators @since 0.4.0 */
export const map = <P>(tree: P, f: (leaf: Tensor) => Tensor): P => mapWith(isTensor, f, tree) as P

/** `Tree.zip` without paths. **Errors**: `ShapeError` where they differ. @category combinators @since 0.4.0 */
export const zip = <P>(a: P, b: P, f: (a: Tensor, b: Tensor) => Tensor): P => mapWith(isTensor, f, a, b) as P

/** The leaves that `Tree.leavesWith` lists, without paths. @category getters @since 0.4.0 */
export const list = <L>(isLeaf: (node: unknown) => node is L, tree: unknown): ReadonlyArray<L> => {
  const found: Array<L> = []
  const visit = (node: unknown): void => {
    if (isLeaf(node)) found.push(node)
    else if (Array.isArray(node)) for (const child of node) visit(child)
    else if (records.isNode(node)) for (const key of records.sortedKeys(node)) visit(node[key])
    else records.leavesWith(isLeaf, tree) // which says where that is
  }
  visit(tree)
  return found
}

/** `f` of each leaf and its number in the order of `list`. @category combinators @since 0.4.0 */
export const mapIndexed = <L>(
  isLeaf: (node: unknown) => node is L,
  f: (leaf: L, index: number) => unknown,
  tree: unknown
): unknown => {
  let index = 0
  const visit = (node: unknown): unknown => {
    if (isLeaf(node)) return f(node, index++)
    if (!records.isNode(node)) return records.leavesWith(isLeaf, tree) // which says where that is
    if (Array.isArray(node)) return node.map(visit)
    const record: Record<string, unknown> = { ...node }
    for (const key of records.sortedKeys(record)) record[key] = visit(record[key])
    return record
  }
  return visit(tree)
}

/** Whether all leaves are as asked, and all else is a record. @category predicates @since 0.4.0 */
export const every = <L>(isLeaf: (node: unknown) => node is L, holds: (leaf: L) => boolean, node: unknown): boolean => {
  if (isLeaf(node)) return holds(node)
  if (!records.isNode(node)) return false
  if (Array.isArray(node)) return node.every((child) => every(isLeaf, holds, child))
  for (const key in node) if (!every(isLeaf, holds, node[key])) return false
  return true
}
