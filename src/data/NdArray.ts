/**
 * Numbers on a grid, read from a file's bytes as they are asked for: what IDX and NPY files hold.
 *
 * @since 0.3.0
 */
import { DataError } from "../core/errors.ts"
import { format, type Shape } from "../core/Shape.ts"
import type { NumberType } from "./numberTypes.ts"

/** A view on the bytes of a file; every number is finite. @category models @since 0.3.0 */
export interface NdArray {
  /** What messages call it. */
  readonly source: string
  readonly shape: Shape
  /** The i-th number in row-major order: the last axis is the fastest. */
  at(i: number): number
}

/** How an array lies in its bytes. */
interface Layout {
  readonly shape: Shape
  readonly type: NumberType
  readonly littleEndian: boolean
  /** The first axis is the fastest in the bytes (Fortran's order). */
  readonly columnMajor: boolean
}

/** The index in memory order, the first axis the fastest, of the i-th number in row-major order. */
const columnMajorIndex = (shape: Shape): ((i: number) => number) => {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((n, length) => n * length, 1))
  return (i) => {
    let [rest, index] = [i, 0]
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis]!
      index += (rest % length) * strides[axis]!
      rest = Math.floor(rest / length)
    }
    return index
  }
}

/** Indices along the axes, from 0: where the i-th number in row-major order is. */
const placeOf = (shape: Shape, i: number): string => {
  const indices: Array<number> = []
  let rest = i
  for (const length of shape.toReversed()) {
    indices.unshift(rest % length)
    rest = Math.floor(rest / length)
  }
  return format(indices)
}

/** Says where the first values are that are not what they have to be. */
const assertUsable = ({ source, shape, at }: NdArray, size: number, { must }: NumberType): void => {
  if (must === undefined) return
  const first: Array<string> = []
  let bad = 0
  for (let i = 0; i < size; i++) {
    const value = at(i)
    if (must.hold(value)) continue
    bad++
    if (first.length < 3) first.push(`${value} at ${placeOf(shape, i)}`)
  }
  if (bad === 0) return
  const more = bad > first.length ? ", ..." : ""
  const problem = `${bad} of ${size} values are no ${must.be}: ${first.join(", ")}${more}`
  throw new DataError({ source, problem, hint: "Indices count from 0. Replace these values, or leave their rows out" })
}

/**
 * The array that lies in these bytes, all of them and no more; what the shape needs is compared with what is there
 * before anything is read.
 */
export const fromBytes = (source: string, layout: Layout, bytes: Uint8Array): NdArray => {
  const { shape, type, littleEndian, columnMajor } = layout
  const size = shape.includes(0) ? 0 : shape.reduce((n, length) => n * length, 1)
  const needed = size * type.width
  if (needed !== bytes.length) {
    const cut = needed > bytes.length
    const problem = `an array ${format(shape)} of ${type.width}-byte numbers takes ${needed} bytes, but ${bytes.length} follow the header`
    const hint = cut ? "The file is cut short, or its header is damaged" : "Is something appended to it?"
    throw new DataError({ source, problem, hint })
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { width, read } = type
  const index = columnMajor ? columnMajorIndex(shape) : (i: number) => i
  const array = { source, shape, at: (i: number) => read(view, index(i) * width, littleEndian) }
  assertUsable(array, size, type)
  return array
}
