/**
 * IDX files, the format of MNIST: a magic number, the lengths of the axes, and the numbers, all big-endian.
 *
 * @since 0.3.0
 */
import { DataError } from "../core/errors.ts"
import { fromBytes, type NdArray } from "./NdArray.ts"
import { type NumberType, numberTypes } from "./numberTypes.ts"

const types: ReadonlyMap<number, NumberType> = new Map<number, NumberType>([
  [0x08, numberTypes.u1],
  [0x09, numberTypes.i1],
  [0x0b, numberTypes.i2],
  [0x0c, numberTypes.i4],
  [0x0d, numberTypes.f4],
  [0x0e, numberTypes.f8]
])

const hex = (byte: number | undefined): string => (byte ?? 0).toString(16).padStart(2, "0")

/** Whether bytes begin as those of an IDX file. */
export const isIdx = (bytes: Uint8Array): boolean => bytes[0] === 0 && bytes[1] === 0 && types.has(bytes[2] ?? 0)

/**
 * The array in the bytes of an IDX file (not compressed): bytes with and without a sign, integers of 16 and 32 bits,
 * floating point of 32 and 64. It is a view: the bytes must not change.
 *
 * **Source**: LeCun, Cortes & Burges, The MNIST database, "The IDX file format". **Errors**: `DataError` for other magic
 * numbers, types that are not there, files cut short or with something appended, and values that are NaN or infinite.
 *
 * @example
 * ```ts
 * import { Table } from "effect-bayes"
 *
 * const labels = Table.parseIdx("labels", new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 5, 7]))
 * labels.shape // => [2]
 * labels.at(1) // => 7
 * ```
 *
 * @category readers
 * @since 0.3.0
 */
export const parseIdx = (source: string, bytes: Uint8Array): NdArray => {
  const refuse = (problem: string, hint: string): DataError => new DataError({ source, problem, hint })
  if (bytes.length < 4) throw refuse(`${bytes.length} bytes are no IDX file`, "Its header alone has 8 or more")
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    const magic = Array.from(bytes.subarray(0, 4), hex).join(" ")
    throw refuse(`no IDX file: it begins with ${magic}, not with 00 00`, "Is it still compressed, or another format?")
  }
  const type = types.get(bytes[2]!)
  if (type === undefined) {
    const known = [...types.keys()].map(hex).join(", ")
    throw refuse(`the IDX file has numbers of the unknown type ${hex(bytes[2])}`, `The types are ${known}`)
  }
  const axes = bytes[3]!
  const header = 4 + 4 * axes
  if (bytes.length < header) {
    throw refuse(
      `the IDX header of ${axes} axes takes ${header} bytes, but there are ${bytes.length}`,
      "It is cut short"
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis))
  return fromBytes(source, { shape, type, littleEndian: false, columnMajor: false }, bytes.subarray(header))
}
