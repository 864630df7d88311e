// Lines such as the benchmark prints, for the tests of its tables and its report.
import type { Row } from "../../bench/duel.ts"
import type { Line } from "../../bench/lines.ts"
import type { Machine } from "../../bench/machine.ts"

const ours = { mode: "ours", threads: 1, step_ms: 0.0109, predict_ms: 0.0311 }

/** Ours without PyTorch. */
export const alone: Row = {
  config: "uci",
  ours: { mode: "ours", threads: 1, median_ms: 0.0112, min_ms: 0.0109 },
  busy: 0.004,
  predict: { ours_ms: 0.0312, ours: { mode: "ours", threads: 2, median_ms: 0.0312, min_ms: 0.031 }, busy: 0 },
  probe: [49.6, 50.1],
  trials: { ours: [ours] }
}

export const duel: Row = {
  ...alone,
  peer: { name: "PyTorch 2.13.0, fused", mode: "fused", threads: 2, median_ms: 0.58, min_ms: 0.57 },
  ratio: 51.79,
  predict: {
    ...alone.predict,
    peer_ms: 0.0912,
    peer: { name: "PyTorch 2.13.0, eager", mode: "eager", threads: 1, median_ms: 0.0912, min_ms: 0.09 },
    ratio: 2.923
  },
  trials: {
    ours: [ours],
    peer: [
      { mode: "eager", threads: 1, step_ms: 0.9, predict_ms: 0.09 },
      { mode: "eager", threads: 2, step_ms: 0.8, predict_ms: 0.1 },
      { mode: "compiled", threads: 1, error: "no compiler" }
    ]
  }
}

const machine: Machine = {
  cpu: "A processor",
  cores: 2,
  memory_gb: 24,
  system: "linux x64",
  node: "v24.0.0",
  library: "0.4.0",
  engine: "simd",
  peer: "2.13.0"
}

export const lines: ReadonlyArray<Line> = [
  { memory: "mnist1200", seconds: 5, ours_mb: 148, machine },
  { ...duel, machine },
  { kernel: "exp", value: 0.8086, unit: "ns", machine },
  { scaling: "threads", width: 1200, batch: 128, threads: 2, step_ms: 23.04, machine }
]
