/**
 * What the network's output says of a target: a density, its gradient, and what it predicts.
 *
 * A likelihood has parameters of its own (a learned noise, say), which are trained with the network's. A mean squared
 * error is none: it leaves open how far the data lie from the prediction, which a Gaussian with its std answers.
 *
 * @since 0.1.0
 */
import type { Key } from "../core/Key.ts"
import type { Shape } from "../core/Shape.ts"
import type { Definition, Spec } from "../core/Spec.ts"
import { type Tensor, zeros } from "../core/Tensor.ts"
import type { Shapes } from "../core/Tree.ts"

/** L: the likelihood's own parameters, `{}` where it has none. @category models @since 0.1.0 */
export interface Likelihood<L> {
  readonly spec: Spec
  readonly shapes: Shapes<L>
  init(key: Key): L
  /**
   * -log p(target | output) in nats, summed over the batch and the targets. `weights` [B], if given, count each row that
   * many times: a finite number from 0, in the output's dtype. Nothing is divided by their sum.
   */
  nll(params: L, output: Tensor, target: Tensor, weights?: Tensor): number
  nllGrad(
    params: L,
    output: Tensor,
    target: Tensor,
    weights?: Tensor
  ): { readonly dParams: L; readonly dOutput: Tensor }
  /**
   * For targets that not every number is: throws a `ConfigError` for one that cannot be, naming its row, given the shape
   * of an output without its batch axis. Training looks at all targets before the first step.
   */
  assertTargets?(outShape: Shape, target: Tensor, weights?: Tensor): void
}

/**
 * Targets that do not depend on the output are wrong, if they are, whatever it is: tries `nll` on an output of zeros.
 *
 * @category assertions
 * @since 0.2.0
 */
export const onZeros =
  (
    nll: (output: Tensor, target: Tensor, weights?: Tensor) => number
  ): NonNullable<Likelihood<unknown>["assertTargets"]> =>
  (outShape, target, weights) => {
    const [rows = 0] = target.shape
    nll(zeros({ shape: [rows, ...outShape], dtype: target.dtype }), target, weights)
  }

/**
 * The distributions of targets given one output [B, T], in row-major order: number i is row i / T, target i % T.
 *
 * @category models
 * @since 0.1.0
 */
export interface Conditional {
  readonly mean: Float64Array
  readonly variance: Float64Array
  /** log p(y) of number i, in nats. */
  logPdf(i: number, y: number): number
  /** P(target <= y) of number i. */
  cdf(i: number, y: number): number
}

/**
 * A likelihood of one choice among classes 0 ... C - 1, which can be asked how probable each is.
 *
 * @category models
 * @since 0.2.0
 */
export interface Classes<L> extends Likelihood<L> {
  /** P(class | output) [B, C], float64, each row summing to 1; column k is class k. */
  probabilities(params: L, output: Tensor): Tensor
}

/**
 * A likelihood of counts, which can be asked for what it predicts: the `logPdf` of a count is the logarithm of its
 * probability (of what is no count -Infinity), and the distribution function rises in steps.
 *
 * @category models
 * @since 0.2.0
 */
export interface Counts<L> extends Likelihood<L> {
  counts(params: L, output: Tensor): Conditional
}

/** A likelihood of real targets, which can be asked for what it predicts. @category models @since 0.1.0 */
export interface Continuous<L> extends Likelihood<L> {
  conditional(params: L, output: Tensor): Conditional
}

/** How a kind of likelihood is made again, its parts found among all definitions. @category registry @since 0.2.0 */
export type LikelihoodDefinition = Definition<Likelihood<unknown>, ReadonlyArray<LikelihoodDefinition>>
