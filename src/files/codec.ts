/**
 * Plain data with tensors in it, as JSON and tensors by name, and back: nothing is lost, whatever the keys are.
 *
 * In the JSON a record of one key that begins with a single `$` is a mark: `{ "$tensor": name }`, or `{ "$number": n }`
 * for what JSON cannot say (-0, NaN, Infinity, -Infinity). Keys of the data that begin with `$` get another one.
 *
 * @since 0.3.0
 */
import { CheckpointError } from "../core/errors.ts"
import { isPlain } from "../core/records.ts"
import { isTensor, type Tensor } from "../core/Tensor.ts"

/** @category models @since 0.3.0 */
export interface Encoded {
  readonly json: unknown
  readonly tensors: ReadonlyMap<string, Tensor>
}

/** Arrays and records inside each other: less than the JSON may have, as marks are records too. */
const MAX_DEPTH = 150

const NUMBERS: ReadonlyMap<unknown, number> = new Map([
  ["-0", -0],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY]
])

const describe = (u: unknown): string =>
  typeof u === "object" && u !== null ? `an object of the class ${u.constructor.name}` : `of the type ${typeof u}`

/**
 * Encodes parts by name. A tensor is called by where it stands, `params.network.0.weight`, and is there once, under the
 * first of its names, however often it stands; the keys of records are sorted, so that their order does not show.
 * Keys whose value is undefined are left out.
 *
 * **Errors**: `CheckpointError` for what is no tensor, number, text, boolean, null, array or record of such, and for
 * what refers to itself or is nested deeper than 150.
 *
 * @category encoding
 * @since 0.3.0
 */
export const encode = (source: string, parts: ReadonlyArray<readonly [string, unknown]>): Encoded => {
  const names = new Map<Tensor, string>()
  const tensors = new Map<string, Tensor>()
  const around = new Set<object>()
  const refuse = (path: string, problem: string, hint?: string) =>
    new CheckpointError({ source, problem: `"${path}" ${problem}`, ...(hint === undefined ? {} : { hint }) })

  const nameOf = (tensor: Tensor, path: string): string => {
    const known = names.get(tensor)
    if (known !== undefined) return known
    let name = path.toWellFormed()
    for (let n = 2; tensors.has(name); n++) name = `${path.toWellFormed()}#${n}`
    names.set(tensor, name)
    tensors.set(name, tensor)
    return name
  }

  const inside = <A>(node: object, path: string, f: () => A): A => {
    if (around.has(node)) throw refuse(path, "refers to what it is in")
    if (around.size === MAX_DEPTH) throw refuse(path, `is nested deeper than ${MAX_DEPTH}`)
    around.add(node)
    const result = f()
    around.delete(node)
    return result
  }

  const visit = (node: unknown, path: string): unknown => {
    if (isTensor(node)) return { $tensor: nameOf(node, path) }
    if (typeof node === "number") {
      if (Number.isFinite(node) && !Object.is(node, -0)) return node
      return { $number: node === 0 ? "-0" : String(node) }
    }
    if (typeof node === "string" || typeof node === "boolean" || node === null) return node
    if (Array.isArray(node)) {
      return inside(node, path, () => Array.from(node, (child: unknown, i) => visit(child, `${path}.${i}`)))
    }
    if (typeof node === "object" && isPlain(node)) {
      const keys = Object.keys(node)
        .filter((key) => node[key] !== undefined)
        .sort()
      return inside(node, path, () =>
        Object.fromEntries(
          keys.map((key) => [
            key.startsWith("$") ? `$${key}` : key,
            visit(node[key], `${path}.${key.replaceAll(".", "\\.")}`)
          ])
        )
      )
    }
    const hint = "Tensors, numbers, texts, booleans, arrays and records can be kept"
    throw refuse(path, `is ${describe(node)}`, hint)
  }
  return { json: Object.fromEntries(parts.map(([name, part]) => [name, visit(part, name)])), tensors }
}

/** Whether a key is a mark: keys of the data have two, if any. */
const isMark = (key: string): boolean => key.startsWith("$") && !key.startsWith("$$")

/**
 * Decodes JSON that `encode` gave; `tensor` finds what stands for a tensor of a name.
 *
 * **Errors**: `CheckpointError` for marks that there are not.
 *
 * @category decoding
 * @since 0.3.0
 */
export const decode = (source: string, json: unknown, tensor: (name: string) => unknown): unknown => {
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit)
    if (typeof node !== "object" || node === null) return node
    const fields = Object.entries(node) as ReadonlyArray<readonly [string, unknown]>
    const mark = fields.find(([key]) => isMark(key))
    if (mark === undefined) {
      return Object.fromEntries(fields.map(([key, value]) => [key.startsWith("$") ? key.slice(1) : key, visit(value)]))
    }
    const [key, value] = mark
    if (fields.length === 1 && key === "$tensor" && typeof value === "string") return tensor(value)
    const number = NUMBERS.get(value)
    if (fields.length === 1 && key === "$number" && number !== undefined) return number
    throw new CheckpointError({
      source,
      problem: `its configuration has a mark ${JSON.stringify(key.slice(0, 100))} that is none`
    })
  }
  return visit(json)
}
