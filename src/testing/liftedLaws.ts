/**
 * What a layer with noise must do with it, and what one must be that claims to be a layer lifted over a posterior.
 *
 * @since 0.1.0
 */
import type fc from "fast-check"
import * as Key from "../core/Key.ts"
import type { Shape } from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import type { Posterior } from "../distributions/index.ts"
import type { Empty, Layer } from "../layers/Layer.ts"
import { assert, forAll, type Law, once } from "./Law.ts"
import { assertDivergence, fixedCases, sameMomentsLaw } from "./moments.ts"
import { assertIdentical } from "./purity.ts"

/** The deterministic layer and the posterior over its weights. W: weights, P: parameters, E: noise. @category models @since 0.1.0 */
export interface Lifted<P, E, W> {
  readonly layer: Layer<W, Empty>
  readonly posterior: Posterior<P, W, E>
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
 * For a layer that draws noise: each leaf of it moves some output in one of 20 cases, which a seed gives. A leaf that
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
        once("layer: the output depends on every noise leaf", (seed) => {
          const tried = fixedCases(cases, CASES, seed)
          const leaves = Tree.leaves(tried[0]!.eps).filter(({ value }) => Tree.count(value) > 0)
          for (const { path } of leaves) {
            const used = tried.some(({ params, x, eps }) => {
              const other = Tree.map(eps, (leaf, p) => (p === path ? shifted(leaf) : leaf))
              return !Tree.equals(layer.forward(params, x, eps), layer.forward(params, x, other))
            })
            assert(used, () => `noise ${path} changes no output in ${CASES} cases`)
          }
        })
      ]

/** The layer against `lifted.layer` under weights that `lifted.posterior` samples, and its KL against both densities. */
export const liftedLaws = <P, E, W>(
  layer: Layer<P, E>,
  { layer: inner, posterior }: Lifted<P, E, W>,
  inShape: Shape,
  cases: fc.Arbitrary<Case<P, E>>
): ReadonlyArray<Law> => [
  // 3 cases of 4000 draws each; see moments.ts for the probabilities of a false alarm and of a missed fault.
  once("layer: kl = Monte-Carlo E[log q - log p]", (seed) => {
    for (const { params } of fixedCases(cases, 3, seed)) {
      const kl = (key: Key.Key) => layer.kl(params, layer.noise(key, 1, inShape))
      assertDivergence(kl, posterior, inner.shapes, params, seed)
    }
  }),
  sameMomentsLaw(
    "layer: its noise has the posterior's mean and variance within 5 standard errors",
    (key) => layer.noise(key, 2),
    (key) => posterior.noise(inner.shapes, key)
  ),
  forAll("layer: eps = 0 gives the mean", cases, ({ params, x, eps }) =>
    assertIdentical(
      "forward without noise",
      inner.forward(posterior.mean(params), x, {}),
      layer.forward(params, x, Tree.zerosLike(eps))
    )
  ),
  forAll("layer: forward = the lifted layer under sampled weights", cases, ({ params, x, eps }) =>
    assertIdentical("forward", inner.forward(posterior.sample(params, eps), x, {}), layer.forward(params, x, eps))
  )
]
