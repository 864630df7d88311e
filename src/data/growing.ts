/**
 * Columns of a table that grow by a cell at a time: numbers take room from the first number on, texts from the first text.
 *
 * @since 0.3.0
 */
import { MAX_TEXTS, type TableColumn } from "./Table.ts"

type Numbers = Float64Array | Int32Array | Uint32Array

/** Values by row, set in the order of rows. @category models @since 0.3.0 */
export interface Growing {
  get(row: number): number
  set(row: number, value: number): void
}

/**
 * Values that take room from the first one on, doubled when it is used up; a row that has none has `none`.
 *
 * @category constructors
 * @since 0.3.0
 */
export const growing = (allocate: (length: number) => Numbers, none: number): Growing => {
  let first = 0
  let values = allocate(0)
  return {
    get: (row) => values[row - first] ?? none,
    set: (row, value) => {
      if (values.length === 0) first = row
      if (row - first >= values.length) {
        const larger = allocate(Math.max(16, 2 * (row - first))).fill(none)
        larger.set(values)
        values = larger
      }
      values[row - first] = value
    }
  }
}

/** A column being read: what is not added is missing. @category models @since 0.3.0 */
export interface GrowingColumn extends TableColumn {
  addNumber(row: number, value: number): void
  addText(row: number, text: string): void
}

/** A string of its own, as a part of a longer one would keep all of that in memory. */
const own = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text))

/** An empty column. @category constructors @since 0.3.0 */
export const growingColumn = (name: string): GrowingColumn => {
  const numbers = growing((length) => new Float64Array(length), Number.NaN)
  const codes = growing((length) => new Int32Array(length), -1)
  const texts: Array<string> = []
  const known = new Map<string, number>()
  const count = { numbers: 0, texts: 0 }
  return {
    name,
    texts,
    count,
    number: numbers.get,
    code: codes.get,
    addNumber: (row, value) => {
      numbers.set(row, value)
      count.numbers++
    },
    addText: (row, text) => {
      let code = known.get(text)
      if (code === undefined) {
        code = Math.min(texts.length, MAX_TEXTS) // the last stands for all that do not fit
        if (texts.length <= MAX_TEXTS) {
          const kept = own(text)
          texts.push(kept)
          known.set(kept, code)
        }
      }
      codes.set(row, code)
      count.texts++
    }
  }
}
