/**
 * What is measured, as tables of cells: for the terminal, and for documents.
 */
import type { Row } from "./duel.ts"
import { isKernel, isMemory, isRow, isScaling, type Measured } from "./lines.ts"
import { digits } from "./statistics.ts"

/** The head and the rows; every row has as many cells as the head. */
export interface Table {
  readonly head: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

/** A number, or a dash where there is none. */
const or = (x: number | undefined): string => (x === undefined ? "-" : digits(x))

/** "PyTorch 2.13 fused, 2 threads" without what every row has alike. */
const short = (name: string | undefined): string => name?.replace(/^PyTorch \S+ /, "") ?? "-"

export const duels = (rows: ReadonlyArray<Row>): Table => ({
  head: ["step, ms", "ours", "threads", "PyTorch", "its best", "ratio", "probe, GFLOP/s"],
  rows: rows.map(({ config, ours, peer, ratio, probe }) => [
    config,
    digits(ours.median_ms),
    String(ours.threads),
    or(peer?.median_ms),
    short(peer?.name),
    or(ratio),
    `${probe[0]}, ${probe[1]}`
  ])
})

export const predictions = (rows: ReadonlyArray<Row>): Table => ({
  head: ["1,000-row draw, ms", "ours", "threads", "PyTorch", "its best", "ratio"],
  rows: rows.map(({ config, predict }) => [
    config,
    digits(predict.ours_ms),
    String(predict.ours_threads),
    or(predict.peer_ms),
    short(predict.peer_name),
    or(predict.ratio)
  ])
})

/** What came of PyTorch's modes and numbers of threads: the best number of each. */
export const modes = (rows: ReadonlyArray<Row>): Table => {
  const all = [...new Set(rows.flatMap(({ trials = [] }) => trials.map(({ mode }) => mode)))]
  const cell = ({ trials = [] }: Row, mode: string, what: "step_ms" | "predict_ms"): string => {
    const found = trials.flatMap(({ [what]: ms, ...trial }) => (trial.mode === mode && ms !== undefined ? [ms] : []))
    return found.length === 0 ? "failed" : digits(Math.min(...found))
  }
  return {
    head: ["PyTorch's trials, ms", ...all.flatMap((mode) => [`step, ${mode}`, `draw, ${mode}`])],
    rows: rows.map((row) => [row.config, ...all.flatMap((m) => [cell(row, m, "step_ms"), cell(row, m, "predict_ms")])])
  }
}

/** Every table that there are numbers for. */
export const tablesOf = (measured: ReadonlyArray<Measured>): ReadonlyArray<Table> => {
  const rows = measured.filter(isRow)
  const scaling = measured.filter(isScaling)
  return [
    duels(rows),
    predictions(rows),
    modes(rows.filter(({ trials }) => trials !== undefined)),
    {
      head: ["kernel, one thread", "", "unit"],
      rows: measured.filter(isKernel).map(({ kernel, value, unit }) => [kernel, digits(value), unit])
    },
    ...(["width", "batch", "threads"] as const).map((by) => ({
      head: [`step against ${by}`, "width", "batch", "threads", "ms"],
      rows: scaling
        .filter((point) => point.scaling === by)
        .map(({ width, batch, threads, step_ms }) => ["", ...[width, batch, threads].map(String), digits(step_ms)])
    })),
    {
      head: ["peak memory", "steps", "ours, MB", "PyTorch, MB"],
      rows: measured
        .filter(isMemory)
        .map(({ memory, steps, ours_mb, peer_mb }) => [memory, String(steps), String(ours_mb), String(peer_mb ?? "-")])
    }
  ].filter(({ rows }) => rows.length > 0)
}

/** Lines of text in which columns stand under each other: the first to the left, the others to the right. */
export const aligned = ({ head, rows }: Table): string => {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (row: ReadonlyArray<string>): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[i] ?? 0))).join("  ")
  return all.map((row) => line(row).trimEnd()).join("\n")
}

/** A table of Markdown. */
export const markdown = ({ head, rows }: Table): string =>
  [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")
