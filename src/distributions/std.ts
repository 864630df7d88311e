/** What a standard deviation may be, for all that are given one. */
import { assertConfig } from "../core/errors.ts"

/** Precisions exp(-2 logStd), and what the densities multiply with them, stay inside the range of float64. */
const SMALLEST = 1e-150
const LARGEST = 1e150

/** Throws a `ConfigError` unless `std` is one; `expected` says what a number above 0 is called there. */
export const assertStd = (option: string, expected: string, std: number): void => {
  assertConfig(Number.isFinite(std) && std > 0, option, expected, std)
  assertConfig(std >= SMALLEST && std <= LARGEST, option, `a number from ${SMALLEST} to ${LARGEST}`, std)
}
