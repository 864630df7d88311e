// Tables of Markdown as the formatter writes them: columns stand under each other.

/** The head and the rows, of as many cells each; all columns but the first stand to the right where they are `numbers`. */
export const markdownTable = (
  [head = [], ...rows]: ReadonlyArray<ReadonlyArray<string>>,
  { numbers = false } = {}
): ReadonlyArray<string> => {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]!.length)))
  const isRight = (column: number) => numbers && column > 0
  const line = (row: ReadonlyArray<string>) =>
    `| ${row.map((cell, i) => (isRight(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join(" | ")} |`
  const rule = widths.map((width, i) => (isRight(i) ? `${"-".repeat(width - 1)}:` : "-".repeat(width)))
  return [line(head), line(rule), ...rows.map(line)]
}
