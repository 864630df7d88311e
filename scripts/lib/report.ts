// Reads what vitest's JSON reporter wrote.
import { existsSync, readFileSync } from "node:fs"

interface Assertion {
  readonly status: string
  readonly fullName: string
}

interface Report {
  readonly testResults: ReadonlyArray<{ readonly assertionResults: ReadonlyArray<Assertion> }>
}

/** Counts of passed and failed tests and the names of skipped ones; all empty if there is no report. */
export const readReport = (path: string) => {
  const report: Report = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Report) : { testResults: [] }
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const withStatus = (wanted: string) => tests.filter(({ status }) => status === wanted)
  const [passed, failed] = [withStatus("passed").length, withStatus("failed").length]
  const skipped = tests.filter(({ status }) => status !== "passed" && status !== "failed").map((t) => t.fullName)
  return { passed, failed, skipped }
}
