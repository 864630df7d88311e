/**
 * What every posterior must be: a sampler with its gradient, centred at its mean, and a divergence that adds up.
 *
 * @since 0.1.0
 */
import fc from "fast-check"
import * as Key from "../core/Key.ts"
import type { DType, TensorSpec } from "../core/Shape.ts"
import type { Spec } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import type { Posterior } from "../distributions/index.ts"
import { builtin } from "../layers/fromSpec.ts"
import * as Registry from "../layers/Registry.ts"
import * as arbitraries from "./arbitraries.ts"
import { assertGradient, inner, nudgeLeaf } from "./differences.ts"
import { assert, forAll, forMost, type Law, once } from "./Law.ts"
import { assertDivergence, fixedCases } from "./moments.ts"
import { assertIdentical, assertRepeatable, assertUnmodified } from "./purity.ts"

/** @category models @since 0.1.0 */
export interface PosteriorOptions<Q, W> {
  /** The weights to try it on. Each law tries both dtypes. */
  readonly weights: Tree.Shapes<W>
  /** The parameters at which the posterior is the prior, for weights of these shapes. */
  readonly atPrior?: (weights: Tree.Shapes<W>) => Q
  /** Whether weights are independent, each with noise of its own (the default): then it is tried on other trees too. */
  readonly factorized?: boolean
  /** Ranges of the parameters by their paths; for gradients and sampling. */
  readonly range?: arbitraries.Ranges
  /** Where the spec's kinds are found (`builtin` unless given); false for a posterior that no spec makes again. */
  readonly registry?: Registry.Registry | false
}

interface Case<Q, W, N> {
  readonly weights: Tree.Shapes<W>
  readonly q: Q
  readonly eps: N
  readonly dW: W
  readonly from: number
}

const inDType = <W>(weights: Tree.Shapes<W>, dtype: DType): Tree.Shapes<W> =>
  Tree.mapWith(Tree.isSpec, ({ shape }) => ({ shape, dtype }), weights) as Tree.Shapes<W>

const cases = <Q, W, N>(
  posterior: Posterior<Q, W, N>,
  options: PosteriorOptions<Q, W>,
  dtypes: fc.Arbitrary<DType> = arbitraries.dtype,
  range: arbitraries.Ranges = options.range ?? arbitraries.moderate,
  edges = false
): fc.Arbitrary<Case<Q, W, N>> =>
  dtypes.chain((dtype) => {
    const weights = inDType(options.weights, dtype)
    return fc.record({
      weights: fc.constant(weights),
      q: arbitraries.params(posterior.shapes(weights), { range, edges }),
      eps: arbitraries.key.map((key) => posterior.noise(weights, key)),
      dW: arbitraries.params(weights, { range }),
      from: fc.nat(1_000_000)
    })
  })

const samplingLaws = <Q, W, N>(posterior: Posterior<Q, W, N>, options: PosteriorOptions<Q, W>): ReadonlyArray<Law> => {
  const all = cases(posterior, options)
  return [
    forAll("posterior: the sample without noise is the mean", all, ({ q, eps }) => {
      const means = Tree.leaves(posterior.mean(q))
      for (const [k, { path, value }] of Tree.leaves(posterior.sample(q, Tree.zerosLike(eps))).entries()) {
        const mean = Tensor.toFloat64Array(means[k]!.value)
        const same = Tensor.toFloat64Array(value).every((w, i) => w === mean[i])
        assert(same, () => `at ${path} the sample is ${fc.stringify(value)}, the mean ${fc.stringify(means[k]!.value)}`)
      }
    }),
    forAll("posterior: init is centred at the weights", all, ({ dW, from }) =>
      assertIdentical("mean of init", dW, posterior.mean(posterior.init(dW, Key.make(from))))
    ),
    forMost(
      "posterior: pullback = central difference",
      all,
      ({ q, eps, dW, from }, tally) =>
        assertGradient({
          name: "<dW, sample>",
          point: q,
          gradient: posterior.pullback(q, eps, dW),
          f: (at) => inner(dW, posterior.sample(at, eps)),
          tally,
          from
        }),
      20
    ),
    forAll("posterior: shapes and dtypes are as declared", all, ({ weights, q, eps, dW, from }) => {
      const parameters = posterior.shapes(weights)
      Tree.assertShapes("init", parameters, posterior.init(dW, Key.make(from)))
      Tree.assertShapes("noise", Tree.shapes(eps), posterior.noise(weights, Key.make(from)))
      Tree.assertShapes("mean", weights, posterior.mean(q))
      Tree.assertShapes("sample", weights, posterior.sample(q, eps))
      Tree.assertShapes("pullback", parameters, posterior.pullback(q, eps, dW))
      Tree.assertShapes("klGrad", parameters, posterior.klGrad(q, eps))
    }),
    forAll("posterior: inputs are not modified", all, (given) =>
      assertUnmodified({ q: given.q, eps: given.eps, dW: given.dW }, calls(posterior, given))
    ),
    forAll("posterior: same inputs, same bytes", all, (given) => assertRepeatable(calls(posterior, given)))
  ]
}

const calls = <Q, W, N>(posterior: Posterior<Q, W, N>, { weights, q, eps, dW, from }: Case<Q, W, N>) => ({
  init: () => posterior.init(dW, Key.make(from)),
  noise: () => posterior.noise(weights, Key.make(from)),
  mean: () => posterior.mean(q),
  sample: () => posterior.sample(q, eps),
  pullback: () => posterior.pullback(q, eps, dW),
  kl: () => posterior.kl(q, eps),
  klGrad: () => posterior.klGrad(q, eps),
  logProb: () => posterior.logProb(q, dW),
  logPrior: () => posterior.logPrior(q, dW)
})

const divergenceLaws = <Q, W, N>(
  posterior: Posterior<Q, W, N>,
  options: PosteriorOptions<Q, W>
): ReadonlyArray<Law> => {
  const all = cases(posterior, options)
  const extreme = cases(posterior, options, arbitraries.dtype, arbitraries.wide, true)
  const { atPrior } = options
  return [
    posterior.sampledKl
      ? forAll("posterior: the sampled KL is finite for a logStd from -30 to 10", extreme, ({ q, eps }) => {
          const kl = posterior.kl(q, eps)
          assert(Number.isFinite(kl), () => `KL = ${kl}`)
        })
      : forAll("posterior: KL >= 0 for a logStd from -30 to 10", extreme, ({ q, eps }) => {
          const kl = posterior.kl(q, eps)
          assert(Number.isFinite(kl) && kl >= 0, () => `KL = ${kl}`)
          assert(posterior.kl(q) === kl, () => `KL = ${posterior.kl(q)} without noise, ${kl} with`)
        }),
    ...(atPrior === undefined
      ? []
      : [
          forAll("posterior: KL = 0 exactly at the prior", all, ({ weights, eps }) => {
            const kl = posterior.kl(atPrior(weights), eps)
            assert(kl === 0, () => `KL = ${kl} at the prior`)
          })
        ]),
    forMost(
      "posterior: KL gradient = central difference",
      all,
      ({ q, eps, from }, tally) => {
        const f = (at: Q) => ({ value: posterior.kl(at, eps), size: Math.abs(posterior.kl(at, eps)) })
        assertGradient({ name: "KL", point: q, gradient: posterior.klGrad(q, eps), f, tally, from })
      },
      20
    ),
    // 3 cases of 4000 draws each; see moments.ts for the probabilities of a false alarm and of a missed fault.
    once("posterior: KL = E_q[log q - log p] within 5 standard errors", (seed) => {
      const doubles = cases(posterior, options, fc.constant("float64"))
      for (const { weights, q } of fixedCases(doubles, 3, seed)) {
        const kl = (key: Key.Key) => posterior.kl(q, posterior.noise(weights, key))
        assertDivergence(kl, posterior, weights, q, seed)
      }
    })
  ]
}

/** Every leaf twice as long: its elements, and once more the same. */
const doubled = (q: unknown): unknown =>
  Tree.map(q, (leaf) => (leaf.shape.length === 0 ? leaf : Tensor.concatRows([leaf, leaf])))

const elements = (tree: unknown): ReadonlyArray<number> =>
  Tree.leaves(tree).flatMap((leaf) => Array.from(Tensor.toFloat64Array(leaf.value)))

/** Only for weights that are independent: they may stand in any tree. */
const factorizedLaws = <Q, W, N>(
  posterior: Posterior<Q, W, N>,
  options: PosteriorOptions<Q, W>
): ReadonlyArray<Law> => {
  const all = cases(posterior, options)
  const kl = (q: unknown, eps: unknown): number => posterior.kl(q as Q, eps as N)
  const twice = (what: string, once: number, both: number): void =>
    assert(Math.abs(both - 2 * once) <= 1e-12 * Math.abs(both), () => `${what} has a KL of ${both}, not twice ${once}`)
  return [
    forAll("posterior: KL is a sum over the tree", all, ({ q, eps }) => {
      const both = kl({ first: q, second: q }, { first: eps, second: eps })
      twice("a tree that holds the same weights twice", kl(q, eps), both)
    }),
    forAll("posterior: KL is a sum over the elements of a leaf", all, ({ q, eps }) => {
      const scalars = Tree.leaves(q).some((leaf) => leaf.value.shape.length === 0)
      if (!scalars) twice("a leaf that holds the same weights twice", kl(q, eps), kl(doubled(q), doubled(eps)))
    }),
    forAll(
      "posterior: each weight has noise of its own",
      all,
      ({ weights, q, eps }) => {
        const before = elements(posterior.sample(q, eps))
        const moved = new Set<number>()
        for (const { path, value } of Tree.leaves(eps)) {
          for (let i = 0; i < Tensor.toFloat64Array(value).length; i++) {
            const after = elements(posterior.sample(q, nudgeLeaf(eps, path, i, 1)))
            const changed = after.flatMap((w, k) => (w === before[k] ? [] : [k]))
            assert(changed.length === 1, () => `noise ${path}[${i}] moves ${changed.length} weights, not one`)
            moved.add(changed[0]!)
          }
        }
        const count = Tree.leavesWith(Tree.isSpec, weights).reduce((n, leaf) => n + size(leaf.value), 0)
        assert(moved.size === count, () => `noise moves ${moved.size} of ${count} weights`)
      },
      10
    )
  ]
}

const size = (spec: TensorSpec): number => spec.shape.reduce((n, axis) => n * axis, 1)

const specLaw = <Q, W, N>(
  posterior: Posterior<Q, W, N>,
  options: PosteriorOptions<Q, W>,
  registry: Registry.Registry
): Law =>
  forAll("posterior: its spec, as JSON, makes the same posterior", cases(posterior, options), (given) => {
    const rebuilt = Registry.posterior(JSON.parse(JSON.stringify(posterior.spec)) as Spec, registry)
    const again = calls(rebuilt as Posterior<Q, W, N>, given)
    for (const [call, run] of Object.entries(calls(posterior, given))) {
      assertIdentical(call, run(), again[call as keyof typeof again]())
    }
  })

/** The laws of a posterior over weights of some shapes. @category laws @since 0.1.0 */
export const posteriorLaws = <Q, W, N>(
  posterior: Posterior<Q, W, N>,
  options: PosteriorOptions<Q, W>
): ReadonlyArray<Law> => [
  ...samplingLaws(posterior, options),
  ...divergenceLaws(posterior, options),
  ...(options.factorized === false ? [] : factorizedLaws(posterior, options)),
  ...(options.registry === false ? [] : [specLaw(posterior, options, options.registry ?? builtin)])
]
