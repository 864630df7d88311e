/**
 * Whether all environments came to the same bits, and those that are known, as text.
 */
import { markdownTable } from "../lib/markdownTable.ts"
import type { Outcome } from "./job.ts"
import type { Hashes } from "./known.ts"
import { type Run, stepsOf } from "./runs.ts"

/** What one environment came to on so many threads, or why it could not be asked. */
export interface Result {
  readonly name: string
  readonly version: string
  readonly threads: number
  /** The names of the runs that it was to take, and why there are not more. */
  readonly asked: ReadonlyArray<string>
  readonly why?: string
  readonly outcomes: ReadonlyArray<Outcome>
  /** There is no such engine on this machine. */
  readonly absent?: string
  /** There is, and it failed. */
  readonly failed?: string
}

export const hashesOf = ({ outcomes }: Result): Hashes =>
  Object.fromEntries(outcomes.flatMap(({ name, hash }) => (hash === undefined ? [] : [[name, hash]])))

/** The names of runs that came to other bits than they should have, or to nothing. */
export const differing = (expected: Hashes, result: Result): ReadonlyArray<string> => {
  const hashes = hashesOf(result)
  return result.asked.filter((name) => hashes[name] !== expected[name])
}

const verdict = (expected: Hashes, result: Result): string => {
  if (result.absent !== undefined) return `not here: ${result.absent}`
  if (result.failed !== undefined) return `FAILED: ${result.failed}`
  const different = differing(expected, result)
  const all = result.asked.length
  const parts = [`${all - different.length} of ${all}`]
  if (different.length > 0) parts.push(`OTHERS: ${different.join("; ")}`)
  if (result.why !== undefined) parts.push(`${Object.keys(expected).length - all} left out: ${result.why}`)
  return parts.join("; ")
}

/** A line for each environment. */
export const environmentTable = (expected: Hashes, results: ReadonlyArray<Result>): ReadonlyArray<string> =>
  markdownTable([
    ["environment", "version", "threads", "runs with these bits"],
    ...results.map((result) => [result.name, result.version, String(result.threads), verdict(expected, result)])
  ])

/** A line for each run. */
export const runTable = (runs: ReadonlyArray<Run>, hashes: Hashes): ReadonlyArray<string> =>
  markdownTable([
    ["run", "steps", "SHA-256 of what it came to"],
    ...runs.map((run) => [run.name, String(stepsOf(run)), hashes[run.name] ?? "none"])
  ])
