/**
 * How uncertain a class is, in two parts: what the weights' draws agree on being open, and what they disagree about.
 *
 * @since 0.2.0
 */
import { expm1MinusX, log } from "../core/math.ts"

/** Probabilities of rows x classes, row-major: one array for each draw. */
type Draws = ReadonlyArray<Float64Array>

/**
 * KL(p || m) of one class, p log(p / m) - p + m: never negative, and the whole divergence once summed over classes. A mean
 * of 0 is one of probabilities so small that their share in it underflows.
 */
const divergence = (p: number, m: number): number => {
  if (p === 0 || m === 0) return m
  const ratio = p / m
  const near = ratio > 0.5 && ratio < 2
  return near ? p * expm1MinusX(-log(ratio)) : p * log(ratio) + (m - p)
}

/**
 * Of one row with C classes, numbers first ... first + C - 1: mean probabilities, and in nats the mean entropy of the
 * draws (aleatoric) and the mean divergence of the draws from their mean (epistemic, the mutual information of class and
 * weights). Their sum is the entropy of the mean.
 *
 * **Source**: Depeweg et al. 2018, equation 2. **Numerics**: each part is summed from terms that are not negative.
 */
export const ofRow = (
  draws: Draws,
  first: number,
  classes: number
): { readonly mean: Float64Array; readonly aleatoric: number; readonly epistemic: number } => {
  const mean = new Float64Array(classes)
  let aleatoric = 0
  let epistemic = 0
  for (let k = 0; k < classes; k++) {
    for (const p of draws) mean[k]! += p[first + k]! / draws.length
    for (const p of draws) {
      const pk = p[first + k]!
      if (pk > 0) aleatoric -= pk * log(pk)
      epistemic += divergence(pk, mean[k]!)
    }
  }
  return { mean, aleatoric: aleatoric / draws.length, epistemic: epistemic / draws.length }
}
