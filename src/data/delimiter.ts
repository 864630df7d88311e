/**
 * What stands between the cells of a table: named, or seen in the first line.
 *
 * @since 0.3.0
 */
import { ConfigError } from "../core/errors.ts"

/** One character; a blank stands for runs of white space. @category models @since 0.3.0 */
export type Delimiter = string

/** Names, as shells make something else of most of these; a backslash and a t are what they leave of a tab. */
const NAMES = /*#__PURE__*/ new Map([
  ["comma", ","],
  ["tab", "\t"],
  ["\\t", "\t"],
  ["semicolon", ";"],
  ["bar", "|"],
  ["space", " "]
])
const COMMON = [",", "\t", ";", "|"]
const PLURALS: Readonly<Record<string, string>> = {
  ",": "commas",
  "\t": "tabs",
  ";": "semicolons",
  "|": "bars",
  " ": "white space"
}

/** A delimiter in words, in the plural. @category getters @since 0.3.0 */
export const inWords = (delimiter: Delimiter): string => PLURALS[delimiter] ?? `"${delimiter}"`

/**
 * A delimiter by what a user calls it: itself, or by name; "space" is for runs of white space.
 *
 * **Errors**: `ConfigError` for what is neither one character nor a name, and for quotes and line breaks.
 *
 * @category constructors
 * @since 0.3.0
 */
export const fromOption = (option: string): Delimiter => {
  const delimiter = NAMES.get(option) ?? option
  if (delimiter.length === 1 && !/["\r\n\uFEFF\uD800-\uDFFF]/.test(delimiter)) return delimiter
  const expected = 'one character that is no quote or line break, "comma", "tab", "semicolon", "bar" or "space"'
  throw new ConfigError({ option: "delimiter", expected, actual: JSON.stringify(option) })
}

/**
 * Looks for the first line that is not blank in a text as it streams by: where it ends, behind its line break, counted from
 * the text's start; 0 while that has not come.
 *
 * @category getters
 * @since 0.3.0
 */
export const firstLineEnd = (): ((text: string) => number) => {
  let [quoted, filled, seen] = [false, false, 0]
  return (text) => {
    for (let i = 0; i < text.length; i++) {
      const c = text[i]!
      if (c === '"') quoted = !quoted
      if (filled && !quoted && (c === "\n" || c === "\r")) return seen + i + 1
      filled ||= c.trim() !== ""
    }
    seen += text.length
    return 0
  }
}

/** A number whose decimals may stand behind a comma. */
const COMMA_NUMBER = /^[+-]?\d+(,\d+)?(e[+-]?\d+)?$/i

/** The delimiter between cells that are all such numbers: what is left of `1,5;2,3` at commas is no number, and no text. */
const betweenNumbers = (line: string): Delimiter | undefined =>
  ["\t", ";", "|", " "].find((delimiter) => {
    const cells = line
      .trim()
      .split(delimiter)
      .map((cell) => cell.trim())
      .filter((cell) => delimiter !== " " || cell !== "")
    return cells.length > 1 && cells.every((cell) => COMMA_NUMBER.test(cell))
  })

/**
 * The delimiter of a text by its first line that is not blank: the commonest of comma, tab, semicolon and bar outside
 * quotes, but for commas that stand inside numbers; else white space, if it stands between cells; else the comma.
 *
 * @category constructors
 * @since 0.3.0
 */
export const detect = (text: string): Delimiter => {
  const outside = text.replaceAll(/"[^"]*("|$)/g, '"')
  const line = outside.split(/[\r\n]/).find((each) => each.trim() !== "") ?? ""
  const count = (delimiter: Delimiter): number => line.split(delimiter).length - 1
  const commonest = COMMON.reduce((best, next) => (count(next) > count(best) ? next : best))
  if (commonest === "," && count(",") > 0) return betweenNumbers(line) ?? ","
  if (count(commonest) > 0) return commonest
  return line.trim().includes(" ") ? " " : ","
}
