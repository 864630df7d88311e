/**
 * For your own test suite: the laws that every layer, posterior, distribution, likelihood and optimizer obeys, and
 * the random values to check them on.
 *
 * @example
 * ```ts
 * import { Linear } from "effect-bayes"
 * import { laws } from "effect-bayes/testing"
 *
 * const layer = Linear.make({ in: 3, out: 2 }) // or a layer of your own
 * for (const law of laws.layer(layer, { inShape: [3] })) law.check({ numRuns: 5 })
 * ```
 *
 * @since 0.1.0
 */
export * as arbitraries from "./arbitraries.ts"
export { assertGradient, type GradientCase, inner } from "./differences.ts"
export type { Distribution, DistributionOptions } from "./distributionLaws.ts"
export { forAll, forMost, type Law, once, type Tally } from "./Law.ts"
export * as laws from "./laws.ts"
export type { LayerOptions } from "./layerCases.ts"
export type { Lifted } from "./liftedLaws.ts"
export type { LikelihoodOptions, Target } from "./likelihoodCases.ts"
export { assertMean, type GradientMoments, type Moments } from "./moments.ts"
export type { OptimizerOptions } from "./optimizerLaws.ts"
export type { PosteriorOptions } from "./posteriorLaws.ts"
export type { PriorOptions } from "./priorLaws.ts"
export { assertIdentical, assertRepeatable, assertUnmodified, fingerprint } from "./purity.ts"
export { integrate, integrateTo } from "./quadrature.ts"
