/**
 * The safetensors format: the length of a header, the header as JSON, and the numbers of all tensors one behind the
 * other.
 *
 * **Source**: github.com/huggingface/safetensors, README. Little-endian throughout. Of its dtypes F32 and F64 are read
 * and written. The header is padded with spaces, and F64 come before F32, so that every tensor is aligned.
 *
 * @since 0.3.0
 */
import { cut } from "../core/cut.ts"
import { CheckpointError } from "../core/errors.ts"
import * as Shape from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import { parseJson } from "./json.ts"

/** A tensor as the header has it: its bytes are those from `begin` up to, not including, `end` behind the header. */
export interface Entry {
  readonly name: string
  readonly dtype: string
  readonly shape: Shape.Shape
  readonly begin: number
  readonly end: number
}

/** @category models @since 0.3.0 */
export interface Header {
  readonly metadata: ReadonlyMap<string, string>
  readonly entries: ReadonlyMap<string, Entry>
}

/** Bytes of the header's length, which come first. */
export const PREFIX = 8

/** The format's own limit. */
const MAX_HEADER = 100_000_000

const METADATA = "__metadata__"

const DTYPES: ReadonlyMap<string, Shape.DType> = new Map([
  ["F32", "float32"],
  ["F64", "float64"]
])

const WIDTH: Readonly<Record<Shape.DType, number>> = { float32: 4, float64: 8 }

const WRITERS = "Models are written by Model.save and `train`"

/** The length of the header. **Errors**: `CheckpointError` for one that the file cannot have. */
export const headerLength = (source: string, prefix: Uint8Array, fileSize: number): number => {
  const refuse = (problem: string, hint: string) => new CheckpointError({ source, problem, hint })
  if (prefix.length === 0) throw refuse("it is no model: the file is empty", WRITERS)
  if (prefix.length < PREFIX) throw refuse(`it is no model: it has ${prefix.length} bytes, too few for one`, WRITERS)
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true)
  if (length > MAX_HEADER) {
    throw refuse("it is no model: those are safetensors files, and it does not begin as one", WRITERS)
  }
  const left = fileSize - PREFIX
  if (length > left)
    throw refuse(`it says that its header has ${length} bytes, but ${left} follow`, "Is it cut off, or no model?")
  return Number(length)
}

type Fields = Readonly<Record<string, unknown>>

const isRecord = (u: unknown): u is Fields => typeof u === "object" && u !== null && !Array.isArray(u)

/** A whole number from 0 that no rounding has made. */
const isLength = (u: unknown): u is number => Number.isSafeInteger(u) && (u as number) >= 0 && !Object.is(u, -0)

const quote = (name: string): string => JSON.stringify(cut(name, 100))

const entryOf = (name: string, fields: unknown): Entry => {
  const what = `its tensor ${quote(name)}`
  if (!isRecord(fields)) throw new SyntaxError(`${what} is no record in its header`)
  const { dtype, shape, data_offsets: offsets } = fields
  if (typeof dtype !== "string") throw new SyntaxError(`${what} has no dtype`)
  if (!(Array.isArray(shape) && shape.every(isLength))) {
    throw new SyntaxError(`${what} has a shape that is no list of whole numbers from 0`)
  }
  if (!(Array.isArray(offsets) && offsets.length === 2 && offsets.every(isLength) && offsets[0]! <= offsets[1]!)) {
    throw new SyntaxError(
      `${what} has data_offsets that are no two whole numbers from 0, the second not below the first`
    )
  }
  const [begin, end] = [offsets[0]!, offsets[1]!]
  const known = DTYPES.get(dtype)
  if (known !== undefined) {
    let size = WIDTH[known]
    for (const length of shape) {
      size *= length
      if (!Number.isSafeInteger(size)) throw new SyntaxError(`${what} has a shape too large for any file`)
    }
    if (size !== end - begin) {
      throw new SyntaxError(
        `${what} has ${end - begin} bytes, but ${dtype} ${Shape.format(shape.slice(0, 20))} are ${size}`
      )
    }
  }
  return { name, dtype, shape, begin, end }
}

const metadataOf = (fields: unknown): ReadonlyMap<string, string> => {
  if (fields === undefined) return new Map()
  if (!isRecord(fields)) throw new SyntaxError(`its ${METADATA} is no record`)
  return new Map(
    Object.entries(fields).map(([key, value]) => {
      if (typeof value === "string") return [key, value]
      throw new SyntaxError(`its ${METADATA} ${quote(key)} is no text`)
    })
  )
}

/** Throws unless the tensors fill the data without gaps and overlaps. */
const assertFilled = (entries: Iterable<Entry>, dataSize: number): void => {
  const sorted = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)
  let at = 0
  for (const { name, begin, end } of sorted) {
    if (begin > at) throw new SyntaxError(`${begin - at} bytes before its tensor ${quote(name)} belong to none`)
    if (begin < at) throw new SyntaxError(`its tensor ${quote(name)} overlaps another`)
    at = end
  }
  if (at > dataSize)
    throw new SyntaxError(`it is cut off: its tensors have ${at} bytes, of which ${dataSize} are there`)
  if (at < dataSize) throw new SyntaxError(`${dataSize - at} bytes behind its last tensor belong to none`)
}

const textOf = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new SyntaxError("its header is no UTF-8")
  }
}

const jsonOf = (text: string): Fields => {
  try {
    const parsed = parseJson(text)
    if (isRecord(parsed)) return parsed
  } catch (error) {
    if (error instanceof SyntaxError) throw new SyntaxError(`its header ${error.message}`)
    throw error
  }
  throw new SyntaxError("its header is no record")
}

/**
 * Reads a header, given how many bytes follow it. **Errors**: `CheckpointError` for whatever is not as the format has
 * it; tensors of a dtype other than F32 and F64 are let through, as nobody may ask for them.
 *
 * @category decoding
 * @since 0.3.0
 */
export const decodeHeader = (source: string, bytes: Uint8Array, dataSize: number): Header => {
  try {
    const { [METADATA]: fields, ...tensors } = jsonOf(textOf(bytes))
    const metadata = metadataOf(fields)
    const entries = new Map(Object.entries(tensors).map(([name, found]) => [name, entryOf(name, found)]))
    assertFilled(entries.values(), dataSize)
    return { metadata, entries }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new CheckpointError({ source, problem: error.message, hint: "The file is damaged, or no safetensors file" })
  }
}

/** The shape and dtype of a tensor. **Errors**: `CheckpointError` for a dtype other than F32 and F64. */
export const specOf = (source: string, { name, dtype, shape }: Entry): Shape.TensorSpec => {
  const known = DTYPES.get(dtype)
  if (known !== undefined) return { shape, dtype: known }
  const problem = `its tensor ${quote(name)} is ${quote(dtype)}; F32 and F64 can be read`
  throw new CheckpointError({ source, problem })
}

type Values = Float32Array | Float64Array

/** Puts numbers from bytes into `values`, from element `first` on. */
export const decodeInto = (values: Values, first: number, bytes: Uint8Array): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = bytes.length / values.BYTES_PER_ELEMENT
  if (values instanceof Float32Array) for (let i = 0; i < count; i++) values[first + i] = view.getFloat32(i * 4, true)
  else for (let i = 0; i < count; i++) values[first + i] = view.getFloat64(i * 8, true)
}

const bytesOf = (dtype: Shape.DType, values: Float64Array): Uint8Array => {
  const bytes = new Uint8Array(values.length * WIDTH[dtype])
  const view = new DataView(bytes.buffer)
  if (dtype === "float32") for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i]!, true)
  else for (let i = 0; i < values.length; i++) view.setFloat64(i * 8, values[i]!, true)
  return bytes
}

const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1)

/**
 * The bytes of a file, in chunks: the header, then each tensor. The same metadata and tensors give the same bytes,
 * whatever the order of the tensors.
 *
 * @category encoding
 * @since 0.3.0
 */
export const encode = function* (
  metadata: Readonly<Record<string, string>>,
  tensors: ReadonlyMap<string, Tensor.Tensor>
): Generator<Uint8Array, void> {
  const of = (dtype: Shape.DType) => [...tensors].filter(([, t]) => t.dtype === dtype).sort(byName)
  const ordered = [...of("float64"), ...of("float32")]
  let end = 0
  const fields = ordered.map(([name, { dtype, shape }]) => {
    const begin = end
    end += WIDTH[dtype] * Shape.size(shape)
    const entry = { dtype: dtype === "float32" ? "F32" : "F64", shape, data_offsets: [begin, end] }
    return `${JSON.stringify(name)}:${JSON.stringify(entry)}`
  })
  const text = `{${[`"${METADATA}":${JSON.stringify(metadata)}`, ...fields].join(",")}}`
  const header = new TextEncoder().encode(text)
  const padded = new Uint8Array(PREFIX + 8 * Math.ceil(header.length / 8)).fill(32)
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - PREFIX), true)
  padded.set(header, PREFIX)
  yield padded
  for (const [, tensor] of ordered) yield bytesOf(tensor.dtype, Tensor.toFloat64Array(tensor))
}
