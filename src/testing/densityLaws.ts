/**
 * What a likelihood says of a target: a normalized density, and what it predicts is that density's.
 *
 * That it sums to 1 is what tells a likelihood from a loss: a mean squared error does not, nor does a Poisson loss
 * without the logarithm of the factorial.
 *
 * @since 0.2.0
 */
import { exp } from "../core/math.ts"
import * as Shape from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import type { Classes, Conditional, Continuous, Counts, Likelihood } from "../distributions/Likelihood.ts"
import { assert, forAll, type Law } from "./Law.ts"
import { type Case, cases, type LikelihoodOptions, type Target, targetsOf } from "./likelihoodCases.ts"
import { integrate, integrateTo } from "./quadrature.ts"

/** Throws unless the numbers differ by at most `tolerance` of 1 + |expected|. */
export const close = (what: string, expected: number, actual: number, tolerance: number): void =>
  assert(
    Math.abs(expected - actual) <= tolerance * (1 + Math.abs(expected)),
    () => `${what}: expected ${expected}, got ${actual}`
  )

const isContinuous = <L>(self: Likelihood<L>): self is Continuous<L> => "conditional" in self
const isCounts = <L>(self: Likelihood<L>): self is Counts<L> => "counts" in self
const isClasses = <L>(self: Likelihood<L>): self is Classes<L> => "probabilities" in self

/** All that a likelihood predicts of a case, as calls. */
export const predictions = <L>(self: Likelihood<L>, { params, output, target }: Case<L>) => {
  const each = ({ mean, variance, logPdf, cdf }: Conditional) => {
    const ys = Array.from(Tensor.toFloat64Array(target))
    return { mean, variance, at: ys.map((y, i) => ({ logPdf: logPdf(i, y), cdf: cdf(i, y) })) }
  }
  return {
    ...(isContinuous(self) ? { conditional: () => each(self.conditional(params, output)) } : {}),
    ...(isCounts(self) ? { counts: () => each(self.counts(params, output)) } : {}),
    ...(isClasses(self) && target.shape[1] === 1 ? { probabilities: () => self.probabilities(params, output) } : {})
  }
}

/** How far from 1 a density may integrate: float32 rounds the target itself. */
const INTEGRAL: Readonly<Record<Shape.DType, number>> = { float64: 1e-8, float32: 1e-5 }
/** Of sums the terms alone are rounded, in float32 to a few 2^-24 of a term that may be larger than the sum. */
export const SUM: Readonly<Record<Shape.DType, number>> = { float64: 1e-12, float32: 1e-5 }
/** Counts are summed until the terms no longer change the sum, after the first that may still grow. */
const COUNTS = { least: 30, most: 10_000 }

const replaced = (row: Tensor.Tensor, index: number, value: number): Tensor.Tensor => {
  const values = Tensor.toFloat64Array(row)
  values[index] = value
  return Tensor.from(values, { dtype: row.dtype, shape: row.shape })
}

/** The sum of f over all values of a target, an integral for a real one. */
const over = (target: Target, f: (value: number) => number): number => {
  if (target === "real") return integrate(f)
  let sum = 0
  for (let k = 0; k < (target === "count" ? COUNTS.most : target.classes); k++) {
    const term = f(k)
    sum += term
    if (target === "count" && k >= COUNTS.least && term < 1e-17 * sum) break
  }
  return sum
}

/** -log p of a single row; of a class that counts several times, once. */
const onceOnly = <L>(self: Likelihood<L>, options: LikelihoodOptions<L>, params: L, output: Tensor.Tensor) => {
  return (target: Tensor.Tensor): number => {
    const weight = options.classWeights?.[Tensor.toFloat64Array(target)[0]!] ?? 1
    return self.nll(params, output, target) / weight
  }
}

/**
 * exp(-nll) sums to 1 over all targets together. Of several real ones one moves at a time, and what is left is the
 * density of the others; that is known only where there is a `conditional`.
 */
const normalizationLaw = <L>(self: Likelihood<L>, options: LikelihoodOptions<L>): ReadonlyArray<Law> => {
  const targets = targetsOf(options)
  const reals = targets.filter((target) => target === "real").length
  if (reals > 1 && !isContinuous(self)) return []
  const total = ({ params, output, target }: Case<L>): ReadonlyArray<number> => {
    const nll = onceOnly(self, options, params, output)
    if (reals > 1 && isContinuous(self)) {
      const { logPdf } = self.conditional(params, output)
      const ys = Tensor.toFloat64Array(target)
      return targets.map((_, j) => {
        const others = ys.reduce((sum, y, i) => (i === j ? sum : sum + logPdf(i, y)), 0)
        return integrate((y) => exp(-nll(replaced(target, j, y)) - others))
      })
    }
    const from = (at: Tensor.Tensor, j: number): number =>
      j === targets.length ? exp(-nll(at)) : over(targets[j]!, (value) => from(replaced(at, j, value), j + 1))
    return [from(target, 0)]
  }
  return [
    forAll(
      "likelihood: exp(-nll) sums to 1 over the targets",
      cases(self, options, 1),
      (given) => {
        const tolerance = (reals > 0 ? INTEGRAL : SUM)[given.output.dtype]
        for (const sum of total(given)) close("sum of exp(-nll) over the targets", 1, sum, tolerance)
      },
      5
    )
  ]
}

const conditionalLaws = <L>(self: Continuous<L>, options: LikelihoodOptions<L>): ReadonlyArray<Law> => [
  forAll("likelihood: conditional logPdf is -nll", cases(self, options), ({ params, output, target }) => {
    const { logPdf } = self.conditional(params, output)
    const sum = Tensor.toFloat64Array(target).reduce((total, y, i) => total + logPdf(i, y), 0)
    close("nll", -sum, self.nll(params, output, target), SUM[output.dtype])
  }),
  forAll(
    "likelihood: conditional mean, variance and cdf are those of its density",
    cases(self, options, 2),
    ({ params, output, target }) => {
      const { mean, variance, logPdf, cdf } = self.conditional(params, output)
      for (const [i, y] of Tensor.toFloat64Array(target).entries()) {
        const density = (at: number): number => exp(logPdf(i, at))
        const moment = (f: (at: number) => number): number => integrate((at) => f(at) * density(at))
        close(
          "mean",
          moment((at) => at),
          mean[i]!,
          1e-9
        )
        close(
          "variance",
          moment((at) => (at - mean[i]!) * (at - mean[i]!)),
          variance[i]!,
          1e-9
        )
        close("cdf", integrateTo(y, density), cdf(i, y), 1e-9)
      }
    },
    5
  )
]

const countsLaws = <L>(self: Counts<L>, options: LikelihoodOptions<L>): ReadonlyArray<Law> => [
  forAll("likelihood: counts' logPdf is -nll", cases(self, options), ({ params, output, target }) => {
    const { logPdf } = self.counts(params, output)
    const sum = Tensor.toFloat64Array(target).reduce((total, y, i) => total + logPdf(i, y), 0)
    close("nll", -sum, self.nll(params, output, target), SUM[output.dtype])
  }),
  forAll("likelihood: counts' mean, variance and cdf are those of their sum", cases(self, options, 2), (given) => {
    const { mean, variance, logPdf, cdf } = self.counts(given.params, given.output)
    for (const [i, y] of Tensor.toFloat64Array(given.target).entries()) {
      const moment = (f: (k: number) => number): number => over("count", (k) => f(k) * exp(logPdf(i, k)))
      close(
        "mean",
        moment((k) => k),
        mean[i]!,
        1e-9
      )
      close(
        "variance",
        moment((k) => (k - mean[i]!) * (k - mean[i]!)),
        variance[i]!,
        1e-9
      )
      const upTo = moment((k) => (k <= y ? 1 : 0))
      for (const [at, expected] of [
        [y, upTo],
        [y + 0.75, upTo],
        [-0.25, 0]
      ] as const)
        close("cdf", expected, cdf(i, at), SUM.float64)
    }
  })
]

const classesLaw = <L>(self: Classes<L>, options: LikelihoodOptions<L>): Law =>
  forAll(
    "likelihood: probabilities are exp(-nll) of each class",
    cases(self, options),
    ({ params, output, target }) => {
      const found = self.probabilities(params, output)
      const [kind] = targetsOf(options)
      const C = typeof kind === "object" ? kind.classes : 0
      const batch = output.shape[0]!
      Shape.assertSame("probabilities", { dtype: "float64", shape: [batch, C] }, found)
      const ps = Tensor.toFloat64Array(found)
      for (let row = 0; row < batch; row++) {
        const nll = onceOnly(self, options, params, Tensor.rows(output, row, row + 1))
        const one = Tensor.rows(target, row, row + 1)
        for (let k = 0; k < C; k++) {
          close(`P(class ${k}) of row ${row}`, exp(-nll(replaced(one, 0, k))), ps[row * C + k]!, SUM[output.dtype])
        }
        close(
          `sum of row ${row}`,
          1,
          ps.subarray(row * C, (row + 1) * C).reduce((a, b) => a + b, 0),
          SUM.float64
        )
      }
    }
  )

/** The laws of what a likelihood says of targets. @category laws @since 0.2.0 */
export const densityLaws = <L>(self: Likelihood<L>, options: LikelihoodOptions<L>): ReadonlyArray<Law> => [
  ...normalizationLaw(self, options),
  ...(isContinuous(self) ? conditionalLaws(self, options) : []),
  ...(isCounts(self) ? countsLaws(self, options) : []),
  ...(isClasses(self) && targetsOf(options).length === 1 ? [classesLaw(self, options)] : [])
]
