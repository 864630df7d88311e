// What `bayesian` lifts: deterministic layers alone, under posteriors and priors that may be instances of classes.
import {
  BayesianLinear,
  bayesian,
  ConfigError,
  Key,
  Linear,
  meanField,
  type Normal,
  type Posterior,
  Prior,
  relu,
  sequential,
  Tensor,
  Tree
} from "effect-bayes"
import { describe, expect, it } from "vitest"

const linear = Linear.make({ in: 2, out: 3, dtype: "float64" })

describe("a layer that has noise", () => {
  it("is refused at once, as its divergence would be lost", () => {
    const lift = () => bayesian(BayesianLinear.make({ in: 2, out: 3 }), meanField())
    expect(lift).toThrow(ConfigError)
    expect(lift).toThrow('bayesian, layer: expected a deterministic layer, got "bayesian", which has noise')
  })

  it("is found inside a sequence too", () => {
    const inner = sequential(linear, relu, BayesianLinear.make({ in: 3, out: 1, dtype: "float64" }))
    expect(() => bayesian(inner as never, meanField())).toThrow('got "sequential", which has noise')
  })
})

it("a deterministic sequence, itself nested, is lifted: at zero noise it gives what its mean gives", () => {
  const inner = sequential(sequential(linear, relu), Linear.make({ in: 3, out: 1, dtype: "float64" }))
  const lifted = bayesian(inner as never, meanField<Tree.Empty>())
  const q = lifted.init(Key.make(1))
  const eps = Tree.zerosLike(lifted.noise(Key.make(2), 1))
  const x = Tensor.from([[1, -2]], { dtype: "float64" })
  const weights = inner.init(Key.fold(Key.make(1), 0))
  const expected = inner.forward(weights, x, inner.noise(Key.make(0), 1))
  expect(Tensor.equals(lifted.forward(q, x, eps), expected)).toBe(true)
  expect(Tensor.equals(lifted.vjp(q, x, eps).y, expected)).toBe(true)
})

it("parts may be instances of classes, whose methods need their `this`", () => {
  const plain = Prior.normal({ std: 2 })
  class OfClass {
    readonly spec = plain.spec
    readonly inner = plain
    readonly sampledKl = false
    logProbGrad(w: Tensor.Tensor) {
      return this.inner.logProbGrad(w)
    }
    logProb(w: Tensor.Tensor) {
      return this.inner.logProb(w)
    }
    kl(q: Normal.Normal) {
      return this.inner.kl(q)
    }
    klGrad(q: Normal.Normal) {
      return this.inner.klGrad(q)
    }
  }
  type W = Linear.ParamsFor<true>
  const posterior = meanField<W>({ prior: plain })
  const around = meanField<W>({ prior: new OfClass() })
  class PosteriorOfClass implements Pick<typeof posterior, "kl" | "klGrad"> {
    readonly inner = around
    kl(q: Parameters<typeof posterior.kl>[0]) {
      return this.inner.kl(q)
    }
    klGrad(q: Parameters<typeof posterior.kl>[0]) {
      return this.inner.klGrad(q)
    }
  }
  class LinearOfClass {
    readonly inner = linear
    outShape(inShape: ReadonlyArray<number>) {
      return this.inner.outShape(inShape)
    }
  }
  const classy: Posterior<ReturnType<typeof posterior.init>, W, W> = Object.assign(new PosteriorOfClass(), {
    ...posterior,
    kl: PosteriorOfClass.prototype.kl,
    klGrad: PosteriorOfClass.prototype.klGrad
  })
  const layer = Object.assign(new LinearOfClass(), { ...linear, outShape: LinearOfClass.prototype.outShape })
  const [lifted, expected] = [bayesian(layer, classy), bayesian(linear, posterior)]
  const q = expected.init(Key.make(0))
  expect(lifted.outShape([2])).toEqual([3])
  expect(lifted.kl(q)).toBe(expected.kl(q))
  expect(lifted.kl(q)).toBeGreaterThan(0)
  expect(Tree.equals(lifted.klGrad(q), expected.klGrad(q))).toBe(true)
})
