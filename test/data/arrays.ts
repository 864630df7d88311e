// Arrays of numbers with the IDX and NPY files that hold them, written here without the library.
import fc from "fast-check"

/** Writes a number of a type at a byte of a view. */
type Write = (view: DataView, byte: number, value: number, littleEndian: boolean) => void

/** How values of a NumPy type are drawn, and written. Half precision has a test of its own. */
const types: Readonly<Record<string, { readonly width: number; readonly value: fc.Arbitrary<number>; write: Write }>> =
  {
    b1: { width: 1, value: fc.integer({ min: 0, max: 1 }), write: (v, b, x) => v.setUint8(b, x) },
    i1: { width: 1, value: fc.integer({ min: -128, max: 127 }), write: (v, b, x) => v.setInt8(b, x) },
    u1: { width: 1, value: fc.integer({ min: 0, max: 255 }), write: (v, b, x) => v.setUint8(b, x) },
    i2: { width: 2, value: fc.integer({ min: -32768, max: 32767 }), write: (v, b, x, e) => v.setInt16(b, x, e) },
    u2: { width: 2, value: fc.integer({ min: 0, max: 65535 }), write: (v, b, x, e) => v.setUint16(b, x, e) },
    i4: { width: 4, value: fc.integer(), write: (v, b, x, e) => v.setInt32(b, x, e) },
    u4: { width: 4, value: fc.integer({ min: 0, max: 2 ** 32 - 1 }), write: (v, b, x, e) => v.setUint32(b, x, e) },
    i8: { width: 8, value: fc.maxSafeInteger(), write: (v, b, x, e) => v.setBigInt64(b, BigInt(x), e) },
    u8: { width: 8, value: fc.maxSafeNat(), write: (v, b, x, e) => v.setBigUint64(b, BigInt(x), e) },
    f4: {
      width: 4,
      value: fc.float({ noNaN: true, noDefaultInfinity: true }),
      write: (v, b, x, e) => v.setFloat32(b, x, e)
    },
    f8: {
      width: 8,
      value: fc.double({ noNaN: true, noDefaultInfinity: true }),
      write: (v, b, x, e) => v.setFloat64(b, x, e)
    }
  }

export interface Written {
  readonly shape: ReadonlyArray<number>
  /** In row-major order. */
  readonly values: ReadonlyArray<number>
  readonly bytes: Uint8Array
}

/** The indices of every element, in row-major order. */
const indicesOf = (shape: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>> =>
  shape.reduce<ReadonlyArray<ReadonlyArray<number>>>(
    (all, length) => all.flatMap((indices) => Array.from({ length }, (_, i) => [...indices, i])),
    [[]]
  )

interface Layout {
  readonly type: string
  readonly shape: ReadonlyArray<number>
  readonly littleEndian: boolean
  readonly fortran: boolean
}

const write = ({ type, shape, littleEndian, fortran }: Layout, values: ReadonlyArray<number>): Uint8Array => {
  const { width, write: put } = types[type]!
  const bytes = new Uint8Array(values.length * width)
  const view = new DataView(bytes.buffer)
  for (const [i, indices] of indicesOf(shape).entries()) {
    const place = fortran ? indices.reduceRight((sum, index, axis) => sum * shape[axis]! + index, 0) : i
    put(view, place * width, values[i]!, littleEndian)
  }
  return bytes
}

const header = (parts: ReadonlyArray<ArrayLike<number>>): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => Array.from(part)))

/** An NPY file of version 1.0. */
const npy = (layout: Layout, values: ReadonlyArray<number>): Written => {
  const { type, shape, littleEndian, fortran } = layout
  const order = types[type]!.width === 1 ? "|" : littleEndian ? "<" : ">"
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`
  const dict = `{'descr': '${order}${type}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${tuple}, }`
  const text = new TextEncoder().encode(`${dict.padEnd(117)}\n`)
  const magic = new TextEncoder().encode("NUMPY")
  const bytes = header([[0x93], magic, [1, 0, text.length, 0], text, write(layout, values)])
  return { shape, values, bytes }
}

const idxCodes: Readonly<Record<string, number>> = { u1: 8, i1: 9, i2: 11, i4: 12, f4: 13, f8: 14 }

/** An IDX file. */
const idx = (type: string, shape: ReadonlyArray<number>, values: ReadonlyArray<number>): Written => {
  const data = write({ type, shape, littleEndian: false, fortran: false }, values)
  const lengths = shape.flatMap((length) => [length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255])
  return { shape, values, bytes: header([[0, 0, idxCodes[type]!, shape.length], lengths, data]) }
}

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })

const filled = (type: string, shape: ReadonlyArray<number>): fc.Arbitrary<ReadonlyArray<number>> => {
  const length = shape.reduce((n, axis) => n * axis, 1)
  return fc.array(types[type]!.value, { minLength: length, maxLength: length })
}

/** Any NPY file of any type but half precision. */
export const npyFiles: fc.Arbitrary<Written> = fc
  .record({
    type: fc.constantFrom(...Object.keys(types)),
    shape: shapes,
    littleEndian: fc.boolean(),
    fortran: fc.boolean()
  })
  .chain((layout) => filled(layout.type, layout.shape).map((values) => npy(layout, values)))

/** Any IDX file. */
export const idxFiles: fc.Arbitrary<Written> = fc
  .tuple(fc.constantFrom(...Object.keys(idxCodes)), shapes)
  .chain(([type, shape]) => filled(type, shape).map((values) => idx(type, shape, values)))

/** An NPY file of 8-byte numbers of one type, little-endian, with one axis. */
export const npyOf = (type: "f8" | "i8" | "u8", bits: ReadonlyArray<bigint>): Uint8Array => {
  const { bytes } = npy(
    { type: "u8", shape: [bits.length], littleEndian: true, fortran: false },
    bits.map(() => 0)
  )
  const text = new TextDecoder("latin1").decode(bytes).replace("u8", type)
  const out = Uint8Array.from(text, (character) => character.charCodeAt(0))
  out[0] = 0x93
  const view = new DataView(out.buffer, out.length - 8 * bits.length)
  for (const [i, word] of bits.entries()) view.setBigUint64(8 * i, word, true)
  return out
}
