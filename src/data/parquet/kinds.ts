/**
 * What the columns of Parquet files hold, and what cells their values become: a number, a text, or nothing.
 *
 * @since 0.3.0
 */
import type { SchemaElement } from "hyparquet"
import { DataError } from "../../core/errors.ts"

/** A number, a text, undefined where the cell is missing; null for a value that no cell can be made of. */
export type Cell = number | string | undefined | null

/** How a column is read. */
export interface Kind {
  /** What hyparquet is told of the column, so that it gives values as `cell` wants them. */
  readonly element: SchemaElement
  /** Whether its bytes are texts. */
  readonly texts: boolean
  /** The cell of a value that is there. */
  cell(value: unknown): Cell
}

/** Types of which no number and no category can be made. */
const refused = new Set(["INTERVAL", "BSON", "GEOMETRY", "GEOGRAPHY", "VARIANT", "MAP", "LIST", "MAP_KEY_VALUE"])

/** The integer in bytes, big-endian, with a sign. */
const integerOf = (bytes: Uint8Array): bigint => {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x0${digits}`))
}

const twoDigits = (n: number): string => String(n).padStart(2, "0")

/** A time of day in units of which a second has so many, as clocks show it. */
const clock = (value: unknown, perSecond: number): Cell => {
  if (typeof value !== "number" && typeof value !== "bigint") return null
  const seconds = Math.floor(Number(value) / perSecond)
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits).join(":")
}

/** Cells as they are where nothing else is said: numbers that are none become texts, which no feature may have. */
const plain = (value: unknown): Cell => {
  if (typeof value === "boolean") return value ? 1 : 0
  if (typeof value === "string") return value.trim() || undefined
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value
    return Number.isNaN(value) ? undefined : String(value)
  }
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return value instanceof Date ? value.toISOString() : null
}

/** How many units of a time of day a second has. */
const timeUnits: ReadonlyMap<string, number> = new Map([
  ["TIME_MILLIS", 1e3],
  ["TIME_MICROS", 1e6],
  ["MILLIS", 1e3],
  ["MICROS", 1e6],
  ["NANOS", 1e9]
])

/**
 * How a top-level column is read: numbers as they are (decimals too), booleans as 0 and 1, texts trimmed, dates and times
 * as texts in ISO 8601, so that they are refused as features are that a CSV file has as dates.
 *
 * **Errors**: `DataError` by the column's name for types of which no cell can be made.
 */
export const kindOf = (source: string, element: SchemaElement): Kind => {
  const { name: column, type, converted_type: converted, logical_type: logical } = element
  const kind = { element, texts: type === "BYTE_ARRAY", cell: plain }
  const annotation = converted ?? logical?.type
  const refuse = (what: string): DataError => {
    const hint = "Leave it out, or make numbers or texts of it, when the file is written"
    return new DataError({ source, column, problem: `it holds ${what}, which no table has`, hint })
  }
  if (annotation !== undefined && refused.has(annotation)) throw refuse(`values of the type ${annotation}`)
  if (annotation === "DECIMAL") {
    const { converted_type: _, logical_type: __, ...raw } = element
    const scale = element.scale ?? (logical?.type === "DECIMAL" ? logical.scale : 0)
    const decimal = (value: unknown): Cell => {
      const integer = value instanceof Uint8Array ? integerOf(value) : value
      if (typeof integer !== "number" && typeof integer !== "bigint") return null
      return plain(Number(`${integer}e-${scale}`)) // the nearest number
    }
    return { element: raw, texts: false, cell: decimal }
  }
  if (annotation === "DATE") return { ...kind, element: { ...element, converted_type: "DATE" } }
  const unit = annotation === "TIME" && logical?.type === "TIME" ? logical.unit : annotation
  const perSecond = unit === undefined ? undefined : timeUnits.get(unit)
  if (perSecond !== undefined) return { ...kind, cell: (value) => clock(value, perSecond) }
  if (type === "FIXED_LEN_BYTE_ARRAY" && annotation !== "FLOAT16" && annotation !== "UUID") throw refuse("bytes")
  return kind
}
