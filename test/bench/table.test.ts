// The tables that people read.
import { expect, it } from "vitest"
import { aligned, conditions, duels, markdown, tablesOf, trials } from "../../bench/table.ts"
import { alone, duel, lines } from "./measured.ts"

const oursStep = ["uci", "0.0112", "0.0109", "1 thread"]
const oursDraw = ["uci", "0.0312", "0.0310", "2 threads"]

it("has both sides, their ratio, and what PyTorch's best was", () => {
  expect(duels([duel], "step").rows).toEqual([[...oursStep, "0.580", "0.570", "2 threads, fused", "51.8"]])
  expect(duels([duel], "predict").rows).toEqual([[...oursDraw, "0.0912", "0.0900", "1 thread, eager", "2.92"]])
})

it("leaves the other side empty where there is no PyTorch", () => {
  expect(duels([alone], "step").rows).toEqual([[...oursStep, "-", "-", "-", "-"]])
  expect(duels([alone], "predict").rows).toEqual([[...oursDraw, "-", "-", "-", "-"]])
})

it("tells every variant's trial, and which failed", () => {
  expect(trials([duel, alone], "step")).toEqual({
    head: ["trial of a step, ms", "ours, 1", "eager, 1", "eager, 2", "compiled, 1"],
    rows: [
      ["uci", "0.0109", "0.900", "0.800", "failed"],
      ["uci", "0.0109", "-", "-", "-"]
    ]
  })
  expect(trials([duel], "predict").rows).toEqual([["uci", "0.0311", "0.0900", "0.100", "failed"]])
})

it("tells how fast and how busy the machine was", () => {
  expect(conditions([duel]).rows).toEqual([["uci", "49.6", "50.1", "0 %", "0 %"]])
})

it("makes tables of what there is alone, each row as long as the head", () => {
  const tables = tablesOf(lines)
  expect(tables.map(({ rows }) => rows.length)).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
  for (const { head, rows } of tables) expect(rows.map((row) => row.length)).toEqual([head.length])
  expect(tablesOf([])).toEqual([])
})

it("aligns names to the left and numbers to the right", () => {
  const table = { head: ["name", "ms"], rows: [["toy", "0.0113"]] }
  expect(aligned(table)).toBe("name      ms\ntoy   0.0113")
  expect(markdown(table)).toBe("| name |     ms |\n| ---- | -----: |\n| toy  | 0.0113 |")
})
