/**
 * A table as a file had it: named columns of numbers and texts, before anything is decided about them.
 *
 * @since 0.3.0
 */

/**
 * A column. Each of its cells is a finite number, a text, or missing.
 *
 * @category models
 * @since 0.3.0
 */
export interface TableColumn {
  readonly name: string
  /** The number in a row (from 0); NaN where the cell is none. */
  number(row: number): number
  /** The index into `texts` of the text in a row; -1 where the cell is none. */
  code(row: number): number
  /** The different texts in the order in which they appeared; MAX_TEXTS + 1 of them where there were more. */
  readonly texts: ReadonlyArray<string>
  /** How many cells are numbers, and how many are texts; the others are missing. */
  readonly count: { readonly numbers: number; readonly texts: number }
}

/** @category models @since 0.3.0 */
export interface Table {
  /** What messages call it. */
  readonly source: string
  readonly rows: number
  readonly columns: ReadonlyArray<TableColumn>
  /** The line of a row in the file, from 1, where there are lines. */
  readonly line?: (row: number) => number
  /** What the cells of a text are split at, in words, such as "commas". */
  readonly splitAt?: string
  /** The cells that it was read with as missing, where they were given. */
  readonly missing?: ReadonlyArray<string>
  /** How many columns the file has, where it has no names and its columns are called by their places. */
  readonly places?: number
}

/** More different texts than this in one column are no categories: names, identifiers, dates. */
export const MAX_TEXTS = 1000
