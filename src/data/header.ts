/**
 * The names of a table's columns, from its first line.
 *
 * @since 0.3.0
 */
import { DataError } from "../core/errors.ts"
import { parseNumber } from "./number.ts"

/** More columns than this are no table of text. */
const MAX_COLUMNS = 100_000

/** What to say where there may be no header. */
export const WITHOUT_HEADER = "a file without a header needs header: false (--no-header)"

/** What is wrong with names, if anything: problem, hint, and the name it is about. */
const fault = (names: ReadonlyArray<string>): readonly [string, string, string?] | undefined => {
  const blank = names.indexOf("")
  if (blank >= 0) {
    const hint = "Give it one in the first line: pandas and R write their index without a name"
    return [`column ${blank + 1} has no name`, hint]
  }
  const numbers = names.filter((name) => !Number.isNaN(parseNumber(name)))
  if (numbers.length === names.length) return ["the header is all numbers", `Is it one? If not, ${WITHOUT_HEADER}`]
  const value = numbers.find((name) => !/^\d+$/.test(name))
  if (value !== undefined && 2 * numbers.length > names.length) {
    return [`most names in the header are numbers, such as ${value}`, `Is it one? If not, ${WITHOUT_HEADER}`]
  }
  const seen = new Set<string>()
  const twice = names.find((name) => seen.size === seen.add(name).size)
  if (twice === undefined) return undefined
  return ["there are two columns of this name", `Rename one; ${WITHOUT_HEADER}`, twice]
}

/**
 * The names in the cells of the first line; `column1`, `column2`, ... if it is no header.
 *
 * **Errors**: `DataError` for a column without a name, two of one name, and a header of numbers.
 *
 * @category readers
 * @since 0.3.0
 */
export const readHeader = (
  cells: ReadonlyArray<string>,
  { source, line, isHeader }: { readonly source: string; readonly line: number; readonly isHeader: boolean }
): ReadonlyArray<string> => {
  if (cells.length > MAX_COLUMNS) {
    const problem = `there are ${cells.length} columns, more than ${MAX_COLUMNS}`
    throw new DataError({ source, line, problem, hint: "Is a line break missing? Large arrays can be read from .npy" })
  }
  if (!isHeader) return cells.map((_, i) => `column${i + 1}`)
  const names = cells.map((cell) => cell.trim())
  const found = fault(names)
  if (found === undefined) return names
  const [problem, hint, column] = found
  throw new DataError({ source, line, problem, hint, ...(column === undefined ? {} : { column }) })
}
