/**
 * Records as packs: the leaves of a part of the parameters side by side in one tensor, for optimizers that treat each
 * element by itself. Such a one may as well be given one large leaf in place of many small ones.
 */
import * as Leaves from "../core/Leaves.ts"
import { isNode } from "../core/records.ts"
import { equals } from "../core/Shape.ts"
import { isTensor, type Tensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import type { Layout, Recorder } from "../kernels/index.ts"

/** How the records of one structure are packed. */
export class Packing {
  private readonly layout: Layout
  private readonly recorder: Recorder
  private readonly template: unknown
  /** The template with each tensor's number in its place. */
  private readonly numbered: unknown

  constructor(recorder: Recorder, template: unknown) {
    this.recorder = recorder
    this.template = template
    this.numbered = Leaves.mapIndexed(isTensor, (_, i) => i, template)
    this.layout = recorder.layout(Leaves.list(isTensor, template).map(({ shape }) => shape))
  }

  /** The pack of a record; a record without tensors is its own. */
  pack(record: unknown): unknown {
    return this.layout.shapes.length === 0 ? record : this.recorder.pack(Leaves.list(isTensor, record))
  }

  /** The record of a pack. */
  unpack(pack: unknown): unknown {
    if (!isTensor(pack) || this.layout.shapes.length === 0) return pack
    return placed(this.numbered, this.recorder.unpack(pack, this.layout))
  }

  /** Whether a record is of this structure: tensors of the same shapes under the same paths. */
  fits(record: unknown): boolean {
    const own = Tree.leavesWith(Tree.isEnd, this.template)
    const others = Tree.leavesWith(Tree.isEnd, record)
    return (
      own.length === others.length &&
      others.every(({ path, value }, i) => {
        const { path: at, value: like } = own[i]!
        return path === at && isTensor(value) && isTensor(like) && equals(value.shape, like.shape)
      })
    )
  }
}

/** A record of numbers, with the tensors that have these in their place. */
const placed = (numbered: unknown, tensors: ReadonlyArray<Tensor>): unknown => {
  if (typeof numbered === "number") return tensors[numbered]
  if (Array.isArray(numbered)) return numbered.map((child) => placed(child, tensors))
  const record: Record<string, unknown> = { ...(numbered as object) }
  for (const key in record) record[key] = placed(record[key], tensors)
  return record
}

/** A packed state of an optimizer, and what each pack in it is a pack of. */
export interface Packed {
  readonly state: unknown
  readonly packings: unknown
}

/**
 * What an optimizer keeps, packed where its state for packed parameters, `like`, has a tensor. Undefined where that is
 * not a record of the parameters' structure.
 */
export const packState = (packings: ReadonlyArray<Packing>, like: unknown, state: unknown): Packed | undefined => {
  if (isTensor(like)) {
    const packing = packings.find((p) => p.fits(state))
    return packing === undefined ? undefined : { state: packing.pack(state), packings: packing }
  }
  if (!isNode(like)) return { state, packings: undefined }
  if (!isNode(state)) return undefined
  const keys = Object.keys(like)
  if (keys.length !== Object.keys(state).length) return undefined
  const children = keys.map((key) => packState(packings, like[key], state[key]))
  const whole = children.filter((child) => child !== undefined)
  if (whole.length < children.length) return undefined
  const collect = (pick: (child: Packed) => unknown): unknown =>
    Array.isArray(like) ? whole.map(pick) : Object.fromEntries(whole.map((child, i) => [keys[i]!, pick(child)]))
  return { state: collect((child) => child.state), packings: collect((child) => child.packings) }
}

/** What an optimizer keeps, without packs. */
export const unpackState = (packings: unknown, state: unknown): unknown => {
  if (packings instanceof Packing) return packings.unpack(state)
  if (!isNode(packings) || !isNode(state)) return state
  if (Array.isArray(state))
    return state.map((child, i) => unpackState((packings as unknown as ReadonlyArray<unknown>)[i], child))
  return Object.fromEntries(Object.entries(state).map(([key, child]) => [key, unpackState(packings[key], child)]))
}
