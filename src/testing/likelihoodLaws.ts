/**
 * What every likelihood must be: a sum over the rows, each as often as its weight says, with its gradient; and, in
 * `densityLaws`, a normalized density of the target.
 *
 * @since 0.1.0
 */
import fc from "fast-check"
import * as Key from "../core/Key.ts"
import * as Shape from "../core/Shape.ts"
import { rebuild, type Spec } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import type { Likelihood, LikelihoodDefinition } from "../distributions/Likelihood.ts"
import * as Likelihoods from "../distributions/likelihoods.ts"
import { close, densityLaws, predictions, SUM } from "./densityLaws.ts"
import { assertGradient } from "./differences.ts"
import { assert, forAll, forMost, type Law } from "./Law.ts"
import { type Case, cases, type LikelihoodOptions, targetsOf } from "./likelihoodCases.ts"
import { assertIdentical, assertRepeatable, assertUnmodified } from "./purity.ts"

type Calls = Readonly<Record<string, () => unknown>>

const calls = <L>(self: Likelihood<L>, { params, output, target, weights }: Case<L>): Calls => ({
  nll: () => self.nll(params, output, target),
  nllGrad: () => self.nllGrad(params, output, target),
  "nll, weighted": () => self.nll(params, output, target, weights),
  "nllGrad, weighted": () => self.nllGrad(params, output, target, weights)
})

const sum = (values: Iterable<number>): number => {
  let total = 0
  for (const value of values) total += value
  return total
}

const commonLaws = <L>(self: Likelihood<L>, options: LikelihoodOptions<L>): ReadonlyArray<Law> => {
  const all = cases(self, options)
  return [
    forMost("likelihood: gradient = central difference", all, ({ params, output, target, weights }, tally) => {
      for (const each of [undefined, weights]) {
        const { dParams, dOutput } = self.nllGrad(params, output, target, each)
        const nll = (p: L, o: Tensor.Tensor) => {
          const value = self.nll(p, o, target, each)
          return { value, size: Math.abs(value) }
        }
        const f = (o: Tensor.Tensor) => nll(params, o)
        assertGradient({ name: "nll by output", point: output, gradient: dOutput, f, tally })
        assertGradient({ name: "nll", point: params, gradient: dParams, f: (p) => nll(p, output), tally })
      }
    }),
    forAll("likelihood: nll is a sum over rows", all, ({ params, output, target }) => {
      const rows = Array.from({ length: output.shape[0]! }, (_, row) =>
        self.nll(params, Tensor.rows(output, row, row + 1), Tensor.rows(target, row, row + 1))
      )
      close("nll of the batch", sum(rows), self.nll(params, output, target), SUM[output.dtype])
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

const closeTree = (what: string, expected: unknown, actual: unknown, tolerance: number): void => {
  const found = Tree.leaves(actual)
  for (const [k, { path, value }] of Tree.leaves(expected).entries()) {
    const numbers = Tensor.toFloat64Array(found[k]!.value)
    for (const [i, known] of Tensor.toFloat64Array(value).entries()) {
      close(`${what} ${path}[${i}]`, known, numbers[i]!, tolerance)
    }
  }
}

const weightLaws = <L>(self: Likelihood<L>, options: LikelihoodOptions<L>): ReadonlyArray<Law> => {
  const all = cases(self, options)
  const counted = all.chain((given) => {
    const length = given.output.shape[0]!
    return fc.array(fc.nat(3), { minLength: length, maxLength: length }).map((times) => ({ ...given, times }))
  })
  return [
    forAll("likelihood: a row of weight k counts like k rows", counted, ({ params, output, target, times }) => {
      const tolerance = SUM[output.dtype]
      const weights = Tensor.from(times, { dtype: output.dtype })
      const repeated = times.flatMap((k, row) => Array.from({ length: k }, () => row))
      const many = [Tensor.takeRows(output, repeated), Tensor.takeRows(target, repeated)] as const
      close("nll", self.nll(params, ...many), self.nll(params, output, target, weights), tolerance)
      const expected = self.nllGrad(params, ...many)
      const found = self.nllGrad(params, output, target, weights)
      closeTree("dParams", expected.dParams, found.dParams, tolerance)
      const width = output.shape[1]!
      const dOutput = new Float64Array(times.length * width)
      for (const [i, d] of Tensor.toFloat64Array(expected.dOutput).entries()) {
        dOutput[repeated[Math.floor(i / width)]! * width + (i % width)]! += d
      }
      closeTree("dOutput", Tensor.from(dOutput, { shape: output.shape }), found.dOutput, tolerance)
    }),
    forAll("likelihood: weights that are none are refused", all, ({ params, output, target, weights }) => {
      const values = Tensor.toFloat64Array(weights)
      const bad = [-1, Number.NaN, Number.POSITIVE_INFINITY].map((v) => Tensor.from(values.with(-1, v), weights))
      const misfits = [Tensor.concatRows([weights, weights]), Tensor.reshape(weights, [values.length, 1])]
      for (const wrong of [...bad, ...misfits]) {
        for (const call of ["nll", "nllGrad"] as const) {
          const refused = refuses(() => self[call](params, output, target, wrong))
          assert(refused, () => `${call} took the weights ${fc.stringify(wrong)} for ${values.length} rows`)
        }
      }
    })
  ]
}

const refuses = (call: () => unknown): boolean => {
  try {
    call()
    return false
  } catch {
    return true
  }
}

/** Of a likelihood that looks at its targets: in the last row each that is no real number is made what it cannot be. */
const targetLaws = <L>(self: Likelihood<L>, options: LikelihoodOptions<L>): ReadonlyArray<Law> => {
  const kinds = targetsOf(options)
  if (self.assertTargets === undefined) return []
  return [
    forAll("likelihood: targets that cannot be are refused", cases(self, options), ({ params, output, target }) => {
      const outShape = output.shape.slice(1)
      const values = Tensor.toFloat64Array(target)
      self.assertTargets?.(outShape, target)
      for (const [t, kind] of kinds.entries()) {
        if (kind === "real") continue
        const beyond = kind === "count" ? [] : [kind.classes]
        for (const wrong of [-1, 0.5, Number.NaN, ...beyond]) {
          const bad = Tensor.from(values.with(values.length - kinds.length + t, wrong), target)
          const calls = {
            nll: () => self.nll(params, output, bad),
            nllGrad: () => self.nllGrad(params, output, bad),
            assertTargets: () => self.assertTargets?.(outShape, bad)
          }
          for (const [name, call] of Object.entries(calls)) {
            assert(refuses(call), () => `${name} took ${wrong} for target ${t}, which is ${fc.stringify(kind)}`)
          }
        }
      }
    })
  ]
}

const specLaw = <L>(
  self: Likelihood<L>,
  options: LikelihoodOptions<L>,
  registry: ReadonlyArray<LikelihoodDefinition>
): Law =>
  forAll("likelihood: its spec, as JSON, makes the same likelihood", cases(self, options), (given) => {
    const rebuilt = rebuild("likelihood", registry, JSON.parse(JSON.stringify(self.spec)) as Spec, registry)
    assertIdentical("init", self.init(Key.make(0)), rebuilt.init(Key.make(0)))
    const says = (of: Likelihood<L>): Calls => ({ ...calls(of, given), ...predictions(of, given) })
    const again = says(rebuilt as Likelihood<L>)
    for (const [call, run] of Object.entries(says(self))) assertIdentical(call, run(), again[call]?.())
  })

/** The laws of a likelihood. @category laws @since 0.1.0 */
export const likelihoodLaws = <L>(self: Likelihood<L>, options: LikelihoodOptions<L>): ReadonlyArray<Law> => [
  ...commonLaws(self, options),
  ...weightLaws(self, options),
  ...targetLaws(self, options),
  ...densityLaws(self, options),
  ...(options.registry === false ? [] : [specLaw(self, options, options.registry ?? Likelihoods.definitions)])
]
