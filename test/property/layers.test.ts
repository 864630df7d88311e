// Every layer under the laws of layers: one line each.
import {
  type AnyLayer,
  BayesianLinear,
  bayesian,
  elu,
  empiricalBayes,
  gelu,
  identity,
  Linear,
  leakyRelu,
  meanField,
  type ParamsOf,
  Prior,
  relu,
  sequential,
  sigmoid,
  silu,
  softplus,
  tanh
} from "effect-bayes"
import { laws } from "effect-bayes/testing"
import { affineMoments } from "./affineMoments.ts"
import { under } from "./under.ts"

for (const dtype of ["float64", "float32"] as const) {
  const check = (name: string, layer: AnyLayer, inShape: ReadonlyArray<number>) =>
    under(`${name}, ${dtype}`, laws.layer(layer, { inShape, dtype }))

  check("Linear 3 -> 2", Linear.make({ in: 3, out: 2, dtype }), [3])
  check("Linear 1 -> 1, no bias", Linear.make({ in: 1, out: 1, bias: false, dtype }), [1])
  check("Linear over two axes", Linear.make({ in: 3, out: 2, dtype }), [2, 3])
  check("relu", relu, [5])
  check("relu over three axes", relu, [2, 1, 3])
  check("tanh", tanh, [5])
  check("identity", identity, [5])
  check("leakyRelu", leakyRelu(), [5])
  check("leakyRelu, slope 0.3", leakyRelu({ slope: 0.3 }), [2, 3])
  check("elu", elu(), [5])
  check("elu, alpha 2.5", elu({ alpha: 2.5 }), [5])
  check("gelu", gelu, [5])
  check("silu", silu, [5])
  check("sigmoid", sigmoid, [5])
  check("softplus", softplus, [5])

  const [in2out1, in4out6, in5out3] = [
    BayesianLinear.make({ in: 2, out: 1, dtype }),
    BayesianLinear.make({ in: 4, out: 6, prior: Prior.normal({ mean: 0.3, std: 0.7 }), initialStd: 0.5, dtype }),
    BayesianLinear.make({ in: 5, out: 3, bias: false, prior: Prior.normal({ mean: -2, std: 0.01 }), dtype })
  ]
  under(
    `BayesianLinear 2 -> 1, ${dtype}`,
    laws.layer(in2out1, {
      inShape: [2],
      moments: affineMoments,
      lifted: { layer: Linear.make({ in: 2, out: 1, dtype }), posterior: meanField<Linear.Params>() }
    })
  )
  under(
    `BayesianLinear 4 -> 6, prior N(0.3, 0.7), ${dtype}`,
    laws.layer(in4out6, {
      inShape: [4],
      moments: affineMoments,
      lifted: {
        layer: Linear.make({ in: 4, out: 6, dtype }),
        posterior: meanField<Linear.Params>({ prior: Prior.normal({ mean: 0.3, std: 0.7 }) })
      }
    })
  )
  under(
    `BayesianLinear 5 -> 3, no bias, prior N(-2, 0.01), ${dtype}`,
    laws.layer(in5out3, {
      inShape: [5],
      moments: affineMoments,
      lifted: {
        layer: Linear.make({ in: 5, out: 3, bias: false, dtype }),
        posterior: meanField<Linear.ParamsFor<false>>({ prior: Prior.normal({ mean: -2, std: 0.01 }) })
      }
    })
  )
  check("BayesianLinear over two axes", in2out1, [3, 2])
  const mixture = Prior.scaleMixture({ std1: 1, std2: 0.1 })
  under(
    `BayesianLinear, a sampled prior, ${dtype}`,
    laws.layer(BayesianLinear.make({ in: 3, out: 2, prior: mixture, dtype }), {
      inShape: [3],
      sampledKl: true,
      lifted: { layer: Linear.make({ in: 3, out: 2, dtype }), posterior: meanField<Linear.Params>({ prior: mixture }) }
    })
  )

  check("sequential of tanh", sequential(in2out1, tanh, Linear.make({ in: 1, out: 3, dtype })), [2])
  check("sequential of relu", sequential(in4out6, relu, BayesianLinear.make({ in: 6, out: 2, dtype })), [4])
  check("sequential of one", sequential(in2out1), [2])
  check(
    "nested sequential",
    sequential(sequential(in4out6, tanh), sequential(sequential(Linear.make({ in: 6, out: 2, dtype }), tanh), in2out1)),
    [4]
  )
  const whole = sequential(Linear.make({ in: 3, out: 4, dtype }), tanh, Linear.make({ in: 4, out: 2, dtype }))
  const posterior = meanField<ParamsOf<typeof whole>>()
  under(
    `bayesian over a whole sequential, ${dtype}`,
    laws.layer(bayesian(whole, posterior), { inShape: [3], dtype, lifted: { layer: whole, posterior } })
  )
}

for (const dtype of ["float64", "float32"] as const) {
  const whole = sequential(Linear.make({ in: 3, out: 4, dtype }), tanh, Linear.make({ in: 4, out: 2, dtype }))
  const scaled = empiricalBayes<ParamsOf<typeof whole>>({
    prior: [
      ["0", Prior.scaleMixture({ std1: 1, std2: 0.1 })],
      ["**", Prior.normal({ std: 2 })]
    ]
  })
  under(
    `bayesian over a whole sequential, empirical Bayes, ${dtype}`,
    laws.layer(bayesian(whole, scaled), { inShape: [3], sampledKl: true, lifted: { layer: whole, posterior: scaled } })
  )
}
