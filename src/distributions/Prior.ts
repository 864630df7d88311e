/**
 * What is believed of a weight before the data: a density, and its divergence from a normal posterior.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { DType } from "../core/Shape.ts"
import { type Definition, define, type Spec } from "../core/Spec.ts"
import type { Tensor } from "../core/Tensor.ts"
import { kernels } from "../kernels/index.ts"
import * as Normal from "./Normal.ts"

/** A prior over every weight of a tensor, independently. @category models @since 0.1.0 */
export interface Prior {
  readonly spec: Spec
  /** log p(w) in nats, summed over w. */
  logProb(w: Tensor): number
  /** KL(q || prior) in nats, summed over weights: >= 0, and exactly 0 where q is the prior. */
  kl(q: Normal.Normal): number
  klGrad(q: Normal.Normal): Normal.Grad
}

/**
 * N(mean, std^2) for every weight; N(0, 1) unless said otherwise.
 *
 * The parameters are kept rounded to the dtype of the weights, so a posterior can equal the prior exactly.
 * **Errors**: `ConfigError` unless std is from 1e-150 to 1e150 and float32 can hold the mean.
 *
 * @category constructors
 * @since 0.1.0
 */
export const normal = (options?: { readonly mean?: number; readonly std?: number }): Prior => {
  const { mean = 0, std = 1 } = options ?? {}
  const params: Readonly<Record<DType, Normal.Normal>> = {
    float32: Normal.make({ mean, std, dtype: "float32" }),
    float64: Normal.make({ mean, std, dtype: "float64" })
  }
  return {
    spec: { kind: "normal", mean, std },
    logProb: (w) => kernels(w.dtype).sum(Normal.logProb(params[w.dtype], w)),
    kl: (q) => Normal.kl({ q, p: params[q.mean.dtype] }),
    klGrad: (q) => Normal.klGrad({ q, p: params[q.mean.dtype] })
  }
}

/** The kinds of prior that can be rebuilt from a spec. @category registry @since 0.1.0 */
export const definitions: ReadonlyArray<Definition<Prior>> = [
  define("normal", Schema.Struct({ mean: Schema.Finite, std: Schema.Finite }), normal)
]
