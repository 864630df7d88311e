/**
 * What every prior must be: a density that integrates to 1 with its gradient, a divergence from a normal that agrees
 * with quadrature (its mean over the noise, where it is sampled), summed over weights.
 *
 * @since 0.2.0
 */
import fc from "fast-check"
import { ConfigError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import { exp } from "../core/math.ts"
import * as Shape from "../core/Shape.ts"
import { type Definition, rebuild, type Spec } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import * as Normal from "../distributions/Normal.ts"
import type { Prior } from "../distributions/Prior.ts"
import { definitions } from "../distributions/priors.ts"
import { kernels } from "../kernels/index.ts"
import * as arbitraries from "./arbitraries.ts"
import { assertGradient, nudgeLeaf } from "./differences.ts"
import { assert, forAll, forMost, type Law, once, type Tally } from "./Law.ts"
import { assertMean, fixedCases } from "./moments.ts"
import { exactKl, totalLogMass } from "./priorQuadrature.ts"
import { assertIdentical, assertRepeatable, assertUnmodified } from "./purity.ts"

/** @category models @since 0.2.0 */
export interface PriorOptions {
  /** The shape of the weights, for a prior whose parameters have one; else several are tried. */
  readonly shape?: Shape.Shape
  /** Where the density has its peak or a kink, for each weight (default 0): integrals are split there. */
  readonly centre?: number | Tensor.Tensor
  /** Weights to try, default [-2, 2]. */
  readonly range?: arbitraries.Range
  /** The normal that the prior is, if it is one: there the KL must be exactly 0. */
  readonly atPrior?: (weights: Shape.TensorSpec) => Normal.Normal
  /** Where the spec's kind is found (the library's unless given); false for a prior that no spec makes again. */
  readonly registry?: ReadonlyArray<Definition<Prior>> | false
}

interface Case {
  readonly w: Tensor.Tensor
  readonly q: Normal.Normal
  readonly eps: Tensor.Tensor
}

const cases = (
  { shape, range = [-2, 2] }: PriorOptions,
  dtypes: fc.Arbitrary<Shape.DType> = fc.constant("float64"),
  ranges: { readonly q: arbitraries.Ranges; readonly w: arbitraries.Range } = { q: arbitraries.moderate, w: range },
  edges = false
): fc.Arbitrary<Case> => {
  const shapes = shape === undefined ? arbitraries.shape({ maxAxis: 3 }) : fc.constant(shape)
  return fc.tuple(shapes, dtypes).chain(([of, dtype]) => {
    const spec = { shape: of, dtype }
    return fc.record({
      w: arbitraries.tensor(spec, ranges.w, { edges }),
      q: arbitraries.params<Normal.Normal>({ mean: spec, logStd: spec }, { range: ranges.q, edges }),
      eps: arbitraries.key.map((key) => Normal.standard(key, spec))
    })
  })
}

const sized = (value: number) => ({ value, size: Math.abs(value) })

const gradientLaws = (prior: Prior, options: PriorOptions): ReadonlyArray<Law> => {
  const law = (name: string, holds: (given: Case, tally: Tally) => void): Law =>
    forMost(`prior: gradient of ${name} = central difference`, cases(options), holds)
  return [
    law("log density", ({ w }, tally) => {
      const gradient = prior.logProbGrad(w)
      assertGradient({ name: "log p", point: w, gradient, f: (at) => sized(prior.logProb(at)), tally })
    }),
    law("KL, given the noise,", ({ q, eps }, tally) => {
      const gradient = prior.klGrad(q, eps)
      assertGradient({ name: "KL", point: q, gradient, f: (at) => sized(prior.kl(at, eps)), tally })
    })
  ]
}

const atCentre = ({ shape = [2], centre = 0 }: PriorOptions): Tensor.Tensor =>
  typeof centre === "number" ? Tensor.full({ shape, dtype: "float64" }, centre) : Tensor.cast(centre, "float64")

/**
 * One weight at a distance d of 10 to 1e4, the others at the centre. With steps of 1e-4 d a central difference errs by a
 * part of (1e-4)^2 of the slope where log p is a power or a logarithm of d, and by the rounding of log p over the step.
 */
const tailLaw = (prior: Prior, options: PriorOptions): Law => {
  const at = atCentre(options)
  const places = fc.record({ power: arbitraries.number([1, 4]), sign: fc.constantFrom(-1, 1), leaf: fc.nat() })
  return forAll("prior: gradient of log density, up to 1e4 away, = central difference", places, (place) => {
    const i = place.leaf % Tree.count(at)
    const d = exp(place.power * Math.LN10)
    const moved = (by: number) => nudgeLeaf(at, "", i, place.sign * d + by)
    const h = 1e-4 * d
    const exact = (prior.logProb(moved(h)) - prior.logProb(moved(-h))) / (2 * h)
    const found = Tensor.toFloat64Array(prior.logProbGrad(moved(0)))[i]!
    const rounding = (1e-14 * (1 + Math.abs(prior.logProb(moved(0))))) / h
    const ok = Math.abs(found - exact) <= 1e-6 * Math.abs(exact) + rounding
    assert(ok, () => `gradient ${found} at ${place.sign * d} from the centre, by differences ${exact}`)
  })
}

const integralLaws = (prior: Prior, options: PriorOptions): ReadonlyArray<Law> => {
  const at = atCentre(options)
  const { shape } = at
  const doubles = cases({ ...options, shape })
  return [
    once("prior: the density integrates to 1 within 1e-9", () => {
      const n = Tree.count(at)
      const mass = totalLogMass(prior, at) / n
      const found = Number(mass.toPrecision(6))
      const over = n === 1 ? "" : ` (the mean of ${n} weights)`
      assert(Math.abs(mass) <= 1e-9, () => `the logarithm of its integral over a weight is ${found}${over}, not 0`)
    }),
    // 3 cases of 4000 draws each where it is sampled; see moments.ts for the probabilities of both errors.
    once("prior: KL = integral of q (log q - log p)", (seed) => {
      for (const { q } of fixedCases(doubles, 3, seed)) {
        const exact = exactKl(prior, at, q)
        if (prior.sampledKl) {
          const estimates = draws(q, seed).map((eps) => prior.kl(q, eps))
          assertMean("sampled KL", exact, estimates)
        } else assertNear("KL", exact, prior.kl(q), 1e-9)
      }
    }),
    // The integral's central difference errs by h^2 / 6 of a third derivative, and 1e-12 / h: below 1e-6 at h = 1e-4.
    once("prior: KL gradient = derivative of that integral", (seed) => {
      const h = 1e-4
      for (const { q: drawn } of fixedCases(doubles, 2, seed)) {
        const q = near(at, drawn)
        const found = prior.sampledKl ? draws(q, seed).map((eps) => prior.klGrad(q, eps)) : [prior.klGrad(q)]
        const of = (path: string, i: number) => (grad: Normal.Grad) =>
          Tensor.toFloat64Array(path === "mean" ? grad.mean : grad.logStd)[i]!
        for (const path of ["mean", "logStd"]) {
          for (let i = 0; i < Tree.count(at); i++) {
            const [above, below] = [h, -h].map((delta) => exactKl(prior, at, nudgeLeaf(q, path, i, delta)))
            const exact = (above! - below!) / (2 * h)
            if (prior.sampledKl) assertMean(`KL gradient by ${path}[${i}]`, exact, found.map(of(path, i)))
            else assertNear(`KL gradient by ${path}[${i}]`, exact, of(path, i)(found[0]!), 1e-6)
          }
        }
      }
    })
  ]
}

/** The normal moved to within one of its stds of the centre, where 4000 draws see both sides of a kink. */
const near = (centre: Tensor.Tensor, { mean, logStd }: Normal.Normal): Normal.Normal => {
  const step = kernels("float64").scale(0.5, mean) // from [-2, 2]
  return { mean: Normal.sample({ mean: centre, logStd }, step), logStd }
}

const DRAWS = 4000

const draws = (q: Normal.Normal, seed: number): ReadonlyArray<Tensor.Tensor> =>
  Key.split(Key.make(seed), DRAWS).map((key) => Normal.standard(key, q.mean))

const assertNear = (what: string, exact: number, found: number, bound: number): void =>
  assert(Math.abs(found - exact) <= bound * (1 + Math.abs(exact)), () => `${what}: ${found}, exactly ${exact}`)

const LARGE: arbitraries.Range = [-1e4, 1e4]

const valueLaws = (prior: Prior, options: PriorOptions): ReadonlyArray<Law> => {
  const both = cases(options, arbitraries.dtype)
  const extreme = cases(options, arbitraries.dtype, { q: arbitraries.wide, w: LARGE }, true)
  const { atPrior } = options
  const finite = (what: string, value: unknown): void => {
    for (const { path, value: leaf } of Tree.leaves(value)) {
      const ok = Tensor.toFloat64Array(leaf).every(Number.isFinite)
      assert(ok, () => `${what} ${path} is not finite: ${fc.stringify(leaf)}`)
    }
  }
  return [
    forAll("prior: value and gradient are finite for weights up to 1e4", extreme, ({ w }) => {
      assert(Number.isFinite(prior.logProb(w)), () => `log p = ${prior.logProb(w)}`)
      finite("gradient of log p", prior.logProbGrad(w))
    }),
    prior.sampledKl
      ? forAll("prior: the sampled KL is finite, and refused without noise", extreme, ({ q, eps }) => {
          assert(Number.isFinite(prior.kl(q, eps)), () => `KL = ${prior.kl(q, eps)}`)
          finite("KL gradient", prior.klGrad(q, eps))
          assertRefused("kl", () => prior.kl(q))
          assertRefused("klGrad", () => prior.klGrad(q))
        })
      : forAll("prior: KL is finite, not negative and the same without noise", extreme, ({ q, eps }) => {
          const kl = prior.kl(q)
          assert(Number.isFinite(kl) && kl >= 0, () => `KL = ${kl}`)
          assertIdentical("KL with noise and without", kl, prior.kl(q, eps))
          assertIdentical("KL gradient with noise and without", prior.klGrad(q), prior.klGrad(q, eps))
        }),
    ...(atPrior === undefined
      ? []
      : [
          forAll("prior: KL = 0 exactly at the prior, and so is its gradient", both, ({ w, eps }) => {
            const kl = prior.kl(atPrior(w), eps)
            assert(kl === 0, () => `KL = ${kl} at the prior`)
            for (const { value } of Tree.leaves(prior.klGrad(atPrior(w), eps))) {
              assert(
                Tensor.toFloat64Array(value).every((d) => d === 0),
                () => `KL gradient ${fc.stringify(value)}`
              )
            }
          })
        ]),
    forAll("prior: float32 is float64, rounded", cases(options, fc.constant("float32")), (given) => {
      const wide = calls(prior, {
        w: Tensor.cast(given.w, "float64"),
        q: Tree.cast(given.q, "float64"),
        eps: Tensor.cast(given.eps, "float64")
      })
      for (const [call, run] of Object.entries(calls(prior, given))) {
        assertRounded(call, wide[call as keyof typeof wide](), run())
      }
    }),
    ...(options.shape === undefined
      ? [forAll("prior: sums over weights, each by itself", cases(options), (given) => assertSums(prior, given))]
      : []),
    forAll("prior: shapes and dtypes are as declared", both, ({ w, q, eps }) => {
      Shape.assertSame("logProbGrad", w, prior.logProbGrad(w))
      Tree.assertShapes("klGrad", Tree.shapes(q), prior.klGrad(q, eps))
    }),
    forAll("prior: inputs are not modified", both, (given) => assertUnmodified({ ...given }, calls(prior, given))),
    forAll("prior: same inputs, same bytes", both, (given) => assertRepeatable(calls(prior, given)))
  ]
}

const calls = (prior: Prior, { w, q, eps }: Case) => ({
  logProb: () => prior.logProb(w),
  logProbGrad: () => prior.logProbGrad(w),
  kl: () => prior.kl(q, eps),
  klGrad: () => prior.klGrad(q, eps)
})

const assertRefused = (what: string, run: () => unknown): void => {
  try {
    run()
  } catch (error) {
    assert(error instanceof ConfigError, () => `${what} without noise throws ${String(error)}, no ConfigError`)
    return
  }
  throw new Error(`${what} without noise gives a value, though it is sampled`)
}

const numbers = (value: unknown): ReadonlyArray<number> =>
  typeof value === "number"
    ? [value]
    : Tree.leaves(value).flatMap((leaf) => Array.from(Tensor.toFloat64Array(leaf.value)))

/** A float32 has a rounding error of 6e-8; parameters, a sample and the result have one each, the slope enlarges them. */
const assertRounded = (what: string, exact: unknown, found: unknown): void => {
  const values = numbers(exact)
  const largest = values.reduce((max, v) => Math.max(max, Math.abs(v)), 1)
  for (const [i, v] of numbers(found).entries()) {
    const ok = Math.abs(v - values[i]!) <= 1e-5 * largest
    assert(ok, () => `${what}[${i}] is ${v} in float32, ${values[i]} in float64`)
  }
}

/** The same weights twice have twice the value, and each half has its gradient. */
const assertSums = (prior: Prior, { w, q, eps }: Case): void => {
  const row = (t: Tensor.Tensor): Tensor.Tensor => Tensor.reshape(t, [1, Tree.count(t)])
  const twice = <T>(tree: T): T => Tree.map(tree, (leaf) => Tensor.concatRows([row(leaf), row(leaf)]))
  const [once, both] = [calls(prior, { w, q, eps }), calls(prior, { w: twice(w), q: twice(q), eps: twice(eps) })]
  for (const call of ["logProb", "kl"] as const) {
    const [one, two] = [once[call](), both[call]()]
    assert(Math.abs(two - 2 * one) <= 1e-12 * (1 + Math.abs(two)), () => `${call} of both is ${two}, of one ${one}`)
  }
  assertIdentical("logProbGrad of both", twice(once.logProbGrad()), both.logProbGrad())
  assertIdentical("klGrad of both", twice(once.klGrad()), both.klGrad())
}

const specLaw = (prior: Prior, options: PriorOptions, registry: ReadonlyArray<Definition<Prior>>): Law =>
  forAll("prior: its spec, as JSON, makes the same prior", cases(options, arbitraries.dtype), (given) => {
    const rebuilt = rebuild("prior", registry, JSON.parse(JSON.stringify(prior.spec)) as Spec, undefined)
    assertIdentical("the spec", prior.spec, rebuilt.spec)
    assertIdentical("sampledKl", prior.sampledKl, rebuilt.sampledKl)
    const again = calls(rebuilt, given)
    for (const [call, run] of Object.entries(calls(prior, given))) {
      assertIdentical(call, run(), again[call as keyof typeof again]())
    }
  })

/** The laws of a prior over independent weights. @category laws @since 0.2.0 */
export const priorLaws = (prior: Prior, options: PriorOptions = {}): ReadonlyArray<Law> => [
  ...gradientLaws(prior, options),
  tailLaw(prior, options),
  ...integralLaws(prior, options),
  ...valueLaws(prior, options),
  ...(options.registry === false ? [] : [specLaw(prior, options, options.registry ?? definitions)])
]
