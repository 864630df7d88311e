/** What reductions need in tests. */
import * as harness from "./harness.ts"

const block = harness.exports.REDUCTION_BLOCK.value

/** Around a vector, around a block, and several blocks. */
export const SIZES = [0, 1, 3, 4, 5, block - 1, block, block + 1, 3 * block + 7]

/** Room for the sums of n elements' blocks. */
export const partials = (n: number): number => harness.allocate(8 * Math.ceil(n / block))
