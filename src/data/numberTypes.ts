/**
 * How numbers are written in bytes: the types of IDX and NPY files.
 *
 * @since 0.3.0
 */

/** A type of number: its width in bytes, how it is read, and which of its values are of no use. */
export interface NumberType {
  readonly width: number
  readonly read: (view: DataView, byte: number, littleEndian: boolean) => number
  /** What every value has to be; a type whose values all are has none. */
  readonly must?: { readonly hold: (value: number) => boolean; readonly be: string }
}

const finite = { hold: Number.isFinite, be: "finite numbers" }
const safe = { hold: Number.isSafeInteger, be: "integers that a double holds exactly" }

/** The higher and the lower 32 bits; beyond the safe integers this rounds, never to a safe one. */
const joined = (high: number, low: number): number => high * 4_294_967_296 + low

/** Half precision: a sign, 5 bits of exponent and 10 of fraction (IEEE 754 binary16). */
const readHalf = (view: DataView, byte: number, littleEndian: boolean): number => {
  const bits = view.getUint16(byte, littleEndian)
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
  const sign = bits >> 15 === 1 ? -1 : 1
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  let value = exponent === 0 ? fraction : 1024 + fraction
  for (let e = Math.max(1, exponent); e < 25; e++) value /= 2
  for (let e = 25; e < exponent; e++) value *= 2
  return sign * value
}

/** By NumPy's names: b boolean, i and u integers with and without a sign, f floating point, and the bytes of one. */
export const numberTypes = {
  b1: { width: 1, read: (view, byte) => (view.getUint8(byte) === 0 ? 0 : 1) },
  i1: { width: 1, read: (view, byte) => view.getInt8(byte) },
  u1: { width: 1, read: (view, byte) => view.getUint8(byte) },
  i2: { width: 2, read: (view, byte, little) => view.getInt16(byte, little) },
  u2: { width: 2, read: (view, byte, little) => view.getUint16(byte, little) },
  i4: { width: 4, read: (view, byte, little) => view.getInt32(byte, little) },
  u4: { width: 4, read: (view, byte, little) => view.getUint32(byte, little) },
  i8: {
    width: 8,
    must: safe,
    read: (view, byte, little) =>
      joined(view.getInt32(byte + (little ? 4 : 0), little), view.getUint32(byte + (little ? 0 : 4), little))
  },
  u8: {
    width: 8,
    must: safe,
    read: (view, byte, little) =>
      joined(view.getUint32(byte + (little ? 4 : 0), little), view.getUint32(byte + (little ? 0 : 4), little))
  },
  f2: { width: 2, must: finite, read: readHalf },
  f4: { width: 4, must: finite, read: (view, byte, little) => view.getFloat32(byte, little) },
  f8: { width: 8, must: finite, read: (view, byte, little) => view.getFloat64(byte, little) }
} as const satisfies Readonly<Record<string, NumberType>>
