/**
 * The linear layer of Bayes by Backprop: `bayesian(Linear, meanField)`, weight and bias both distributions.
 *
 * @since 0.1.0
 */
import { type MeanField, type MeanFieldOptions, meanField } from "../distributions/index.ts"
import { bayesian, type Options as EstimatorOptions } from "./bayesian.ts"
import type { Estimator, EstimatorNoise } from "./Estimator.ts"
import type { Layer } from "./Layer.ts"
import * as Linear from "./Linear.ts"

/** { mean, logStd } of the weight [out, in] and of the bias [out]. @category models @since 0.1.0 */
export type Params<B extends boolean = true> = MeanField<Linear.ParamsFor<B>>

/** Standard normal noise: weight [out, in], bias [out], unless an estimator has another. @category models @since 0.1.0 */
export type Noise<B extends boolean = true, K extends Estimator = "reparameterization"> = EstimatorNoise<
  K,
  Linear.ParamsFor<B>
>

/**
 * Those of `Linear`, those of `meanField` (the prior, default N(0, 1), and the initial std), and the estimator, default
 * "reparameterization". @category models @since 0.1.0
 */
export interface Options<B extends boolean = boolean, K extends Estimator = Estimator>
  extends Linear.Options<B>,
    MeanFieldOptions,
    EstimatorOptions<K> {}

/**
 * **Shapes**: x [B, ..., in] -> y [B, ..., out]. **Source**: Blundell et al. 2015, section 3.2.
 *
 * @example
 * ```ts
 * import { BayesianLinear, Key, Tensor } from "effect-bayes"
 *
 * const layer = BayesianLinear.make({ in: 3, out: 2 })
 * const params = layer.init(Key.make(0))
 * const y = layer.forward(params, Tensor.from([[1, 2, 3]]), layer.noise(Key.make(1), 1))
 * y.shape // => [1, 2]
 * layer.kl(params) > 0 // => true
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <const B extends boolean = true, const K extends Estimator = "reparameterization">(
  options: Options<B, K>
): Layer<Params<B>, Noise<B, K>> => {
  const { prior, initialStd, estimator, ...linear } = options
  return bayesian(
    Linear.make(linear as Linear.Options<B>),
    meanField<Linear.ParamsFor<B>>({
      ...(prior === undefined ? {} : { prior }),
      ...(initialStd === undefined ? {} : { initialStd })
    }),
    estimator === undefined ? {} : { estimator }
  )
}
