// The table that people read.
import { expect, it } from "vitest"
import { aligned, cells } from "../../bench/table.ts"

const alone = {
  config: "uci",
  ours: { median_ms: 0.0112, min_ms: 0.0109, threads: 1 },
  predict: { ours_ms: 0.0312, ours_threads: 2 },
  probe: [49.6, 50.1]
} as const

const duel = {
  ...alone,
  peer: { name: "PyTorch 2.13.0 fused, 2 threads", median_ms: 0.58, min_ms: 0.57 },
  ratio: 51.79,
  predict: {
    ours_ms: 0.0312,
    ours_threads: 2,
    peer_ms: 0.0912,
    peer_name: "PyTorch 2.13.0 eager, 1 thread",
    ratio: 2.923
  }
} as const

it("has both sides, their ratio, and what PyTorch's best was", () => {
  const best = "fused, 2 threads; eager, 1 thread"
  const expected = ["uci", "0.0112", "1", "0.580", "51.8", "0.0312", "2", "0.0912", "2.92", "49.6, 50.1", best]
  expect(cells(duel)).toEqual(expected)
})

it("leaves the other side empty where there is no PyTorch", () => {
  expect(cells(alone)).toEqual(["uci", "0.0112", "1", "-", "-", "0.0312", "2", "-", "-", "49.6, 50.1", "-"])
})

it("aligns names to the left and numbers to the right", () => {
  expect(
    aligned([
      ["name", "ms"],
      ["toy", "0.0113"]
    ])
  ).toEqual(["name      ms", "toy   0.0113"])
})
