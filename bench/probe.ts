/**
 * The speed probe: one fixed product on one thread, as machines change their speed under a benchmark.
 */
import { gflops } from "./kernels.ts"
import { products, type Sizes } from "./raw.ts"
import { least } from "./timing.ts"

const SIZES: Sizes = [128, 1200, 1200]

/** What the probe is. */
export const PROBE = `[${SIZES[0]} x ${SIZES[1]}] x [${SIZES[1]} x ${SIZES[2]}]`

let ready: (() => void) | undefined

/** The speed of the probe now, in GFLOP/s. */
export const probe = (): number => {
  ready ??= products(SIZES)["y = x W^T"]
  return Number(gflops(SIZES, least(ready)).toFixed(1))
}
