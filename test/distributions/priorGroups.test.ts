// Priors for groups of weights: the sum over their parts, over a layer and over a whole network, and what is refused.
import {
  BayesianLinear,
  bayesian,
  ConfigError,
  Dataset,
  empiricalBayes,
  fromSpec,
  Key,
  Linear,
  Model,
  meanField,
  Normal,
  type Posterior,
  Prior,
  relu,
  type Spec,
  sequential,
  Tensor
} from "effect-bayes"
import { describe, expect, it } from "vitest"

const { laplace, normal, scaleMixture } = Prior
const mixture = scaleMixture({ std1: 1, std2: 0.1 })

describe("one layer, another prior for its bias", () => {
  const prior = [
    ["bias", normal({ std: 10 })],
    ["**", laplace({ scale: 0.5 })]
  ] as const
  const layer = BayesianLinear.make({ in: 3, out: 2, prior, dtype: "float64" })
  const params = layer.init(Key.make(1))

  it("has the KL, and its gradient, of each part under its own prior", () => {
    const parts = laplace({ scale: 0.5 }).kl(params.weight) + normal({ std: 10 }).kl(params.bias)
    expect(layer.kl(params)).toBeCloseTo(parts, 12)
    expect(layer.klGrad(params)).toEqual({
      weight: laplace({ scale: 0.5 }).klGrad(params.weight),
      bias: normal({ std: 10 }).klGrad(params.bias)
    })
  })

  it("is the same from its spec as JSON", () => {
    expect(layer.spec).toMatchObject({
      posterior: {
        prior: [
          ["bias", { kind: "normal", mean: 0, std: 10 }],
          ["**", { kind: "laplace", mean: 0, scale: 0.5 }]
        ]
      }
    })
    const again = fromSpec(JSON.parse(JSON.stringify(layer.spec)) as Spec.Spec)
    expect(again.spec).toEqual(layer.spec)
    expect(again.kl(params)).toBe(layer.kl(params))
  })

  it("sums log densities of the weights in the same way", () => {
    const w = {
      weight: Tensor.from([[1, -2, 3]], { dtype: "float64" }),
      bias: Tensor.from([4], { dtype: "float64" })
    }
    const q = { weight: { mean: w.weight, logStd: w.weight }, bias: { mean: w.bias, logStd: w.bias } }
    const posterior = meanField<typeof w>({ prior })
    expect(posterior.logPrior(q, w)).toBeCloseTo(
      laplace({ scale: 0.5 }).logProb(w.weight) + normal({ std: 10 }).logProb(w.bias),
      12
    )
  })
})

describe("a whole network lifted at once", () => {
  const network = sequential(Linear.make({ in: 3, out: 4 }), relu, Linear.make({ in: 4, out: 2 }))
  const priors = { first: laplace({ scale: 0.5 }), bias: normal({ mean: 1, std: 3 }), rest: mixture }
  const prior = [
    ["0", priors.first],
    ["2.bias", priors.bias],
    ["**", priors.rest]
  ] as const
  const layer = bayesian(network, meanField<ReturnType<typeof network.init>>({ prior }))
  const params = layer.init(Key.make(2))
  const eps = layer.noise(Key.make(3), 5)

  it("has the sum over layers and leaves, the sampled part from the noise of its own leaf", () => {
    expect(layer.kl(params, eps)).toBeCloseTo(
      priors.first.kl(params[0].weight) +
        priors.first.kl(params[0].bias) +
        priors.rest.kl(params[2].weight, eps[2].weight) +
        priors.bias.kl(params[2].bias),
      4
    )
    const grad = layer.klGrad(params, eps)
    expect(grad[0].bias).toEqual(priors.first.klGrad(params[0].bias))
    expect(grad[2].weight).toEqual(priors.rest.klGrad(params[2].weight, eps[2].weight))
    expect(grad[2].bias).toEqual(priors.bias.klGrad(params[2].bias))
  })

  it("wants the noise if one of its priors is sampled", () => {
    expect(meanField({ prior }).sampledKl).toBe(true)
    expect(meanField({ prior: [["**", priors.first]] }).sampledKl).toBe(false)
    expect(() => layer.kl(params)).toThrow('KL to a prior "scale-mixture": expected the noise of the weights')
  })

  it("is the same from its spec as JSON", () => {
    const again = fromSpec(JSON.parse(JSON.stringify(layer.spec)) as Spec.Spec)
    expect(again.kl(params, eps)).toBe(layer.kl(params, eps))
  })

  it("refuses a group that matches nothing, one that is shadowed, and weights that none has; each lists the paths", () => {
    const there = "There are: 0.bias, 0.weight, 2.bias, 2.weight"
    const lift = (...groups: ReadonlyArray<readonly [string, Prior.Prior]>) =>
      bayesian(network, meanField<ReturnType<typeof network.init>>({ prior: groups }))
    const rest = ["**", priors.rest] as const
    expect(() => lift(["1", priors.first], rest)).toThrow(ConfigError)
    expect(() => lift(["1", priors.first], rest)).toThrow(
      `prior, group "1": expected a pattern that matches a path, got one that matches none. ${there}`
    )
    expect(() => lift(rest, ["0", priors.first])).toThrow(`got one whose paths all belong to earlier groups. ${there}`)
    expect(() => lift(["**.weight", priors.rest])).toThrow(
      'prior, groups: expected a group for every path, got none for "0.bias"'
    )
  })
})

describe("normals with a mean and a std for each weight", () => {
  // What another library gets wrong: its prior holds the tensor that is trained, so the KL of the means stays 0.
  const trained = Tensor.from([[0.5, -1, 2]], { dtype: "float64" })
  const std = Tensor.from([[0.1, 1, 10]], { dtype: "float64" })
  const q = (mean: Tensor.Tensor): Normal.Normal => ({ mean, logStd: Tensor.full(mean, Math.log(0.1)) })

  it("do not move when q is trained: the prior is a record of its own", () => {
    const prior = normal({ mean: trained, std: 0.1 })
    let at = q(trained)
    const start = prior.kl(at)
    for (let step = 0; step < 400; step++) {
      // Downhill in 5 (mean - 3)^2 + KL, a likelihood that draws q away from the prior.
      const grad = Tensor.toFloat64Array(prior.klGrad(at).mean)
      const next = Tensor.toFloat64Array(at.mean).map((m, i) => m - 2e-3 * (10 * (m - 3) + grad[i]!))
      at = q(Tensor.from(next, { shape: [1, 3] }))
    }
    expect(Tensor.toArray(trained)).toEqual([[0.5, -1, 2]])
    expect(start).toBeLessThan(1e-20)
    // Where 10 (3 - mean) = (mean - trained) / 0.01, the mean has moved by (3 - trained) / 11.
    const moved = [0.5, -1, 2].map((m) => (3 - m) / 11)
    const exact = moved.reduce((sum, d) => sum + (0.5 * d * d) / 0.01, 0)
    expect(prior.kl(at)).toBeCloseTo(exact, 10)
  })

  it("keep their own numbers: what the caller does to an array later is not seen", () => {
    const values = new Float64Array([1, 2])
    const prior = normal({ mean: Tensor.from(values), std: Tensor.from(values) })
    const before = prior.logProb(Tensor.from(values))
    const w = Tensor.from(values)
    values.fill(7)
    expect(prior.logProb(w)).toBe(before)
    expect(prior.spec).toEqual(normal({ mean: w, std: w }).spec)
  })

  it("are rebuilt from a saved network: their tensors are written into its spec as JSON", () => {
    const prior = [
      ["weight", normal({ mean: trained, std })],
      ["**", normal()]
    ] as const
    const layer = BayesianLinear.make({ in: 3, out: 1, prior, dtype: "float64" })
    const spec = JSON.stringify(layer.spec)
    expect(spec).toContain('"std":{"dtype":"float64","shape":[1,3],"values":[[0.1,1,10]]}')
    const params = layer.init(Key.make(0))
    expect(fromSpec(JSON.parse(spec) as Spec.Spec).kl(params)).toBe(layer.kl(params))
  })

  it("mean std and not the variance: a prior of std 0.1 is far from a q of std 0.01", () => {
    const prior = normal({ std: Tensor.full(trained, 0.1) })
    const at = { mean: Tensor.zeros(trained), logStd: Tensor.full(trained, Math.log(0.01)) }
    // 3 (log 10 + 1/200 - 1/2); taken for a variance, the prior's std would be 0.316 and the KL 3 (log 31.6 + 1/2000 - 1/2).
    expect(prior.kl(at)).toBeCloseTo(3 * (Math.log(10) + 0.005 - 0.5), 12)
    expect(prior.kl({ mean: at.mean, logStd: Tensor.full(trained, Math.log(0.1)) })).toBeLessThan(1e-20)
  })
})

it("are those of the list as it was given, whatever becomes of it", () => {
  for (const lift of [meanField<Tensor.Tensor>, empiricalBayes<Tensor.Tensor>]) {
    const list: Array<readonly [string, Prior.Prior]> = [["**", normal()]]
    const posterior: Pick<Posterior<unknown, Tensor.Tensor, Tensor.Tensor>, "logPrior" | "init"> = lift({ prior: list })
    const w = Tensor.from([1, 2])
    const q = posterior.init(w, Key.make(0))
    const before = posterior.logPrior(q, w)
    list[0] = ["**", normal({ std: 10 })]
    expect(posterior.logPrior(q, w)).toBe(before)
  }
})

it("the sampled KL is of q by p, not of p by q", () => {
  const wide = scaleMixture({ std1: 1, std2: 0.999999 }) // all but N(0, 1)
  const spec = { shape: [2000], dtype: "float64" } as const
  const q = { mean: Tensor.zeros(spec), logStd: Tensor.full(spec, Math.log(0.5)) }
  const kl = wide.kl(q, Normal.standard(Key.make(0), spec)) / 2000
  // KL(N(0, 1/4) || N(0, 1)) = 0.318, the reverse 0.807. The estimate's standard error is 0.177 / sqrt(2000) = 0.004:
  // 5 of them bound a false alarm by 6e-7, and the reverse, 120 away, cannot pass.
  expect(Math.abs(kl - 0.3181471805599453)).toBeLessThan(0.02)
})

it("Model.regression takes groups of each layer's own paths", () => {
  const prior = [
    ["bias", normal({ std: 10 })],
    ["**", laplace({ scale: 0.5 })]
  ] as const
  const x = Tensor.from([[0], [1], [2]], { dtype: "float64" })
  const model = Model.regression(Dataset.make({ x, y: x }), { hidden: [3], prior })
  const again = Model.fromSpec(JSON.parse(JSON.stringify(Model.spec(model))))
  const params = Model.init(model, Key.make(0))
  expect(again.network.kl(params.network)).toBe(model.network.kl(params.network))
})
