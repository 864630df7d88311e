// The tables that people read.
import { expect, it } from "vitest"
import { aligned, duels, markdown, modes, predictions, tablesOf } from "../../bench/table.ts"
import { alone, duel, lines } from "./measured.ts"

it("has both sides, their ratio, and what PyTorch's best was", () => {
  expect(duels([duel]).rows).toEqual([["uci", "0.0112", "1", "0.580", "fused, 2 threads", "51.8", "49.6, 50.1"]])
  expect(predictions([duel]).rows).toEqual([["uci", "0.0312", "2", "0.0912", "eager, 1 thread", "2.92"]])
})

it("leaves the other side empty where there is no PyTorch", () => {
  expect(duels([alone]).rows).toEqual([["uci", "0.0112", "1", "-", "-", "-", "49.6, 50.1"]])
  expect(predictions([alone]).rows).toEqual([["uci", "0.0312", "2", "-", "-", "-"]])
})

it("tells of PyTorch's modes the better number of threads, and which failed", () => {
  const { head, rows } = modes([duel])
  expect(head.slice(1)).toEqual(["step, eager", "draw, eager", "step, compiled", "draw, compiled"])
  expect(rows).toEqual([["uci", "0.800", "0.0900", "failed", "failed"]])
})

it("makes tables of what there is alone, each row as long as the head", () => {
  const tables = tablesOf(lines)
  expect(tables.map(({ rows }) => rows.length)).toEqual([1, 1, 1, 1, 1, 1])
  for (const { head, rows } of tables) expect(rows.map((row) => row.length)).toEqual([head.length])
  expect(tablesOf([])).toEqual([])
})

it("aligns names to the left and numbers to the right", () => {
  const table = { head: ["name", "ms"], rows: [["toy", "0.0113"]] }
  expect(aligned(table)).toBe("name      ms\ntoy   0.0113")
  expect(markdown(table)).toBe("| name | ms |\n| --- | ---: |\n| toy | 0.0113 |")
})
