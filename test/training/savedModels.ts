// Models of every kind there is, with parameters and the states of every optimizer: what a file has to keep.
import {
  type AnyLayer,
  AvgPool1d,
  AvgPool2d,
  activations,
  adam,
  adamw,
  BayesianLinear,
  bayesian,
  Columns,
  Conv1d,
  Conv2d,
  clipByGlobalNorm,
  Dropout,
  elu,
  empiricalBayes,
  flatten,
  freeze,
  groups,
  Key,
  Likelihood,
  Linear,
  leakyRelu,
  MaxPool1d,
  MaxPool2d,
  Model,
  meanField,
  moped,
  Optimizer,
  Prior,
  parallel,
  Reshape,
  residual,
  rmsprop,
  type Shape,
  Standardizer,
  sequential,
  sgd,
  Tensor,
  type Training,
  Tree
} from "effect-bayes"
import { arbitraries } from "effect-bayes/testing"
import fc from "fast-check"
import type { Saved } from "../../src/training/format.ts"

export type Anything = Saved<unknown, unknown, unknown>

/** Numbers that text does not keep by itself. */
const odd = Tensor.from([
  [-0, 1e-45, 0.1, -1 / 3],
  [3e38, 7, -1.5e-7, 0]
])

const priors = {
  normal: Prior.normal(),
  "normal, its mean and std tensors": [
    ["weight", Prior.normal({ mean: odd, std: Tensor.from(new Float64Array(8).fill(0.1), { shape: [2, 4] }) })],
    ["**", Prior.normal({ mean: -0, std: 1e-3 })]
  ],
  laplace: Prior.laplace({ mean: 0.3, scale: 0.5 }),
  studentT: Prior.studentT({ df: 4, scale: 0.1 }),
  scaleMixture: Prior.scaleMixture({ weight: 0.25, std1: 1, std2: 0.1 }),
  formula: Prior.fromExpression("-abs(w) / b - log(2 b)", { b: 0.5 })
} as const

/** Networks of four inputs and two outputs. */
const networks = (dtype: Shape.DType): Readonly<Record<string, AnyLayer>> => {
  const linear = (inputs: number, outputs: number) => Linear.make({ in: inputs, out: outputs, dtype })
  const line = Reshape.make({ shape: [1, 4] })
  const square = Reshape.make({ shape: [1, 2, 2] })
  const lift = BayesianLinear.make({ in: 4, out: 2, dtype })
  const inner = sequential(linear(4, 3), activations.tanh, linear(3, 2))
  const weights = inner.init(Key.make(5))
  return {
    ...Object.fromEntries(
      Object.entries(priors).map(([name, prior]) => [
        `prior ${name}`,
        BayesianLinear.make({ in: 4, out: 2, prior, dtype })
      ])
    ),
    flipout: BayesianLinear.make({ in: 4, out: 2, dtype, initialStd: 0.5, estimator: "flipout" }),
    "local reparameterization": BayesianLinear.make({ in: 4, out: 2, dtype, estimator: "localReparameterization" }),
    "empirical Bayes": bayesian(
      inner,
      empiricalBayes({
        prior: [
          ["0", priors.scaleMixture],
          ["**", priors.laplace]
        ]
      })
    ),
    "every activation": sequential(
      linear(4, 2),
      ...Object.values(activations),
      leakyRelu({ slope: 0.3 }),
      elu({ alpha: 2 })
    ),
    "over an axis": sequential(
      line,
      bayesian(Conv1d.make({ in: 1, out: 2, kernel: 2, bias: false, dtype }), meanField()),
      MaxPool1d.make({ kernel: 2, stride: 1 }),
      AvgPool1d.make({ kernel: 2 }),
      flatten
    ),
    "over two axes": sequential(
      square,
      Conv2d.make({ in: 1, out: 2, kernel: [2, 1], padding: [0, 1], dtype }),
      MaxPool2d.make({ kernel: [1, 2], padding: [0, 1] }),
      AvgPool2d.make({ kernel: 1 }),
      flatten,
      linear(6, 2)
    ),
    "residual and parallel": sequential(parallel(linear(4, 1), residual(lift, linear(4, 2))), linear(3, 2)),
    dropout: sequential(Dropout.make({ rate: 0.25, dtype }), lift),
    frozen: sequential(
      freeze(linear(4, 4), {
        weight: Tensor.cast(Tensor.concatRows([odd, odd]), dtype),
        bias: Tensor.from([-0, 1, 2, 3], { dtype })
      }),
      lift
    ),
    moped: moped(inner, weights, { delta: 0.3, estimator: "reparameterization" }).layer,
    "moped over a convolution": sequential(
      square,
      moped(
        Conv2d.make({ in: 1, out: 2, kernel: 2, dtype }),
        Conv2d.make({ in: 1, out: 2, kernel: 2, dtype }).init(Key.make(2)),
        { estimator: "flipout" }
      ).layer,
      flatten
    )
  }
}

/** Likelihoods of two outputs, and how many targets they have. */
const likelihoods = (
  dtype: Shape.DType
): Readonly<Record<string, readonly [Likelihood.Likelihood<unknown>, number]>> => {
  const { gaussian, product } = Likelihood
  return {
    gaussian: [gaussian({ std: [0.1, 2] }), 2],
    gaussianLearned: [Likelihood.gaussianLearned({ targets: 2, dtype }), 2],
    heteroscedastic: [Likelihood.heteroscedastic(), 1],
    studentT: [Likelihood.studentT({ df: 3, scale: 0.5 }), 2],
    studentTLearned: [Likelihood.studentTLearned({ df: 3, targets: 2, dtype }), 2],
    categorical: [Likelihood.categorical({ classWeights: [1, 3] }), 1],
    bernoulli: [Likelihood.bernoulli(), 2],
    poisson: [Likelihood.poisson(), 2],
    product: [
      product([
        { likelihood: Likelihood.gaussianLearned({ dtype }), outputs: 1, targets: 1 },
        { likelihood: Likelihood.poisson(), outputs: 1, targets: 1 }
      ]),
      2
    ],
    formula: [
      Likelihood.fromExpression({
        logProb: "-((y - mu) / exp(s + t))^2 / 2 - s - t - log(k pi) / 2",
        target: "y",
        outputs: ["mu", "s"],
        parameters: { t: -0 },
        constants: { k: 2 },
        dtype
      }),
      1
    ]
  }
}

/** A fraction, not a step: -0 in its state, as an optimizer of one's own may have it. */
const oddState: Optimizer.Optimizer<unknown> = {
  init: () => ({ "a.b": [-0, Number.NaN, Number.POSITIVE_INFINITY, null, true], $tensor: "x", $$: "$" }),
  update: (grads, state) => [grads, state]
}

const optimizers: Readonly<Record<string, Optimizer.Optimizer<unknown>>> = {
  adam: adam({ learningRate: 0.1 }),
  adamw: adamw({ learningRate: 0.1 }),
  "sgd with momentum": sgd({ learningRate: 0.1, momentum: 0.9 }),
  rmsprop: Optimizer.chain(clipByGlobalNorm(1), rmsprop({ learningRate: 0.1, momentum: 0.5 })),
  groups: groups([["**", adam({ learningRate: 0.1 })]]),
  "one of one's own": oddState
}

export const RUN: Training.Run = {
  seed: -3,
  rows: 4,
  noise: "seed",
  engine: "reference",
  bits: 1,
  data: "d",
  model: "m",
  epochs: 9,
  batchSize: 4,
  optimizer: "given",
  temperature: 0.5,
  klWeighting: "uniform",
  klAnnealing: "none"
}

const standardizer = fc.constantFrom(
  Standardizer.identity(4),
  Standardizer.fit(
    Tensor.from(
      odd.shape.length === 2
        ? [
            [1, 5, 2, 3, 9],
            [2, 5, 2.5, -1e9, 9.5]
          ]
        : []
    ),
    ["a", "b", "c", "d", "e"]
  )
)

const columnsOf = (width: number, targets: number) =>
  Columns.numeric(
    Array.from({ length: width }, (_, i) => `f${i}`),
    Array.from({ length: targets }, (_, i) => `t${i} "__proto__"`)
  )

/** Names of all that there are, so that tests can say that none was left out. */
export const kinds = {
  networks: Object.keys(networks("float32")),
  likelihoods: Object.keys(likelihoods("float32")),
  optimizers: Object.keys(optimizers)
}

/** One model of these kinds, and its parts drawn. */
export const savedOf = (
  dtype: Shape.DType,
  network: string,
  likelihood: string,
  optimizer: string | undefined
): fc.Arbitrary<Anything> => {
  const layer = networks(dtype)[network]!
  const [target, targets] = likelihoods(dtype)[likelihood]!
  const params = arbitraries.params<{ readonly network: unknown; readonly likelihood: unknown }>(
    { network: layer.shapes, likelihood: target.shapes } as Tree.Shapes<{ network: unknown; likelihood: unknown }>,
    { edges: true }
  )
  const [step, nllMean] = [fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true })]
  return fc
    .record({
      inputs: standardizer,
      a: params,
      b: params,
      c: params,
      step,
      nllMean,
      withBest: fc.boolean(),
      named: fc.boolean()
    })
    .map(({ inputs, a, b, c, step: steps, nllMean: nll, withBest, named }): Anything => {
      const made = Model.make({
        network: layer,
        likelihood: target,
        inputs,
        targets: Standardizer.identity(targets),
        dtype,
        ...(named ? { columns: columnsOf(inputs.width, targets) } : {})
      })
      if (optimizer === undefined) return { model: made, params: a }
      const rule = optimizers[optimizer]!
      const minus = Tree.map(b, (t) =>
        Tensor.from(
          Tensor.toFloat64Array(t).map((v) => -v),
          t
        )
      )
      const [, state] = rule.update(minus, rule.init(a), a)
      const best = withBest ? { best: { params: a, nllMean: nll, step: Math.floor(steps / 2) } } : {}
      return {
        model: made,
        params: a,
        state: { params: withBest ? c : a, optimizer: state, step: steps, run: RUN, ...best }
      }
    })
}

/** Any of them. */
export const saved: fc.Arbitrary<Anything> = fc
  .tuple(
    arbitraries.dtype,
    fc.constantFrom(...kinds.networks),
    fc.constantFrom(...kinds.likelihoods),
    fc.constantFrom(undefined, ...kinds.optimizers)
  )
  .chain((chosen) => savedOf(...chosen))
