// What the weight of the KL must be, for ours and for the broken ones.
import type { KlWeighting } from "effect-bayes"

/** Numbers of batches, beyond those where powers of two end: 2^1024 is infinite, 2^-1075 is 0. */
export const BATCHES = [1, 2, 3, 1000, 1024, 5000]

/** Throws unless the shares of an epoch are each from 0 to 1 and sum to one. */
export const assertShares = (share: KlWeighting.Share, batches: number): void => {
  let sum = 0
  for (let batch = 0; batch < batches; batch++) {
    const s = share(batch, batches)
    if (!(s >= 0 && s <= 1)) throw new Error(`the share of batch ${batch} of ${batches} is ${s}`)
    sum += s
  }
  // Rounding of at most 5000 terms that sum to 1.
  if (!(Math.abs(sum - 1) < 1e-12)) throw new Error(`the shares of ${batches} batches sum to ${sum}`)
}

/** Whether a loss made of an NLL and a KL counts the KL the more the warmer it is, and once at 1. */
export const temperatureIsRight = (loss: (nll: number, kl: number, temperature: number) => number): boolean =>
  Math.abs(loss(3, 5, 1) - 8) < 1e-12 && Math.abs(loss(3, 5, 2) - 13) < 1e-12 && Math.abs(loss(3, 5, 0.5) - 5.5) < 1e-12
