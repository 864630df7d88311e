/**
 * What every reparameterized distribution must be: each function and its gradient, a density that integrates to 1,
 * and closed forms that agree with sampling.
 *
 * @since 0.1.0
 */
import fc from "fast-check"
import * as Key from "../core/Key.ts"
import { exp } from "../core/math.ts"
import type { DType, TensorSpec } from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import * as Normal from "../distributions/Normal.ts"
import * as arbitraries from "./arbitraries.ts"
import { assertGradient, inner } from "./differences.ts"
import { assert, forAll, forMost, type Law, once, type Tally } from "./Law.ts"
import { assertMean, fixedCases } from "./moments.ts"
import { assertRepeatable, assertUnmodified } from "./purity.ts"
import { line } from "./quadrature.ts"

/** The functions of `Normal`, for parameters Q. @category models @since 0.1.0 */
export interface Distribution<Q> {
  sample(q: Q, eps: Tensor.Tensor): Tensor.Tensor
  sampleVjp(q: Q, eps: Tensor.Tensor, dw: Tensor.Tensor): Q
  logProb(p: Q, x: Tensor.Tensor): Tensor.Tensor
  logProbGrad(p: Q, x: Tensor.Tensor): Q & { readonly x: Tensor.Tensor }
  entropy(q: Q): number
  entropyGrad(q: Q): Q
  kl(pair: { readonly q: Q; readonly p: Q }): number
  klGrad(pair: { readonly q: Q; readonly p: Q }): Q
  klGradPrior(pair: { readonly q: Q; readonly p: Q }): Q
}

/** @category models @since 0.1.0 */
export interface DistributionOptions<Q> {
  /** The parameters' shapes for a variable of this shape. */
  readonly shapes: (variable: TensorSpec) => Tree.Shapes<Q>
  /** Ranges of the parameters by their paths. */
  readonly range?: arbitraries.Ranges
  /** What `sample` turns into a sample; standard normals unless given. */
  readonly noise?: (key: Key.Key, spec: TensorSpec) => Tensor.Tensor
}

interface Case<Q> {
  readonly q: Q
  readonly p: Q
  readonly x: Tensor.Tensor
  readonly eps: Tensor.Tensor
  readonly d: Tensor.Tensor
}

const cases = <Q>(
  options: DistributionOptions<Q>,
  dtypes: fc.Arbitrary<DType> = arbitraries.dtype,
  range: arbitraries.Ranges = options.range ?? arbitraries.moderate,
  edges = false
): fc.Arbitrary<Case<Q>> =>
  fc.tuple(arbitraries.shape(), dtypes).chain(([shape, dtype]) => {
    const variable = { shape, dtype }
    const q = arbitraries.params(options.shapes(variable), { range, edges })
    const tensor = arbitraries.tensor(variable)
    return fc.record({ q, p: q, x: tensor, eps: tensor, d: tensor })
  })

const gradientLaws = <Q>(self: Distribution<Q>, options: DistributionOptions<Q>): ReadonlyArray<Law> => {
  const all = cases(options)
  const scalar = (value: number) => ({ value, size: Math.abs(value) })
  const law = (name: string, holds: (given: Case<Q>, tally: Tally) => void): Law =>
    forMost(`distribution: gradient of ${name} = central difference`, all, holds, 20)
  return [
    law("sample", ({ q, eps, d }, tally) =>
      assertGradient({
        name: "<d, sample>",
        point: q,
        gradient: self.sampleVjp(q, eps, d),
        f: (at) => inner(d, self.sample(at, eps)),
        tally
      })
    ),
    law("logProb", ({ q, x }, tally) => {
      const { x: dx, ...dParams } = self.logProbGrad(q, x)
      const ones = Tensor.full(x, 1)
      const f = (at: Q) => inner(ones, self.logProb(at, x))
      assertGradient({ name: "logProb", point: q, gradient: dParams as unknown as Q, f, tally })
      const g = (at: Tensor.Tensor) => inner(ones, self.logProb(q, at))
      assertGradient({ name: "logProb by x", point: x, gradient: dx, f: g, tally })
    }),
    law("entropy", ({ q }, tally) => {
      const f = (at: Q) => scalar(self.entropy(at))
      assertGradient({ name: "entropy", point: q, gradient: self.entropyGrad(q), f, tally })
    }),
    law("KL by q", ({ q, p }, tally) => {
      const f = (at: Q) => scalar(self.kl({ q: at, p }))
      assertGradient({ name: "KL by q", point: q, gradient: self.klGrad({ q, p }), f, tally })
    }),
    law("KL by p", ({ q, p }, tally) => {
      const f = (at: Q) => scalar(self.kl({ q, p: at }))
      assertGradient({ name: "KL by p", point: p, gradient: self.klGradPrior({ q, p }), f, tally })
    })
  ]
}

const calls = <Q>(self: Distribution<Q>, { q, p, x, eps, d }: Case<Q>) => ({
  sample: () => self.sample(q, eps),
  sampleVjp: () => self.sampleVjp(q, eps, d),
  logProb: () => self.logProb(p, x),
  logProbGrad: () => self.logProbGrad(p, x),
  entropy: () => self.entropy(q),
  entropyGrad: () => self.entropyGrad(q),
  kl: () => self.kl({ q, p }),
  klGrad: () => self.klGrad({ q, p }),
  klGradPrior: () => self.klGradPrior({ q, p })
})

const valueLaws = <Q>(self: Distribution<Q>, options: DistributionOptions<Q>): ReadonlyArray<Law> => {
  const all = cases(options)
  const extreme = cases(options, arbitraries.dtype, arbitraries.wide, true)
  const one = arbitraries.params(options.shapes({ shape: [1], dtype: "float64" }), {
    range: options.range ?? arbitraries.moderate
  })
  return [
    forAll("distribution: KL >= 0 for a logStd from -30 to 10", extreme, ({ q, p }) => {
      const kl = self.kl({ q, p })
      assert(kl >= 0, () => `KL = ${kl}`)
    }),
    forAll("distribution: KL = 0 exactly from itself", extreme, ({ q }) => {
      const kl = self.kl({ q, p: q })
      assert(kl === 0, () => `KL = ${kl} between a distribution and itself`)
    }),
    forAll(
      "distribution: the density integrates to 1 within 1e-9",
      one,
      (q) => {
        const points = line.filter(({ weight }) => Number.isFinite(weight))
        const x = Tensor.from(Float64Array.from(points, (node) => node.x))
        const everywhere = Tree.map(q, (leaf) => Tensor.takeRows(leaf, new Uint8Array(points.length)))
        const densities = Tensor.toFloat64Array(self.logProb(everywhere, x)).map(exp)
        const total = points.reduce((sum, { weight }, i) => sum + weight * densities[i]!, 0)
        assert(Math.abs(total - 1) <= 1e-9, () => `the density integrates to ${total}`)
      },
      10
    ),
    forAll("distribution: inputs are not modified", all, (given) => assertUnmodified({ ...given }, calls(self, given))),
    forAll("distribution: same inputs, same bytes", all, (given) => assertRepeatable(calls(self, given))),
    forAll("distribution: shapes and dtypes are as declared", all, ({ q, p, x, eps, d }) => {
      Tree.assertShapes("sample", Tree.shapes(x), self.sample(q, eps))
      Tree.assertShapes("logProb", Tree.shapes(x), self.logProb(q, x))
      Tree.assertShapes("sampleVjp", Tree.shapes(q), self.sampleVjp(q, eps, d))
      Tree.assertShapes("klGrad", Tree.shapes(q), self.klGrad({ q, p }))
    })
  ]
}

const DRAWS = 4000

/** 3 cases of 4000 draws; see moments.ts for the probabilities of a false alarm and of a missed fault. */
const samplingLaws = <Q>(self: Distribution<Q>, options: DistributionOptions<Q>): ReadonlyArray<Law> => {
  const noise = options.noise ?? Normal.standard
  const doubles = cases(options, fc.constant("float64"))
  const expected = (seed: number, given: Case<Q>, f: (w: Tensor.Tensor) => number): ReadonlyArray<number> =>
    Key.split(Key.make(seed), DRAWS).map((key) => f(self.sample(given.q, noise(key, given.x))))
  const total = (t: Tensor.Tensor): number => Tensor.toFloat64Array(t).reduce((sum, v) => sum + v, 0)
  return [
    once("distribution: KL = E_q[log q - log p] within 5 standard errors", (seed) => {
      for (const given of fixedCases(doubles, 3, seed)) {
        const ratio = (w: Tensor.Tensor) => total(self.logProb(given.q, w)) - total(self.logProb(given.p, w))
        assertMean("KL", self.kl(given), expected(seed, given, ratio))
      }
    }),
    once("distribution: entropy = E_q[-log q] within 5 standard errors", (seed) => {
      for (const given of fixedCases(doubles, 3, seed)) {
        const surprise = (w: Tensor.Tensor) => -total(self.logProb(given.q, w))
        assertMean("entropy", self.entropy(given.q), expected(seed, given, surprise))
      }
    })
  ]
}

/** The laws of a distribution. @category laws @since 0.1.0 */
export const distributionLaws = <Q>(self: Distribution<Q>, options: DistributionOptions<Q>): ReadonlyArray<Law> => [
  ...gradientLaws(self, options),
  ...valueLaws(self, options),
  ...samplingLaws(self, options)
]
