/**
 * What is measured, as tables of cells: for the terminal, and for documents.
 */
import { markdownTable } from "../scripts/lib/markdownTable.ts"
import type { Duel, Row } from "./duel.ts"
import { isKernel, isMemory, isRow, isScaling, type Measured } from "./lines.ts"
import type { Timed, Variant } from "./side.ts"
import { digits } from "./statistics.ts"

/** The head and the rows; every row has as many cells as the head. */
export interface Table {
  readonly head: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

/** A number, or a dash where there is none. */
const or = (x: number | undefined): string => (x === undefined ? "-" : digits(x))

const threadsText = (threads: number): string => `${threads} ${threads === 1 ? "thread" : "threads"}`

const WHAT = { step: "step", predict: "1,000-row draw" } as const

const duelOf = (row: Row, what: Timed): Duel => (what === "step" ? row : row.predict)

/** Both sides at their best. */
export const duels = (rows: ReadonlyArray<Row>, what: Timed): Table => ({
  head: [`${WHAT[what]}, ms`, "ours", "least", "on", "PyTorch", "least", "on", "ratio"],
  rows: rows.map((row) => {
    const { ours, peer, ratio } = duelOf(row, what)
    return [
      row.config,
      digits(ours.median_ms),
      digits(ours.min_ms),
      threadsText(ours.threads),
      or(peer?.median_ms),
      or(peer?.min_ms),
      peer === undefined ? "-" : `${threadsText(peer.threads)}, ${peer.mode}`,
      or(ratio)
    ]
  })
})

/** What came of every variant's trial. */
export const trials = (rows: ReadonlyArray<Row>, what: Timed): Table => {
  const every = ({ trials: { ours, peer = [] } }: Row) => [...ours, ...peer]
  const name = ({ mode, threads }: Variant) => `${mode}, ${threads}`
  const names = [...new Set(rows.flatMap((row) => every(row).map(name)))]
  const cell = (row: Row, variant: string): string => {
    const found = every(row).find((trial) => name(trial) === variant)
    return found === undefined ? "-" : found.error === undefined ? or(found[`${what}_ms`]) : "failed"
  }
  return {
    head: [`trial of a ${WHAT[what]}, ms`, ...names],
    rows: rows.map((row) => [row.config, ...names.map((variant) => cell(row, variant))])
  }
}

/** What the machine was like meanwhile. */
export const conditions = (rows: ReadonlyArray<Row>): Table => ({
  head: ["the machine", "probe before, GFLOP/s", "probe after", "busy, step", "busy, draw"],
  rows: rows.map(({ config, probe, busy, predict }) => [
    config,
    ...probe.map(String),
    ...[busy, predict.busy].map((busy) => `${Math.round(100 * busy)} %`)
  ])
})

/** What a step's cost is looked at against. */
const BY = ["width", "batch", "threads"] as const

/** Every table that there are numbers for. */
export const tablesOf = (measured: ReadonlyArray<Measured>): ReadonlyArray<Table> => {
  const rows = measured.filter(isRow)
  const scaling = measured.filter(isScaling)
  return [
    duels(rows, "step"),
    duels(rows, "predict"),
    trials(rows, "step"),
    trials(rows, "predict"),
    conditions(rows),
    {
      head: ["kernel, one thread", "value", "unit"],
      rows: measured.filter(isKernel).map(({ kernel, value, unit }) => [kernel, digits(value), unit])
    },
    ...BY.map((by) => {
      const others = BY.filter((one) => one !== by)
      return {
        head: [`a step against ${by}`, ...others, "ms"],
        rows: scaling
          .filter((point) => point.scaling === by)
          .map((point) => [...[by, ...others].map((one) => String(point[one])), digits(point.step_ms)])
      }
    }),
    {
      head: ["peak memory", "seconds", "ours, MB", "PyTorch, MB"],
      rows: measured
        .filter(isMemory)
        .map(({ memory, seconds, ours_mb, peer_mb }) => [
          memory,
          String(seconds),
          String(ours_mb),
          String(peer_mb ?? "-")
        ])
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

/** A table of Markdown, whose first column is names. */
export const markdown = ({ head, rows }: Table): string => markdownTable([head, ...rows], { numbers: true }).join("\n")
