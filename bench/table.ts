/**
 * What is measured, as lines of text for people.
 */
import type { Row } from "./duel.ts"
import { digits } from "./statistics.ts"

/** Cells padded to the widths of their columns: the first to the right, the others to the left. */
export const aligned = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd()
  )
}

export const HEAD: ReadonlyArray<string> = [
  "configuration",
  "step, ms",
  "threads",
  "PyTorch, ms",
  "ratio",
  "draw, ms",
  "threads",
  "PyTorch, ms",
  "ratio",
  "probe, GFLOP/s",
  "PyTorch's best: step; draw"
]

const times = (ratio: number | undefined): string => (ratio === undefined ? "-" : digits(ratio))

/** "PyTorch 2.13 fused, 2 threads" without what every row has alike. */
const short = (name: string): string => name.replace(/^PyTorch \S+ /, "")

/** The cells of a row of the table. */
export const cells = ({ config, ours, peer, ratio, predict, probe }: Row): ReadonlyArray<string> => [
  config,
  digits(ours.median_ms),
  String(ours.threads),
  times(peer?.median_ms),
  times(ratio),
  digits(predict.ours_ms),
  String(predict.ours_threads),
  times(predict.peer_ms),
  times(predict.ratio),
  `${probe[0]}, ${probe[1]}`,
  peer === undefined ? "-" : `${short(peer.name)}; ${short(predict.peer_name ?? "-")}`
]
