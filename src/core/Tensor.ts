/**
 * An immutable row-major array of float32 or float64 numbers with a shape.
 *
 * A tensor is written once, by the function that allocates it; nothing here or elsewhere changes one afterwards.
 * Nothing is broadcast and no dtype is promoted: what does not fit is a `ShapeError` that names both sides.
 *
 * @since 0.1.0
 */
import { ShapeError } from "./errors.ts"
import * as Shape from "./Shape.ts"
import { allocate, type Storage, storage } from "./storage.ts"
import {
  FilledTensor,
  HeapTensor,
  type Nested,
  nested as nestedArrays,
  type Tensor,
  TensorRecord
} from "./TensorRecord.ts"

export type { Nested, Tensor } from "./TensorRecord.ts"

/** What `from` reads: nested arrays, typed arrays, and matrices of mathjs (anything with `toArray`). */
export type Source = Nested | ArrayLike<number> | { toArray(): unknown }

/** Throws unless so many values fill the shape. */
const assertSize = (shape: Shape.Shape, values: number): void => {
  Shape.assertValid(shape)
  if (values === Shape.size(shape)) return
  throw new ShapeError({
    where: "Tensor",
    expected: `${Shape.size(shape)} values for shape ${Shape.format(shape)}`,
    actual: `${values} values`
  })
}

/** Gives storage that nobody else will write to a new tensor; for kernels. @category constructors @since 0.1.0 */
export const fromStorage = (shape: Shape.Shape, values: Storage): Tensor => {
  assertSize(shape, values.length)
  return new HeapTensor(shape, values)
}

/** @category guards @since 0.1.0 */
export const isTensor = (u: unknown): u is Tensor => u instanceof TensorRecord

/**
 * A tensor from nested arrays, a typed array or a mathjs matrix; the values are copied.
 *
 * The dtype is `options.dtype`, else that of a Float64Array, else float32. A flat source can be given a shape.
 * **Errors**: `ShapeError` for ragged arrays, elements that are no numbers, and a shape of another size.
 *
 * @example
 * ```ts
 * import { Tensor } from "effect-bayes"
 *
 * Tensor.from([[1, 2, 3], [4, 5, 6]]).shape // => [2, 3]
 * Tensor.toArray(Tensor.from(new Float64Array([1, 2, 3, 4]), { shape: [2, 2] })) // => [[1, 2], [3, 4]]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const from = (
  source: Source,
  options?: { readonly dtype?: Shape.DType; readonly shape?: Shape.Shape }
): Tensor => {
  const nested: unknown = hasToArray(source) ? source.toArray() : source
  const dtype = options?.dtype ?? (nested instanceof Float64Array ? "float64" : "float32")
  if (nested instanceof Float64Array || nested instanceof Float32Array) {
    const copy = allocate(dtype, nested.length)
    copy.set(nested)
    return fromStorage(options?.shape ?? [nested.length], copy)
  }
  const shape = shapeOf(nested)
  // Collected before anything is allocated: what the first rows promise, the others need not keep.
  const found: Array<number> = []
  const collect = (node: unknown, depth: number, path: string): void => {
    if (depth === shape.length) {
      if (typeof node !== "number") throw misfit(path, "a number", node)
      found.push(node)
      return
    }
    if (!isArrayLike(node) || node.length !== shape[depth]) throw misfit(path, `${shape[depth]} elements`, node)
    for (let i = 0; i < node.length; i++) collect(node[i], depth + 1, `${path}[${i}]`)
  }
  collect(nested, 0, "")
  const values = allocate(dtype, found.length)
  values.set(found)
  return fromStorage(options?.shape ?? shape, values)
}

const hasToArray = (u: unknown): u is { toArray(): unknown } => typeof u === "object" && u !== null && "toArray" in u

const isArrayLike = (u: unknown): u is ArrayLike<unknown> =>
  Array.isArray(u) || (ArrayBuffer.isView(u) && "length" in u)

const shapeOf = (node: unknown): Shape.Shape =>
  isArrayLike(node) ? [node.length, ...(node.length === 0 ? [] : shapeOf(node[0]))] : []

const misfit = (path: string, expected: string, node: unknown): ShapeError =>
  new ShapeError({
    where: `Tensor.from, element ${path === "" ? "at the top" : path}`,
    expected,
    actual: isArrayLike(node) ? `${node.length} elements` : `${typeof node} ${String(node)}`,
    hint: "Every row needs the same length, and every element must be a number"
  })

/** Every element the same. @category constructors @since 0.1.0 */
export const full = (spec: Shape.TensorSpec, value: number): Tensor => {
  Shape.assertValid(spec.shape)
  return new FilledTensor(spec, value)
}

/** All zeros. @category constructors @since 0.1.0 */
export const zeros = (spec: Shape.TensorSpec): Tensor => full(spec, 0)

/** A tensor of shape `[]`. @category constructors @since 0.1.0 */
export const scalar = (value: number, dtype: Shape.DType = "float32"): Tensor =>
  fromStorage([], allocate(dtype, 1).fill(value))

/** The elements as nested arrays, or a number for a scalar. @category conversions @since 0.1.0 */
export const toArray = (self: Tensor): Nested => nestedArrays(self.shape, self[storage])

/** A fresh copy of the elements in row-major order. @category conversions @since 0.1.0 */
export const toFloat64Array = (self: Tensor): Float64Array => new Float64Array(self[storage])

/** A fresh copy of the bytes, for comparing tensors to the last bit. @category conversions @since 0.1.0 */
export const toBytes = (self: Tensor): Uint8Array<ArrayBuffer> => {
  const values = self[storage]
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice()
}

/** The only element of a tensor that has one. @category getters @since 0.1.0 */
export const item = (self: Tensor): number => {
  const values = self[storage]
  if (values.length === 1) return values[0]!
  throw new ShapeError({ where: "Tensor.item", expected: "one element", actual: Shape.formatSpec(self) })
}

/** The same elements under another shape of the same size. @category combinators @since 0.1.0 */
export const reshape = (self: Tensor, shape: Shape.Shape): Tensor => {
  assertSize(shape, Shape.size(self.shape))
  return self instanceof TensorRecord ? self.withShape(shape) : fromStorage(shape, self[storage])
}

/** The same elements in another precision; float32 rounds to nearest. @category combinators @since 0.1.0 */
export const cast = (self: Tensor, dtype: Shape.DType): Tensor => {
  if (self.dtype === dtype) return self
  const values = allocate(dtype, self[storage].length)
  values.set(self[storage])
  return fromStorage(self.shape, values)
}

/** Up to so many numbers are copied one by one in less time than a view of them is made. */
const FEW = 64

/**
 * The rows (slices along the leading axis) with these indices, in their order; an index may repeat.
 *
 * **Shapes**: [B, ...] and n indices -> [n, ...].
 *
 * @category combinators
 * @since 0.1.0
 */
export const takeRows = (self: Tensor, indices: ArrayLike<number>): Tensor => {
  const rows = Shape.axis("Tensor.takeRows", self.shape, 0)
  const width = Shape.size(self.shape.slice(1))
  const values = allocate(self.dtype, indices.length * width)
  const from = self[storage]
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i]!
    if (!(Number.isInteger(row) && row >= 0 && row < rows)) {
      throw new ShapeError({ where: "Tensor.takeRows", expected: `a row from 0 to ${rows - 1}`, actual: String(row) })
    }
    if (width > FEW) values.set(from.subarray(row * width, (row + 1) * width), i * width)
    else for (let k = 0; k < width; k++) values[i * width + k] = from[row * width + k]!
  }
  return fromStorage([indices.length, ...self.shape.slice(1)], values)
}

/** The rows from `start` up to, not including, `end`. @category combinators @since 0.1.0 */
export const rows = (self: Tensor, start: number, end: number): Tensor =>
  takeRows(
    self,
    Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i)
  )

/** How many numbers lie before an axis, along it and behind it, row-major. */
const around = (where: string, shape: Shape.Shape, axis: number) => ({
  before: Shape.size(shape.slice(0, axis)),
  length: Shape.axis(where, shape, axis),
  behind: Shape.size(shape.slice(axis + 1))
})

/**
 * What lies from `start` up to, not including, `end` along one axis.
 *
 * **Errors**: `ShapeError` unless 0 <= start <= end <= the axis's length.
 *
 * @example
 * ```ts
 * import { Tensor } from "effect-bayes"
 *
 * Tensor.toArray(Tensor.slice(Tensor.from([[1, 2, 3], [4, 5, 6]]), 1, 1, 3)) // => [[2, 3], [5, 6]]
 * ```
 *
 * @category combinators
 * @since 0.2.0
 */
export const slice = (self: Tensor, axis: number, start: number, end: number): Tensor => {
  const { before, length, behind } = around("Tensor.slice", self.shape, axis)
  if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= length)) {
    const expected = `a range inside 0 to ${length}, the length of axis ${axis}`
    throw new ShapeError({ where: "Tensor.slice", expected, actual: `${start} to ${end}` })
  }
  const size = (end - start) * behind
  const values = allocate(self.dtype, before * size)
  const all = self[storage] // once: an engine may copy it each time
  for (let i = 0; i < before; i++) {
    const from = (i * length + start) * behind
    values.set(all.subarray(from, from + size), i * size)
  }
  return fromStorage(self.shape.with(axis, end - start), values)
}

/**
 * Tensors of one dtype, one behind the other along an axis; their other axes have the same lengths.
 *
 * **Errors**: `ShapeError` for parts that do not fit the first. What `slice` has cut, `concat` joins again.
 *
 * @category combinators
 * @since 0.2.0
 */
export const concat = (parts: readonly [Tensor, ...ReadonlyArray<Tensor>], axis: number): Tensor => {
  const [first] = parts
  const { before, behind } = around("Tensor.concat", first.shape, axis)
  let length = 0
  for (const part of parts) {
    const shape = first.shape.with(axis, part.shape[axis] ?? 0)
    Shape.assertSame("Tensor.concat", { dtype: first.dtype, shape }, part)
    length += part.shape[axis]!
  }
  const values = allocate(first.dtype, before * length * behind)
  let offset = 0
  for (const part of parts) {
    const size = part.shape[axis]! * behind
    const all = part[storage]
    for (let i = 0; i < before; i++) {
      values.set(all.subarray(i * size, (i + 1) * size), i * length * behind + offset)
    }
    offset += size
  }
  return fromStorage(first.shape.with(axis, length), values)
}

/** `concat` along the leading axis: rows below rows. @category combinators @since 0.1.0 */
export const concatRows = (parts: readonly [Tensor, ...ReadonlyArray<Tensor>]): Tensor => concat(parts, 0)

/** Equal shape, dtype and bytes (so 0 and -0 differ, and NaN equals itself). @category predicates @since 0.1.0 */
export const equals = (a: Tensor, b: Tensor): boolean => {
  if (a.dtype !== b.dtype || !Shape.equals(a.shape, b.shape)) return false
  const left = toBytes(a)
  const right = toBytes(b)
  return left.every((byte, i) => byte === right[i])
}
