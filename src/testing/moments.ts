/**
 * Sampling against exact values, with both errors bounded: a false alarm and a missed fault.
 *
 * A mean of n independent draws is compared with the exact one at 5 standard errors. By the normal approximation a
 * right sampler is refused with probability below 6e-7 a comparison (and always with the same seed, so never by
 * chance), and one that is off by 8 standard errors or more passes with probability below 2e-3.
 *
 * @since 0.1.0
 */
import fc from "fast-check"
import * as Key from "../core/Key.ts"
import type { Shape } from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import type { Posterior } from "../distributions/index.ts"
import { kernels } from "../kernels/index.ts"
import type { Layer } from "../layers/Layer.ts"
import { assert, type Law, once } from "./Law.ts"

/** Exact moments of each element of an output. @category models @since 0.1.0 */
export interface Moments {
  readonly mean: Float64Array
  readonly variance: Float64Array
  /** Of each pair of elements, row-major, if they are known: what rows share shows in them. */
  readonly covariance?: Float64Array
}

/** Exact moments of each element of a gradient. @category models @since 0.2.0 */
export interface GradientMoments<P> {
  readonly mean: P
  readonly variance: P
}

const ERRORS = 5

/** The mean of a sample and the standard error of it. */
const estimate = (sample: ReadonlyArray<number>): { readonly mean: number; readonly error: number } => {
  const n = sample.length
  const mean = sample.reduce((sum, x) => sum + x, 0) / n
  const variance = sample.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / (n - 1)
  return { mean, error: Math.sqrt(variance / n) }
}

/**
 * Throws unless the mean of a sample is within 5 standard errors of the exact one.
 *
 * @category assertions
 * @since 0.1.0
 */
export const assertMean = (what: string, exact: number, sample: ReadonlyArray<number>): void => {
  const { mean, error } = estimate(sample)
  const rounding = 1e-6 * (1 + Math.abs(exact))
  assert(
    Math.abs(mean - exact) <= ERRORS * error + rounding,
    () => `${what}: ${mean} +- ${error} over ${sample.length} draws, exactly ${exact}`
  )
}

/** The cases of an arbitrary that a seed gives: for laws whose false alarms must not depend on the day. */
export const fixedCases = <T>(cases: fc.Arbitrary<T>, count: number, seed: number): ReadonlyArray<T> =>
  fc.sample(cases, { seed, numRuns: count })

const DRAWS = 4000

/**
 * Mean and variance of each element of the output over 4000 draws of the noise, against the exact moments.
 *
 * The variance's standard error is about sqrt(2 / 4000) = 2.2% of it for a normal output, so a variance that is wrong
 * by 18% is missed with probability below 2e-3.
 */
export const momentLaw = <P, E>(
  layer: Layer<P, E>,
  inShape: Shape,
  cases: fc.Arbitrary<{ readonly params: P; readonly x: Tensor.Tensor }>,
  moments: (params: P, x: Tensor.Tensor) => Moments
): Law =>
  once("layer: moments over the noise are exact ones within 5 standard errors", (seed) => {
    for (const { params, x } of fixedCases(cases, 3, seed)) {
      const exact = moments(params, x)
      const draws = Key.split(Key.make(seed), DRAWS).map((key) =>
        Tensor.toFloat64Array(layer.forward(params, x, layer.noise(key, x.shape[0]!, inShape)))
      )
      for (const [i, mean] of exact.mean.entries()) {
        const deviations = draws.map((y) => y[i]! - mean)
        const squares = deviations.map((d) => d * d)
        assertMean(`deviation of output ${i} from its mean`, 0, deviations)
        assertMean(`variance of output ${i}`, exact.variance[i]!, squares)
        for (let j = 0; exact.covariance !== undefined && j < i; j++) {
          const products = draws.map((y, n) => deviations[n]! * (y[j]! - exact.mean[j]!))
          assertMean(`covariance of outputs ${j} and ${i}`, exact.covariance[i * exact.mean.length + j]!, products)
        }
      }
    }
  })

/**
 * Mean and variance of each element of the gradient of |y - target|^2 / 2 over 4000 draws of the noise, against the
 * exact moments. A gradient is a product of normals, so its square has heavier tails than the output's and a larger
 * standard error: under the estimators of this library from 2% to 10% of the variance, half of them below 5%. A
 * variance that is wrong by 80% is missed with probability below 2e-3, in half of the elements one wrong by 40%.
 */
export const gradientMomentLaw = <P, E>(
  layer: Layer<P, E>,
  inShape: Shape,
  cases: fc.Arbitrary<{ readonly params: P; readonly x: Tensor.Tensor; readonly dy: Tensor.Tensor }>,
  moments: (params: P, x: Tensor.Tensor, target: Tensor.Tensor) => GradientMoments<P>
): Law =>
  once("layer: moments of a gradient over the noise are exact ones within 5 standard errors", (seed) => {
    for (const { params, x, dy: target } of fixedCases(cases, 2, seed)) {
      const draws = Key.split(Key.make(seed), DRAWS).map((key) => {
        const { y, pullback } = layer.vjp(params, x, layer.noise(key, x.shape[0]!, inShape))
        const { dParams } = pullback(kernels(y.dtype).axpy(-1, target, y))
        return Tree.leaves(dParams).map((leaf) => Tensor.toFloat64Array(leaf.value))
      })
      const exact = moments(params, x, target)
      const variances = Tree.leaves(exact.variance)
      for (const [k, { path, value }] of Tree.leaves(exact.mean).entries()) {
        const variance = Tensor.toFloat64Array(variances[k]!.value)
        for (const [i, mean] of Tensor.toFloat64Array(value).entries()) {
          const deviations = draws.map((gradient) => gradient[k]![i]! - mean)
          assertMean(`gradient by ${path}[${i}] less its mean of ${mean}`, 0, deviations)
          assertMean(
            `variance of the gradient by ${path}[${i}]`,
            variance[i]!,
            deviations.map((d) => d * d)
          )
        }
      }
    }
  })

/**
 * A KL against the mean of log q(w) - log p(w) over 4000 samples of the posterior: one in closed form against that mean,
 * one that is sampled (`kl` of the noise) sample by sample, on noise of its own.
 *
 * A KL that is off by an eighth of that difference's standard deviation is missed with probability below 2e-3.
 */
export const assertDivergence = <Q, W, N>(
  kl: (key: Key.Key) => number,
  posterior: Posterior<Q, W, N>,
  weights: Tree.Shapes<W>,
  q: Q,
  seed: number
): void => {
  const estimates = Key.split(Key.make(seed), DRAWS).map((key) => {
    const w = posterior.sample(q, posterior.noise(weights, key))
    const ratio = posterior.logProb(q, w) - posterior.logPrior(q, w)
    return posterior.sampledKl ? kl(Key.fold(key, 0)) - ratio : ratio
  })
  if (posterior.sampledKl) assertMean("sampled KL less E[log q - log p]", 0, estimates)
  else assertMean("KL", kl(Key.make(seed)), estimates)
}

/** The first two elements of each leaf, at most 16 in all: leaves drawn under one key begin alike. */
const firstElements = (tree: unknown): ReadonlyArray<{ readonly at: string; readonly value: number }> =>
  Tree.leaves(tree)
    .flatMap(({ path, value }) =>
      Array.from(Tensor.toFloat64Array(value).subarray(0, 2), (x, i) => ({ at: `${path}[${i}]`, value: x }))
    )
    .slice(0, 16)

/**
 * No two elements of a random record are correlated, within 5 standard errors over 4000 keys. Elements that do not
 * depend on the key have no correlation and are passed over. A correlation of 0.13 is missed with probability below
 * 2e-3; numbers that are used twice have one of 1.
 */
export const uncorrelatedLaw = (name: string, draw: (key: Key.Key) => unknown): Law =>
  once(name, (seed) => {
    const draws = Key.split(Key.make(seed), DRAWS).map((key) => firstElements(draw(key)))
    const columns = draws[0]!.flatMap(({ at }, k) => {
      const values = draws.map((elements) => elements[k]!.value)
      const { mean, error } = estimate(values)
      const std = error * Math.sqrt(DRAWS)
      const varies = values.some((x) => x !== values[0])
      return varies ? [{ at, scores: values.map((x) => (x - mean) / std) }] : []
    })
    for (const [k, a] of columns.entries()) {
      for (const b of columns.slice(k + 1)) {
        const products = a.scores.map((x, i) => x * b.scores[i]!)
        assertMean(`correlation of ${a.at} and ${b.at}`, 0, products)
      }
    }
  })

/**
 * Two random records, of the same shapes, have elements of the same mean and variance: 4000 draws of each under keys
 * of their own, of which the first two elements of each leaf are compared, at most 16 in all. For normal ones a
 * variance that is wrong by 25% is missed with probability below 2e-3.
 */
export const assertSameMoments = (a: (key: Key.Key) => unknown, b: (key: Key.Key) => unknown, seed: number): void => {
  const key = Key.make(seed)
  Tree.assertShapes("noise", Tree.shapes(b(key)), a(key))
  const draw = (record: (key: Key.Key) => unknown, from: number) =>
    Key.split(Key.fold(key, from), DRAWS).map((one) => firstElements(record(one)))
  const [left, right] = [draw(a, 0), draw(b, 1)]
  for (const [k, { at }] of left[0]!.entries()) {
    const pairs = left.map((elements, n) => [elements[k]!.value, right[n]![k]!.value] as const)
    assertMean(
      `difference of ${at}`,
      0,
      pairs.map(([x, y]) => x - y)
    )
    assertMean(
      `difference of the square of ${at}`,
      0,
      pairs.map(([x, y]) => x * x - y * y)
    )
  }
}
