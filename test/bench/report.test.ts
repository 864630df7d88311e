// docs/PERFORMANCE.md from the benchmark's own lines.
import { expect, it } from "vitest"
import { linesOf } from "../../bench/lines.ts"
import { report } from "../../bench/report.ts"
import { lines } from "./measured.ts"

const printed = `> effect-bayes bench\n\n${lines.map((line) => JSON.stringify(line)).join("\n")}\n`

it("reads the lines back from what npm printed", () => {
  expect(linesOf(printed)).toEqual(lines)
})

it("says what was measured and on what, each number as it was printed", () => {
  const text = report(linesOf(printed))
  const machine =
    'A processor, 2 cores, 24 GB, linux x64. Node v24.0.0, effect-bayes 0.4.0 (engine "simd"), PyTorch 2.13.0.'
  expect(text.split(machine).length).toBe(2) // once
  expect(text).toContain("- **uci**: 13 - 50 - 1, batch 32\n")
  expect(text).toContain("| uci      | 0.0112 | 0.0109 | 1 thread |   0.580 | 0.570 | 2 threads, fused |  51.8 |")
  expect(text).toContain("| exp                | 0.809 |   ns |")
  expect(text).toContain(
    "| a step against threads | width | batch |   ms |\n| ---------------------- | ----: | ----: | ---: |\n| 2                      |  1200 |   128 | 23.0 |"
  )
  expect(text).toContain("| mnist1200   |       5 |      148 |           - |")
  expect(text.match(/^## .*$/gm)).toEqual(["## Against PyTorch", "## Kernels", "## Scaling", "## Memory"])
})

it("keeps apart what was measured under other flags", () => {
  const flagged = lines.map((line) => ({ ...line, machine: { ...line.machine, node: "v24.0.0 --fast" } }))
  const [before = "", after = ""] = report([...lines, ...flagged.slice(1, 2)]).split("Node v24.0.0 --fast,")
  expect(before.match(/^## /gm)).toHaveLength(4)
  expect(after.match(/^## .*$/gm)).toEqual(["## Against PyTorch"])
})

it("leaves out what was not measured, and refuses nothing at all", () => {
  expect(report(lines.slice(2, 3)).match(/^## .*$/gm)).toEqual(["## Kernels"])
  expect(() => report([])).toThrow("no line of --json to report")
})
