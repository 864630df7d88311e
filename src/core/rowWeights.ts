/** How many times each row of a batch counts: once, or as often as the row's weight says. */
import { ConfigError } from "./errors.ts"
import * as Shape from "./Shape.ts"
import { storage } from "./storage.ts"
import type { Tensor } from "./Tensor.ts"

/** **Errors**: `ShapeError` unless weights are [B] in the output's dtype, `ConfigError` for one that is no weight. */
export const rowWeights = (output: Tensor, weights: Tensor | undefined): ((row: number) => number) => {
  if (weights === undefined) return () => 1
  Shape.assertSame("weights of the rows", { dtype: output.dtype, shape: [output.shape[0]!] }, weights)
  const ws = weights[storage]
  for (let row = 0; row < ws.length; row++) {
    if (Number.isFinite(ws[row]!) && ws[row]! >= 0) continue
    throw new ConfigError({
      option: `weight of row ${row}`,
      expected: "a finite number from 0",
      actual: String(ws[row])
    })
  }
  return (row) => ws[row]!
}
