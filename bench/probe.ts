/**
 * The speed probe: one fixed product on one thread, as machines change their speed under a benchmark.
 */
import { exports, floats } from "../test/kernels/simd/harness.ts"
import { least } from "./timing.ts"

/** A product [rows, inputs] x [inputs, outputs] of the engine, ready to be run. */
export const product = (rows: number, inputs: number, outputs: number): (() => void) => {
  const sizes = [rows, inputs, outputs] as const
  const filled = (count: number) => floats(Float32Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 101 - 0.5))
  const room = (count: number) => floats(new Float32Array(count))
  const [x, weight, y] = [filled(rows * inputs), filled(outputs * inputs), room(rows * outputs)]
  const tmp = room(exports.affineTmp(...sizes) / 4)
  return () => exports.affine(x, weight, 0, y, ...sizes, tmp)
}

/** Operations a millisecond as GFLOP/s. */
export const gflops = (operations: number, milliseconds: number): number => operations / milliseconds / 1e6

const SIZES = [128, 1200, 1200] as const
export const PROBE = `[${SIZES[0]} x ${SIZES[1]}] x [${SIZES[1]} x ${SIZES[2]}]`

let ready: (() => void) | undefined

/** The speed of the probe now, in GFLOP/s. */
export const probe = (): number => {
  ready ??= product(...SIZES)
  const milliseconds = least(ready)
  return Math.round(10 * gflops(2 * SIZES[0] * SIZES[1] * SIZES[2], milliseconds)) / 10
}
