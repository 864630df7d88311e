/**
 * What a likelihood is tried on: parameters, outputs, targets of its kinds and weights of the rows.
 *
 * @since 0.2.0
 */
import fc from "fast-check"
import type * as Shape from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import type { Likelihood, LikelihoodDefinition } from "../distributions/Likelihood.ts"
import * as arbitraries from "./arbitraries.ts"

/** What a target is: a real number, a count from 0, or the number of one of so many classes. */
export type Target = "real" | "count" | { readonly classes: number }

/** @category models @since 0.1.0 */
export interface LikelihoodOptions<L> {
  /** The length of a row of the output. */
  readonly outputs: number
  /** What each number of a row of the target is: as many real numbers as outputs unless given. */
  readonly targets?: ReadonlyArray<Target>
  /** How many times each class of its only target counts, where that is not once. */
  readonly classWeights?: ReadonlyArray<number>
  readonly dtype?: Shape.DType
  /** Parameters to try: `arbitraries.params` of the likelihood's shapes unless given, with a logStd in [-1, 1]. */
  readonly params?: fc.Arbitrary<L>
  /** Where the spec's kinds are found (the library's own unless given); false for one that no spec makes again. */
  readonly registry?: ReadonlyArray<LikelihoodDefinition> | false
}

/** One call: the weights [B] are in [0, 2], 0 among them. */
export interface Case<L> {
  readonly params: L
  readonly output: Tensor.Tensor
  readonly target: Tensor.Tensor
  readonly weights: Tensor.Tensor
}

/** The kinds of the targets. */
export const targetsOf = <L>({ targets, outputs }: LikelihoodOptions<L>): ReadonlyArray<Target> =>
  targets ?? Array.from({ length: outputs }, (): Target => "real")

const calm: arbitraries.Ranges = (path) => (/(^|\.)log(Std|Scale)$/.test(path) ? [-1, 1] : [-2, 2])

const drawn = (target: Target): fc.Arbitrary<number> =>
  target === "real" ? arbitraries.number([-2, 2]) : fc.nat(target === "count" ? 8 : target.classes - 1)

/** @category arbitraries @since 0.2.0 */
export const cases = <L>(
  likelihood: Likelihood<L>,
  options: LikelihoodOptions<L>,
  maxBatch = 4
): fc.Arbitrary<Case<L>> => {
  const { outputs, dtype = "float64" } = options
  const targets = targetsOf(options)
  return fc.integer({ min: 1, max: maxBatch }).chain((batch) => {
    const rows = fc.array(fc.tuple(...targets.map(drawn)), { minLength: batch, maxLength: batch })
    return fc.record({
      params: options.params ?? arbitraries.params(likelihood.shapes, { range: calm }),
      output: arbitraries.tensor({ shape: [batch, outputs], dtype }),
      target: rows.map((values) => Tensor.from(values, { dtype, shape: [batch, targets.length] })),
      weights: arbitraries.tensor({ shape: [batch], dtype }, [0, 2], { edges: true })
    })
  })
}
