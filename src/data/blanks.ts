/**
 * Tables whose cells stand apart by runs of white space: each run outside quotes made one blank, none at a line's ends.
 *
 * @since 0.3.0
 */

const PARTS = /[ \t]+|[\r\n]+|"|[^ \t\r\n"]+/g

/** Text as it streams by -> the same with single blanks; line breaks stay where they are. @category transforms @since 0.3.0 */
export const singleBlanks = (): ((text: string) => string) => {
  let quoted = false
  let atStart = true // of a line
  let gap = false // white space since the last cell
  const single = (part: string): string => {
    if (quoted) {
      quoted = part !== '"'
      return part
    }
    if (part[0] === " " || part[0] === "\t") {
      gap = !atStart
      return ""
    }
    const before = gap && part[0] !== "\n" && part[0] !== "\r" ? " " : ""
    gap = false
    atStart = part[0] === "\n" || part[0] === "\r"
    quoted = part === '"'
    return before + part
  }
  return (text) => text.replace(PARTS, single)
}
