/**
 * Thrift's compact protocol, read no further than what is there: the headers in Parquet files are written in it.
 *
 * hyparquet reads these headers too, but believes the sizes in them; what has passed here is safe to give to it.
 *
 * @since 0.3.0
 */
import type { DataError } from "../../core/errors.ts"

/** A struct's fields by their numbers. Lists are passed over: nothing that is asked for here lies in one. */
export type Struct = ReadonlyMap<number, Value>
type Value = number | boolean | Uint8Array | Struct

/** The error of a damaged file, in words for what is wrong with it. */
export type Fail = (problem: string) => DataError

const [STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12]

/** Structs and lists within each other; Parquet has eight at most. */
const MAX_DEPTH = 32

/** Told of every field of a struct, and of how many lists it lies in. */
type Visit = (field: number, value: Value, lists: number) => void

/**
 * Reads the struct that begins at a byte, and says where it ends. **Errors**: those of `fail`, where it goes beyond the
 * bytes, nests too deep, or has types that Parquet does not use.
 */
export const readStruct = (
  bytes: Uint8Array,
  start: number,
  fail: Fail,
  visit: Visit = () => {}
): { readonly struct: Struct; readonly end: number } => {
  let at = start
  const damaged = (): DataError => fail("a header in it is damaged")
  const next = (): number => {
    const byte = bytes[at++]
    if (byte === undefined) throw damaged()
    return byte
  }
  const varint = (): number => {
    let [value, unit] = [0, 1]
    for (let i = 0; i < 10; i++) {
      const byte = next()
      value += (byte & 127) * unit
      unit *= 128
      if (byte < 128) return value
    }
    throw damaged()
  }
  const integer = (): number => {
    const zigzag = varint()
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
  }
  const passed = (count: number): Uint8Array => {
    if (count > bytes.length - at) throw damaged()
    at += count
    return bytes.subarray(at - count, at)
  }
  const list = (depth: number, lists: number): undefined => {
    const byte = next()
    const count = byte >> 4 === 15 ? varint() : byte >> 4
    const type = byte & 15
    if (count > bytes.length - at) throw damaged() // every element takes a byte or more
    for (let i = 0; i < count; i++) {
      if (type === TRUE || type === FALSE) next()
      else value(type, depth, lists + 1)
    }
  }
  const value = (type: number, depth: number, lists: number): Value | undefined => {
    if (depth > MAX_DEPTH) throw damaged()
    if (type === TRUE || type === FALSE) return type === TRUE
    if (type === BYTE) return (next() << 24) >> 24
    if (type === I16 || type === I32 || type === I64) return integer()
    if (type === DOUBLE) return passed(8)
    if (type === LIST) return list(depth + 1, lists)
    if (type === STRUCT) return struct(depth + 1, lists)
    if (type !== BINARY) throw damaged()
    return passed(varint())
  }
  const struct = (depth: number, lists: number): Struct => {
    const fields = new Map<number, Value>()
    let field = 0
    for (let byte = next(); (byte & 15) !== STOP; byte = next()) {
      field = byte >> 4 === 0 ? integer() : field + (byte >> 4)
      const found = value(byte & 15, depth, lists)
      if (found === undefined) continue
      fields.set(field, found)
      visit(field, found, lists)
    }
    return fields
  }
  return { struct: struct(0, 0), end: at }
}

/** A field that is a whole number from 0; undefined if it is not there or is none. */
export const countIn = (struct: Struct, field: number): number | undefined => {
  const value = struct.get(field)
  return typeof value === "number" && value >= 0 ? value : undefined
}

/** A field that is a struct. */
export const structIn = (struct: Struct, field: number): Struct | undefined => {
  const value = struct.get(field)
  return value instanceof Map ? value : undefined
}
