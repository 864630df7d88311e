// The loss: what it is made of, its gradient, and that neither depends on how rows are batched.

import {
  type ActivationName,
  activations,
  BayesianLinear,
  Dataset,
  Key,
  Likelihood,
  Model,
  relu,
  type Spec,
  Standardizer,
  sequential,
  Tensor,
  Training,
  Tree
} from "effect-bayes"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"

const dtype = "float64"
const network = sequential(
  BayesianLinear.make({ in: 3, out: 4, dtype }),
  relu,
  BayesianLinear.make({ in: 4, out: 2, dtype })
)
const model = Model.make({
  network,
  likelihood: Likelihood.gaussianLearned({ targets: 2, dtype }),
  inputs: Standardizer.identity(3),
  targets: Standardizer.identity(2),
  dtype
})
const params = Model.init(model, Key.make(1))
const eps = network.noise(Key.make(2), 12)
const uniform = (seed: number, rows: number, columns: number): Tensor.Tensor =>
  Tensor.from(
    Float64Array.from({ length: rows * columns }, (_, i) => 4 * Key.uniformAt(Key.make(seed), i) - 2),
    { shape: [rows, columns] }
  )
const all: Training.Batch = { x: uniform(3, 12, 3), y: uniform(4, 12, 2) }
const part = (from: number, to: number): Training.Batch => ({
  x: Tensor.rows(all.x, from, to),
  y: Tensor.rows(all.y, from, to)
})
const flat = (tree: unknown): ReadonlyArray<number> =>
  Tree.leaves(tree).flatMap(({ value }) => Array.from(Tensor.toFloat64Array(value)))

describe("the negative ELBO", () => {
  it("is the mean NLL plus the whole KL over the number of training rows", () => {
    const loss = Training.negElbo(model, params, all, eps, { rows: 500 })
    const output = network.forward(params.network, all.x, eps)
    expect(loss.nllMean).toBe(model.likelihood.nll(params.likelihood, output, all.y) / 12)
    expect(loss.klNats).toBe(network.kl(params.network))
    expect(loss.negElboMean).toBe(loss.nllMean + loss.klNats / 500)
  })

  it("weighs the KL by the temperature: a warmer posterior is nearer to the prior", () => {
    const at = (temperature: number) => Training.negElbo(model, params, all, eps, { rows: 500, temperature })
    expect(at(2).negElboMean - at(1).negElboMean).toBeCloseTo(at(1).klNats / 500, 12)
    expect(at(0).negElboMean).toBe(at(0).nllMean)
  })

  it("has the same value with and without its gradient, and refuses impossible weights", () => {
    const both = Training.negElboGrad(model, params, all, eps, { rows: 500 })
    expect(both.loss).toEqual(Training.negElbo(model, params, all, eps, { rows: 500 }))
    for (const rows of [0, -1, 1.5, Number.NaN]) {
      expect(() => Training.negElbo(model, params, all, eps, { rows })).toThrow(
        "rows: expected the number of training rows"
      )
    }
    for (const temperature of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => Training.negElbo(model, params, all, eps, { rows: 5, temperature })).toThrow("temperature: expected")
    }
  })

  it("has the gradient of central differences, by every parameter", () => {
    const { grads } = Training.negElboGrad(model, params, all, eps, { rows: 7, temperature: 0.5 })
    // Central differences err by h^2 f''' / 6 and by rounding, eps f / h: both below 1e-8 at h = 1e-5.
    const h = 1e-5
    const value = (shifted: typeof params): number =>
      Training.negElbo(model, shifted, all, eps, { rows: 7, temperature: 0.5 }).negElboMean
    const leaves = Tree.leaves(params)
    leaves.forEach(({ path, value: leaf }, l) => {
      const expected = Tensor.toFloat64Array(leaf).map((_, i) => {
        const moved = (by: number) =>
          Tree.map(params, (t, at) => {
            if (at !== path) return t
            const values = Tensor.toFloat64Array(t)
            values[i]! += by
            return Tensor.from(values, { shape: t.shape })
          })
        return (value(moved(h)) - value(moved(-h))) / (2 * h)
      })
      const actual = Tensor.toFloat64Array(Tree.leaves(grads)[l]!.value)
      for (const [i, g] of actual.entries()) expect(g, `${path} number ${i}`).toBeCloseTo(expected[i]!, 7)
    })
  })

  it("has an expected gradient that does not depend on the batch size", () => {
    const weighting = { rows: 12 }
    const whole = flat(Training.negElboGrad(model, params, all, eps, weighting).grads)
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3, 4, 6), (size) => {
        const count = 12 / size
        const sums = whole.map(() => 0)
        for (let b = 0; b < count; b++) {
          const { grads } = Training.negElboGrad(model, params, part(b * size, (b + 1) * size), eps, weighting)
          flat(grads).forEach((g, i) => {
            sums[i]! += g / count
          })
        }
        // Sums of at most 12 terms of size below 100 in float64.
        for (const [i, mean] of sums.entries()) {
          expect(Math.abs(mean - whole[i]!)).toBeLessThan(1e-12 * Math.max(1, Math.abs(whole[i]!)))
        }
      })
    )
  })
})

describe("a model", () => {
  it("is made again from its spec as JSON, and computes the same bytes", () => {
    const data = Dataset.make({ x: all.x, y: all.y })
    const original = Model.regression(data, { hidden: [5, 3], activation: "tanh", noiseStd: 0.3 })
    const again = Model.fromSpec(JSON.parse(JSON.stringify(Model.spec(original))) as ReturnType<typeof Model.spec>)
    const trained = Model.init(original, Key.make(0))
    expect(Tree.equals(trained, Model.init(again, Key.make(0)))).toBe(true)
    const noise = original.network.noise(Key.make(1), 12)
    const x = Standardizer.apply(original.inputs, all.x, "float32")
    const y = original.network.forward(trained.network, x, noise)
    expect(
      Tensor.equals(
        again.network.forward(trained.network, Standardizer.apply(again.inputs, all.x, "float32"), noise),
        y
      )
    ).toBe(true)
    const target = Standardizer.apply(original.targets, all.y, "float32")
    expect(again.likelihood.nll({}, y, target)).toBe(original.likelihood.nll({}, y, target))
  })

  it("has the activation that is named between its layers, and refuses other names", () => {
    const data = Dataset.make({ x: all.x, y: all.y })
    for (const activation of Object.keys(activations) as ReadonlyArray<ActivationName>) {
      const { spec } = Model.regression(data, { hidden: [3, 3], activation }).network
      const kinds = (spec.layers as ReadonlyArray<Spec.Spec>).map((layer) => layer.kind)
      expect(kinds).toEqual(["bayesian", activation, "bayesian", activation, "bayesian"])
    }
    expect(() => Model.regression(data, { activation: "toString" as never })).toThrow(
      "activation: expected one of identity, relu, leaky-relu, elu, gelu, silu, sigmoid, softplus, tanh, got toString"
    )
  })

  it("refuses a network that does not take its inputs", () => {
    const make = () =>
      Model.make({
        network: BayesianLinear.make({ in: 3, out: 1 }),
        likelihood: Likelihood.gaussian({ std: 1 }),
        inputs: Standardizer.identity(4),
        targets: Standardizer.identity(1)
      })
    expect(make).toThrow("Linear(3 -> 1), input without its batch axis: expected a last axis of 3, got [4]")
  })

  it("says which target is constant", () => {
    const data = Dataset.make({
      x: [[1], [2]],
      y: [
        [1, 5],
        [2, 5]
      ],
      targets: ["a", "b"]
    })
    expect(() => Model.regression(data)).toThrow("the target is constant: b")
  })
})
