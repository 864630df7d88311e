/**
 * NPY files, NumPy's own format for one array: a magic number, a header in Python's notation, and the numbers.
 *
 * @since 0.3.0
 */
import { DataError } from "../core/errors.ts"
import { fromBytes, type NdArray } from "./NdArray.ts"
import { parseHeader } from "./npyHeader.ts"
import { type NumberType, numberTypes } from "./numberTypes.ts"

const MAGIC = [0x93, ...new TextEncoder().encode("NUMPY")]

/** Whether bytes begin as those of an NPY file. */
export const isNpy = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte)

/** How many bytes say how long the header is, by the version. */
const lengthBytesOf: ReadonlyMap<string, number> = new Map([
  ["1.0", 2],
  ["2.0", 4],
  ["3.0", 4]
])

/** What kinds of dtype hold, and what to do with them. */
const refused: Readonly<Record<string, readonly [holds: string, todo: string]>> = {
  O: ["Python objects", "Save numbers: numpy.save(path, array.astype(float))"],
  S: ["texts", "Save a table that has texts as CSV or Parquet"],
  U: ["texts", "Save a table that has texts as CSV or Parquet"],
  c: ["complex numbers", "Save their real and imaginary parts as columns"],
  M: ["dates", "Save numbers in place of dates, such as days since the first one"],
  m: ["durations", "Save them as numbers: array / numpy.timedelta64(1, 's')"],
  V: ["records", "Save its fields as the columns of one array"]
}

const typeOf = (source: string, descr: string | undefined): { readonly type: NumberType; readonly little: boolean } => {
  const [, order = "|", name = "", kind = ""] = /^([<>|]?)((\w)\d*)(?:\[\w+\])?$/.exec(descr ?? "|V") ?? []
  const type = Object.hasOwn(numberTypes, name) ? numberTypes[name as keyof typeof numberTypes] : undefined
  if (type !== undefined && (type.width === 1 || order === "<" || order === ">")) return { type, little: order === "<" }
  const [holds, hint] = (Object.hasOwn(refused, kind) ? refused[kind] : undefined) ?? [
    "numbers of a type that is not read",
    `The types are ${Object.keys(numberTypes).join(", ")}, each with its byte order: "<f8"`
  ]
  const dtype = descr === undefined ? "a structured dtype" : `the dtype "${descr.slice(0, 40)}"`
  throw new DataError({ source, problem: `the array has ${dtype}: it holds ${holds}`, hint })
}

/**
 * The array in the bytes of an NPY file (not compressed) of version 1.0, 2.0 or 3.0: booleans, integers of 8 to 64 bits
 * and floating point of 16 to 64, in either byte order, in C's and in Fortran's order. It is a view: the bytes must not
 * change.
 *
 * **Source**: NumPy, numpy.lib.format. **Errors**: `DataError` for Python objects, records, texts, dates and complex
 * numbers, for a damaged header, files cut short or with something appended, values that are NaN or infinite, and
 * integers beyond 2^53 - 1.
 *
 * @category readers
 * @since 0.3.0
 */
export const parseNpy = (source: string, bytes: Uint8Array): NdArray => {
  const refuse = (problem: string, hint: string): DataError => new DataError({ source, problem, hint })
  if (!isNpy(bytes))
    throw refuse("no NPY file: it does not begin with \\x93NUMPY", "numpy.save(path, array) writes one")
  const version = `${bytes[6]}.${bytes[7]}`
  const lengthBytes = lengthBytesOf.get(version)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length >= 8 && lengthBytes === undefined) {
    throw refuse(`the NPY file has version ${version}`, "The versions 1.0, 2.0 and 3.0 are read")
  }
  if (lengthBytes === undefined || bytes.length < 8 + lengthBytes)
    throw refuse("the NPY header is cut short", "Save it again")
  const start = 8 + lengthBytes
  const length = lengthBytes === 2 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (start + length > bytes.length) {
    throw refuse(`the NPY header takes ${length} bytes, but ${bytes.length - start} are there`, "The file is cut short")
  }
  const text = new TextDecoder().decode(bytes.subarray(start, start + length))
  const { descr, fortranOrder: columnMajor, shape } = parseHeader(source, text)
  const { type, little: littleEndian } = typeOf(source, descr)
  return fromBytes(source, { shape, type, littleEndian, columnMajor }, bytes.subarray(start + length))
}
