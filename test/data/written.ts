// Tables written as text in every way that has to be read back as the same table.
import fc from "fast-check"
import type { TextOptions } from "../../src/data/csv.ts"
import { gzip, utf8 } from "../files/memory.ts"
import type { Cell } from "./tables.ts"

/** A table as it was written, and what has to come out. */
export interface Written {
  readonly bytes: Uint8Array
  readonly options: TextOptions
  readonly columns: ReadonlyArray<readonly [string, ReadonlyArray<Cell>]>
  readonly lines: ReadonlyArray<number>
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const MISSING = ["", "NA", "N/A", "NaN", "null"]

/** What a text has to be so as not to be a number or missing, once it is trimmed. */
const isText = (text: string) => text !== "" && !text.includes("\0") && !MISSING.includes(text) && !NUMBER.test(text)

const special = fc.constantFrom(...'",;|:\t\n\r .-1eN'.split(""), "\r\n", '""', "é", "語", "🙂", "\uFEFF", "\u2028")
const text = fc
  .oneof(fc.string({ unit: special, maxLength: 8 }), fc.string({ unit: "binary", maxLength: 8 }))
  .map((s) => s.trim())
  .filter(isText)

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 6 })).map(([n, d]) => n / 10 ** d)
)

/** A finite number in one of its spellings. */
const spelled = fc
  .tuple(number, fc.constantFrom("shortest", "exponential", "plus", "zeros"))
  .map(([value, how]): readonly [number, string] => {
    const shortest = Object.is(value, -0) ? "-0" : String(value)
    if (how === "exponential")
      return [value, `${Object.is(value, -0) ? "-" : ""}${value.toExponential().toUpperCase()}`]
    if (how === "plus" && !shortest.startsWith("-")) return [value, `+${shortest}`]
    if (how === "zeros" && /^-?\d/.test(shortest)) return [value, shortest.replace(/^(-?)(\d)/, "$100$2")]
    return [value, shortest]
  })

/** A cell, and its text. */
const cell: fc.Arbitrary<readonly [Cell, string]> = fc.oneof(
  { weight: 4, arbitrary: spelled },
  { weight: 3, arbitrary: text.map((s) => [s, s] as const) },
  { weight: 1, arbitrary: fc.constantFrom(...MISSING).map((s) => [undefined, s] as const) }
)

/** What may be done to a cell without changing what it says. */
const dress = fc.record({
  quoted: fc.boolean(),
  before: fc.constantFrom("", "", " "),
  after: fc.constantFrom("", "", "  ")
})
type Dress = typeof dress extends fc.Arbitrary<infer A> ? A : never

const style = fc.record({
  delimiter: fc.constantFrom(",", "\t", ";", "|", " ", ":"),
  newline: fc.constantFrom("\n", "\r\n", "\r"),
  lastNewline: fc.boolean(),
  mark: fc.boolean(),
  named: fc.boolean(),
  header: fc.boolean(),
  zipped: fc.boolean()
})
type Style = typeof style extends fc.Arbitrary<infer A> ? A : never

/** A cell as it is written: in quotes wherever it could be taken for anything else, or padded with blanks. */
const write = (content: string, { quoted, before, after }: Dress, { delimiter }: Style): string => {
  const inQuotes = quoted || /[",;|:\s]/.test(content) || content.includes("\uFEFF") || content === ""
  if (inQuotes) return `"${before}${content.replaceAll('"', '""')}${after}"`
  return delimiter === " " || delimiter === "\t" ? content : `${before}${content}${after}`
}

const BLANKS = [" ", "  ", "   "]
const GAPS = [" ", "\t", "  ", " \t "]
const breaks = (line: string) => line.match(/\r\n|\r|\n/g)?.length ?? 0

type Line = ReadonlyArray<readonly [Cell, string, Dress]>

const lineOf = (line: Line, style: Style, random: number, gaps: ReadonlyArray<string>): string => {
  const cells = line.map(([, content, dress]) => write(content, dress, style))
  if (style.delimiter !== " ") return cells.join(style.delimiter)
  const [first = "", ...others] = cells
  const gap = (i: number) => gaps[(random + i) % gaps.length]!
  const [before, after] = [random % 3 === 0 ? " " : "", random % 5 === 0 ? gap(2) : ""]
  return `${before}${others.reduce((text, c, i) => text + gap(i) + c, first)}${after}`
}

/** Lines as text; each may have blank ones before it. */
const compose = (
  names: Line,
  rows: ReadonlyArray<Line>,
  layout: ReadonlyArray<{ readonly blank: number; readonly random: number }>,
  style: Style
): Written => {
  let [content, line] = [style.mark ? "\uFEFF" : "", 1]
  const lines: Array<number> = []
  const all = style.header ? [names, ...rows] : rows
  for (const [i, cells] of all.entries()) {
    const { blank, random } = layout[i]!
    content += (random % 2 === 0 ? "" : "  ").concat(style.newline).repeat(blank)
    line += blank
    const written = lineOf(cells, style, random, i === 0 ? BLANKS : GAPS) // a tab in the first line would be taken for the delimiter
    lines.push(line)
    line += 1 + breaks(written)
    content += written + (i < all.length - 1 || style.lastNewline ? style.newline : "")
  }
  const columns = names.map(([, name], c): readonly [string, ReadonlyArray<Cell>] => [
    style.header ? name : `column${c + 1}`,
    rows.map((row) => row[c]![0])
  ])
  const { delimiter, header, named } = style
  const options = {
    ...(named || delimiter === ":" || (!header && delimiter === " ") ? { delimiter } : {}),
    ...(header ? {} : { header })
  }
  const bytes = utf8(content)
  return { bytes: style.zipped ? gzip(bytes) : bytes, options, columns, lines: style.header ? lines.slice(1) : lines }
}

/** Two to five columns, of which the first row says how the file is split, and one to twelve rows. */
export const written: fc.Arbitrary<Written> = fc
  .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 12 }))
  .chain(([width, height]) => {
    const many = <A>(each: fc.Arbitrary<A>, length: number) => fc.array(each, { minLength: length, maxLength: length })
    const names = fc.uniqueArray(text, { minLength: width, maxLength: width })
    const layout = fc.record({ blank: fc.constantFrom(0, 0, 0, 1, 2), random: fc.nat(1000) })
    return fc
      .record({
        names: fc.tuple(names, many(dress, width)),
        rows: many(many(fc.tuple(cell, dress), width), height),
        layout: many(layout, height + 1),
        style
      })
      .map(({ names: [texts, dresses], rows, layout, style }) =>
        compose(
          texts.map((name, c) => [name, name, dresses[c]!] as const),
          rows.map((row) => row.map(([[value, content], dress]) => [value, content, dress] as const)),
          layout,
          style
        )
      )
  })
