// The tables of `npm run bits` say what differs, what is not here and what has failed.
import { describe, expect, it } from "@effect/vitest"
import { differing, environmentTable, hashesOf, type Result, runTable } from "../../scripts/bits/compare.ts"
import { quickRuns } from "../../scripts/bits/runs.ts"

const expected = { a: "01", b: "02" }

const result = (hashes: Readonly<Record<string, string>>, more: Partial<Result> = {}): Result => ({
  name: "an engine",
  version: "1.2",
  threads: 2,
  asked: Object.keys(expected),
  outcomes: Object.entries(hashes).map(([name, hash]) => ({ name, hash, threads: 2, engine: "simd", bits: 1 })),
  ...more
})

describe("differing", () => {
  it("names runs with other hashes, and with none", () => {
    expect(differing(expected, result(expected))).toEqual([])
    expect(differing(expected, result({ a: "01", b: "03" }))).toEqual(["b"])
    expect(differing(expected, result({ b: "02" }))).toEqual(["a"])
    expect(hashesOf(result(expected))).toEqual(expected)
  })
})

describe("environmentTable", () => {
  it("has a line for each environment, with what is wrong or missing", () => {
    const lines = environmentTable(expected, [
      result(expected),
      result({ a: "01", b: "03" }),
      result({ b: "02" }, { asked: ["b"], why: "too slow" }),
      result({}, { absent: "no such program", version: "-" }),
      result({}, { failed: "it ended with 1" })
    ])
    const cells = lines.map((line) => line.split("|").map((cell) => cell.trim())[4])
    expect(cells.slice(2)).toEqual([
      "2 of 2",
      "1 of 2; OTHERS: b",
      "1 of 1; 1 left out: too slow",
      "not here: no such program",
      "FAILED: it ended with 1"
    ])
    expect(new Set(lines.map((line) => line.length)).size).toBe(1)
  })
})

describe("runTable", () => {
  it("has a line for each run, with its steps and its hash", () => {
    const run = quickRuns[0]!
    expect(runTable([run], { [run.name]: "01" }).at(-1)).toMatch(/^\| small regression, sgd, .* \| 6 +\| 01 +\|$/)
    expect(runTable([run], {}).at(-1)).toMatch(/\| none +\|$/)
  })
})
