/**
 * What every likelihood must be: a normalized density of the target, its gradient, and a sum over the rows.
 *
 * That it integrates to 1 is what tells a likelihood from a loss: a mean squared error does not.
 *
 * @since 0.1.0
 */
import fc from "fast-check"
import * as Key from "../core/Key.ts"
import { exp } from "../core/math.ts"
import * as Shape from "../core/Shape.ts"
import { type Definition, rebuild, type Spec } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import type { Continuous, Likelihood } from "../distributions/Likelihood.ts"
import * as Likelihoods from "../distributions/likelihoods.ts"
import * as arbitraries from "./arbitraries.ts"
import { assertGradient } from "./differences.ts"
import { assert, forAll, forMost, type Law } from "./Law.ts"
import { assertIdentical, assertRepeatable, assertUnmodified } from "./purity.ts"
import { integrate, integrateTo } from "./quadrature.ts"

/** @category models @since 0.1.0 */
export interface LikelihoodOptions<L> {
  /** The length of a row of the output. */
  readonly outputs: number
  /** What targets are: as many real numbers as outputs (the default), or one class of so many. */
  readonly classes?: number
  readonly dtype?: Shape.DType
  /** Parameters to try: `arbitraries.params` of the likelihood's shapes unless given, with a logStd in [-1, 1]. */
  readonly params?: fc.Arbitrary<L>
  /** Where the spec's kinds are found (the library's own unless given); false for one that cannot be saved. */
  readonly registry?: ReadonlyArray<Definition<Likelihood<unknown>>> | false
}

interface Case<L> {
  readonly params: L
  readonly output: Tensor.Tensor
  readonly target: Tensor.Tensor
}

const calm: arbitraries.Ranges = (path) => (/(^|\.)logStd$/.test(path) ? [-1, 1] : [-2, 2])

const cases = <L>(likelihood: Likelihood<L>, options: LikelihoodOptions<L>, maxBatch = 4): fc.Arbitrary<Case<L>> => {
  const { outputs, classes, dtype = "float64" } = options
  return fc.integer({ min: 1, max: maxBatch }).chain((batch) => {
    const output = arbitraries.tensor({ shape: [batch, outputs], dtype })
    const labels = fc.array(fc.nat((classes ?? 1) - 1), { minLength: batch, maxLength: batch })
    const target = labels.map((values) => Tensor.from(values, { dtype, shape: [batch, 1] }))
    return fc.record({
      params: options.params ?? arbitraries.params(likelihood.shapes, { range: calm }),
      output,
      target: classes === undefined ? output : target
    })
  })
}

const calls = <L>(self: Likelihood<L>, { params, output, target }: Case<L>) => ({
  nll: () => self.nll(params, output, target),
  nllGrad: () => self.nllGrad(params, output, target)
})

const close = (what: string, expected: number, actual: number, tolerance: number): void =>
  assert(
    Math.abs(expected - actual) <= tolerance * (1 + Math.abs(expected)),
    () => `${what}: expected ${expected}, got ${actual}`
  )

const commonLaws = <L>(self: Likelihood<L>, options: LikelihoodOptions<L>): ReadonlyArray<Law> => {
  const all = cases(self, options)
  return [
    forMost("likelihood: gradient = central difference", all, ({ params, output, target }, tally) => {
      const { dParams, dOutput } = self.nllGrad(params, output, target)
      const nll = (p: L, o: Tensor.Tensor) => {
        const value = self.nll(p, o, target)
        return { value, size: Math.abs(value) }
      }
      const f = (o: Tensor.Tensor) => nll(params, o)
      assertGradient({ name: "nll by output", point: output, gradient: dOutput, f, tally })
      assertGradient({ name: "nll", point: params, gradient: dParams, f: (p) => nll(p, output), tally })
    }),
    forAll("likelihood: nll is a sum over rows", all, ({ params, output, target }) => {
      const rows = Array.from({ length: output.shape[0]! }, (_, row) =>
        self.nll(params, Tensor.rows(output, row, row + 1), Tensor.rows(target, row, row + 1))
      )
      const sum = rows.reduce((total, nll) => total + nll, 0)
      close("nll of the batch", sum, self.nll(params, output, target), output.dtype === "float64" ? 1e-12 : 1e-5)
    }),
    forAll("likelihood: shapes and dtypes are as declared", all, ({ params, output, target }) => {
      const { dParams, dOutput } = self.nllGrad(params, output, target)
      Shape.assertSame("dOutput", output, dOutput)
      Tree.assertShapes("dParams", self.shapes, dParams)
      Tree.assertShapes("init", self.shapes, self.init(Key.make(0)))
    }),
    forAll("likelihood: inputs are not modified", all, (given) => assertUnmodified({ ...given }, calls(self, given))),
    forAll("likelihood: same inputs, same bytes", all, (given) => assertRepeatable(calls(self, given)))
  ]
}

/** How far from 1 a density may integrate: float32 rounds the target itself. */
const INTEGRAL: Readonly<Record<Shape.DType, number>> = { float64: 1e-8, float32: 1e-5 }

const isContinuous = <L>(self: Likelihood<L>): self is Continuous<L> => "conditional" in self

const replaced = (row: Tensor.Tensor, index: number, value: number): Tensor.Tensor => {
  const values = Tensor.toFloat64Array(row)
  values[index] = value
  return Tensor.from(values, { dtype: row.dtype, shape: row.shape })
}

/**
 * exp(-nll) sums to 1 over the classes, or integrates to 1 over a real target. Of several real targets one moves at a
 * time, and what is left is the density of the others; that is known only where there is a `conditional`.
 */
const normalizationLaws = <L>(self: Likelihood<L>, options: LikelihoodOptions<L>): ReadonlyArray<Law> => {
  const { classes, outputs } = options
  const single = cases(self, options, 1)
  if (classes !== undefined) {
    return [
      forAll("likelihood: exp(-nll) sums to 1 over the classes", single, ({ params, output, target }) => {
        const densities = Array.from({ length: classes }, (_, k) =>
          exp(-self.nll(params, output, replaced(target, 0, k)))
        )
        const total = densities.reduce((sum, p) => sum + p, 0)
        close("sum of exp(-nll)", 1, total, output.dtype === "float64" ? 1e-12 : 1e-5)
      })
    ]
  }
  if (outputs > 1 && !isContinuous(self)) return []
  return [
    forAll(
      "likelihood: exp(-nll) integrates to 1 over the target",
      single,
      ({ params, output, target }) => {
        for (let j = 0; j < outputs; j++) {
          let others = 0
          if (isContinuous(self)) {
            const { logPdf } = self.conditional(params, output)
            for (const [i, y] of Tensor.toFloat64Array(target).entries()) if (i !== j) others += logPdf(i, y)
          }
          const total = integrate((y) => exp(-self.nll(params, output, replaced(target, j, y)) - others))
          close(`integral of exp(-nll) over target ${j}`, 1, total, INTEGRAL[output.dtype])
        }
      },
      5
    )
  ]
}

const conditionalLaws = <L>(self: Continuous<L>, options: LikelihoodOptions<L>): ReadonlyArray<Law> => {
  const all = cases(self, options)
  return [
    forAll("likelihood: conditional logPdf is -nll", all, ({ params, output, target }) => {
      const { logPdf } = self.conditional(params, output)
      const sum = Tensor.toFloat64Array(target).reduce((total, y, i) => total + logPdf(i, y), 0)
      close("nll", -sum, self.nll(params, output, target), 1e-12)
    }),
    forAll(
      "likelihood: conditional mean, variance and cdf are those of its density",
      cases(self, options, 2),
      ({ params, output, target }) => {
        const { mean, variance, logPdf, cdf } = self.conditional(params, output)
        for (const [i, y] of Tensor.toFloat64Array(target).entries()) {
          const density = (at: number): number => exp(logPdf(i, at))
          close(
            "mean",
            integrate((at) => at * density(at)),
            mean[i]!,
            1e-9
          )
          close(
            "variance",
            integrate((at) => (at - mean[i]!) * (at - mean[i]!) * density(at)),
            variance[i]!,
            1e-9
          )
          close("cdf", integrateTo(y, density), cdf(i, y), 1e-9)
        }
      },
      5
    )
  ]
}

const specLaw = <L>(
  self: Likelihood<L>,
  options: LikelihoodOptions<L>,
  registry: ReadonlyArray<Definition<Likelihood<unknown>>>
): Law =>
  forAll("likelihood: its spec, as JSON, makes the same likelihood", cases(self, options), (given) => {
    const rebuilt = rebuild("likelihood", registry, JSON.parse(JSON.stringify(self.spec)) as Spec, undefined)
    assertIdentical("init", self.init(Key.make(0)), rebuilt.init(Key.make(0)))
    const { params, output, target } = given
    assertIdentical("nll", self.nll(params, output, target), rebuilt.nll(params, output, target))
  })

/** The laws of a likelihood. @category laws @since 0.1.0 */
export const likelihoodLaws = <L>(self: Likelihood<L>, options: LikelihoodOptions<L>): ReadonlyArray<Law> => [
  ...commonLaws(self, options),
  ...normalizationLaws(self, options),
  ...(isContinuous(self) ? conditionalLaws(self, options) : []),
  ...(options.registry === false ? [] : [specLaw(self, options, options.registry ?? Likelihoods.definitions)])
]
