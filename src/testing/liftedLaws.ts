/**
 * What a layer with noise must do with it, and what one must be that claims to be a layer lifted over a posterior.
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
import { atMean, type Empty, type Layer, predictive } from "../layers/Layer.ts"
import * as arbitraries from "./arbitraries.ts"
import { assert, forAll, type Law, once } from "./Law.ts"
import { assertDivergence, assertSameMoments, fixedCases } from "./moments.ts"
import { assertIdentical } from "./purity.ts"

/** The deterministic layer and the posterior over its weights. W: weights, P: parameters. @category models @since 0.1.0 */
export interface Lifted<P, W> {
  readonly layer: Layer<W, Empty>
  readonly posterior: Posterior<P, W, unknown>
}

interface Case<P, E> {
  readonly params: P
  readonly x: Tensor.Tensor
  readonly eps: E
}

/** Each element moved by another amount, from 1 to 2: layers that take differences of noise see it too. */
const shifted = (leaf: Tensor.Tensor): Tensor.Tensor => {
  const values = Tensor.toFloat64Array(leaf)
  return Tensor.from(
    values.map((v, i) => v + 1 + i / values.length),
    { dtype: leaf.dtype, shape: leaf.shape }
  )
}

const CASES = 20

/**
 * For a layer that draws noise: each leaf of it moves some output, or the KL, in one of 20 cases, which a seed gives. A leaf that
 * is used is refused only if none of them shows it: where half of the cases do, with probability below 1e-6.
 */
export const noiseLaws = <P, E>(
  layer: Layer<P, E>,
  inShape: Shape,
  cases: fc.Arbitrary<Case<P, E>>
): ReadonlyArray<Law> =>
  Tree.count(layer.noise(Key.make(0), 1, inShape)) === 0
    ? []
    : [
        once("layer: the output or the KL depends on every noise leaf", (seed) => {
          const tried = fixedCases(cases, CASES, seed)
          const leaves = Tree.leaves(tried[0]!.eps).filter(({ value }) => Tree.count(value) > 0)
          for (const { path } of leaves) {
            const used = tried.some(({ params, x, eps }) => {
              const other = Tree.map(eps, (leaf, p) => (p === path ? shifted(leaf) : leaf))
              const moved = !Tree.equals(layer.forward(params, x, eps), layer.forward(params, x, other))
              return moved || layer.kl(params, eps) !== layer.kl(params, other)
            })
            assert(used, () => `noise ${path} changes neither an output nor the KL in ${CASES} cases`)
          }
        })
      ]

/**
 * The layer against `lifted.layer` under weights that `lifted.posterior` samples, and its KL against both densities.
 * An estimator with noise of its own has a view for predictions with the posterior's, whose moments must be its own.
 */
export const liftedLaws = <P, E, W>(
  layer: Layer<P, E>,
  { layer: inner, posterior }: Lifted<P, W>,
  inShape: Shape,
  cases: fc.Arbitrary<Case<P, E>>
): ReadonlyArray<Law> => {
  const view = predictive(layer)
  // No tensors, but the tuples of a composition.
  const none = inner.noise(Key.make(0), 1, inShape)
  return [
    // 3 cases of 4000 draws each; see moments.ts for the probabilities of a false alarm and of a missed fault.
    once("layer: kl = Monte-Carlo E[log q - log p]", (seed) => {
      for (const { params } of fixedCases(cases, 3, seed)) {
        const kl = (key: Key.Key) => layer.kl(params, layer.noise(key, 1, inShape))
        assertDivergence(kl, posterior, inner.shapes, params, seed)
      }
    }),
    once("layer: its noise has the posterior's mean and variance within 5 standard errors", (seed) =>
      assertSameMoments(
        (key) => view.noise(key, 2),
        (key) => posterior.noise(inner.shapes, key),
        seed
      )
    ),
    forAll("layer: eps = 0 gives the mean", cases, ({ params, x, eps }) =>
      assertIdentical(
        "forward without noise",
        inner.forward(posterior.mean(params), x, none),
        layer.forward(params, x, Tree.zerosLike(eps))
      )
    ),
    forAll(
      "layer: forward = the lifted layer under sampled weights",
      fc.tuple(cases, arbitraries.key),
      ([{ params, x }, key]) => {
        const eps = view.noise(key, x.shape[0]!, inShape)
        assertIdentical("forward", inner.forward(posterior.sample(params, eps), x, none), view.forward(params, x, eps))
      }
    ),
    ...(layer.predictive === undefined ? [] : [viewLaw(layer, view, inShape, cases)])
  ]
}

/** One row has the same distribution under both; what rows share is what differs. */
const viewLaw = <P, E>(
  layer: Layer<P, E>,
  view: Layer<P, unknown>,
  inShape: Shape,
  cases: fc.Arbitrary<Case<P, E>>
): Law =>
  once("layer: its view for predictions has its mean and variance within 5 standard errors", (seed) => {
    const [{ params, x }] = fixedCases(cases, 1, seed) as [Case<P, E>]
    const row = Tensor.rows(x, 0, 1)
    const centre = atMean(layer, params)
    const mean = centre.layer.forward(centre.params, row, centre.layer.noise(Key.make(0), 1, inShape))
    const deviation = (of: Layer<P, unknown>) => (key: Key.Key) =>
      kernels(x.dtype).axpy(-1, mean, of.forward(params, row, of.noise(key, 1, inShape)))
    assertSameMoments(deviation(layer), deviation(view), seed)
  })
