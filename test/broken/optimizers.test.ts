// Deliberately broken clipping, freezing and grouping: each test names the laws that catch it.
import {
  addDecayedWeights,
  clipByGlobalNorm,
  frozen,
  type Groups,
  groups,
  Optimizer,
  scaleByLearningRate,
  sgd,
  Tensor,
  Tree
} from "effect-bayes"
import { laws, type OptimizerOptions } from "effect-bayes/testing"
import { expect, it } from "vitest"
import { brokenBy } from "./brokenBy.ts"

const caught = <S>(self: Optimizer.Optimizer<S>, options?: OptimizerOptions) =>
  brokenBy(laws.optimizer(self, { leafwise: false, ...options }))

const { chain } = Optimizer
const step = sgd({ learningRate: 0.1 })

/** A transformation of each number of the gradient on its own. */
const each = (f: (g: number) => number): Optimizer.Optimizer<Tree.Empty> => ({
  init: () => ({}),
  update: (grads, state) => {
    const leaf = (g: Tensor.Tensor) => Tensor.from(Tensor.toFloat64Array(g).map(f), { shape: g.shape, dtype: g.dtype })
    return [Tree.map(grads, leaf), state]
  }
})

it("an infinite gradient that is clipped to a finite one", () => {
  const clip = each((g) => Math.min(1, Math.max(-1, g)))
  expect(caught(chain(clip, step))).toEqual(["a gradient that is not finite does not pass for one that is"])
})

it("a NaN that is taken for 0", () => {
  const zero = each((g) => (Number.isNaN(g) ? 0 : g))
  expect(caught(chain(zero, step))).toEqual(["a gradient that is not finite does not pass for one that is"])
})

it("a gradient of 0 in place of freezing, to which weight decay is added", () => {
  const zero = groups([
    ["a", frozen],
    ["**", chain()]
  ])
  const self = chain(zero, addDecayedWeights(0.1), scaleByLearningRate(0.1))
  expect(caught(self, { frozen: ["a"] })).toEqual(["frozen leaves do not move"])
})

it("one norm for all groups, where each claims to be alone", () => {
  const clipped = chain(clipByGlobalNorm(1), step)
  const parts: Groups.Groups<Optimizer.Optimizer<unknown>> = [
    ["a", clipped],
    ["**", clipped]
  ]
  expect(caught(groups(parts), { parts })).toEqual([])
  expect(caught(clipped, { parts })).toEqual(["each group moves as by its optimizer alone"])
})

it("groups whose rates are swapped", () => {
  const [slow, fast] = [scaleByLearningRate(0.01), scaleByLearningRate(0.1)]
  const swapped = groups([
    ["a", fast],
    ["b", slow]
  ])
  expect(
    caught(swapped, {
      parts: [
        ["a", slow],
        ["b", fast]
      ]
    })
  ).toEqual(["each group moves as by its optimizer alone"])
})
