// Small random runs: models of every estimator, rows with and without weights, and every kind of optimizer.
import {
  adam,
  adamw,
  BayesianLinear,
  clipByGlobalNorm,
  Dataset,
  Dropout,
  type Estimator,
  frozen,
  groups,
  Key,
  Likelihood,
  Model,
  Normal,
  Optimizer,
  rmsprop,
  Schedule,
  Standardizer,
  sequential,
  sgd,
  Tensor,
  type Training,
  tanh
} from "effect-bayes"
import fc from "fast-check"

const normals = (seed: number, shape: ReadonlyArray<number>) =>
  Normal.standard(Key.make(seed), { shape, dtype: "float64" })

/** Rows [rows, 2] of normals whose target is a line with noise. */
export const line = (seed: number, rows: number, weighted = false): Dataset.Dataset => {
  const x = normals(seed, [rows, 2])
  const noise = Tensor.toFloat64Array(normals(seed + 1, [rows]))
  const values = Tensor.toFloat64Array(x)
  const y = Array.from(noise, (e, i) => [values[2 * i]! - values[2 * i + 1]! + 0.5 * e])
  return Dataset.make({ x, y, ...(weighted ? { weights: Array.from(noise, (e) => Math.abs(e)) } : {}) })
}

/** A network 2 -> 3 -> 1 with a learned noise, dropout and a fixed unit of data. */
export const network = (estimator: Estimator, dtype: "float32" | "float64" = "float32") =>
  Model.make({
    network: sequential(
      BayesianLinear.make({ in: 2, out: 3, estimator, dtype }),
      tanh,
      Dropout.make({ rate: 0.2, dtype }),
      BayesianLinear.make({ in: 3, out: 1, estimator, dtype })
    ),
    likelihood: Likelihood.gaussianLearned({ dtype }),
    inputs: Standardizer.identity(2),
    targets: Standardizer.identity(1),
    dtype
  })

const optimizers: Readonly<Record<string, () => Optimizer.Optimizer<unknown> | undefined>> = {
  default: () => undefined,
  adam: () => adam({ learningRate: 0.05, beta1: 0.8 }),
  sgd: () => sgd({ learningRate: 0.02, momentum: 0.9, nesterov: true }),
  rmsprop: () => rmsprop({ learningRate: 0.02, momentum: 0.5 }),
  adamw: () => adamw({ learningRate: 0.05, weightDecay: 0.1 }),
  groups: () =>
    groups([
      ["network.0.**", sgd({ learningRate: 0.01, momentum: 0.9 })],
      ["likelihood.**", frozen],
      ["**", adam({ learningRate: 0.05 })]
    ]),
  schedule: () =>
    Optimizer.chain(
      clipByGlobalNorm(1),
      adam({
        learningRate: Schedule.warmUp({ steps: 5, followedBy: Schedule.exponential({ initial: 0.1, factor: 0.9 }) })
      })
    ),
  own: () => sgd({ learningRate: (step) => 0.05 / (1 + (step % 3)) })
}

/** A run: everything that `Training.fit` is given, with the options that rows to validate on bring apart. */
export interface Run {
  readonly seed: number
  readonly model: ReturnType<typeof network>
  readonly data: Dataset.Dataset
  readonly options: Training.FitOptions
  readonly looks: Training.FitOptions
}

const annealings: ReadonlyArray<Training.FitOptions> = [
  {},
  { klWeighting: "blundell", temperature: 0.5 },
  { klAnnealing: { kind: "linear", epochs: 1.5 } },
  { klAnnealing: { kind: "cyclical", cycles: 2 } }
]

export const run: fc.Arbitrary<Run> = fc
  .record({
    seed: fc.maxSafeInteger(),
    dataSeed: fc.nat(1000),
    rows: fc.integer({ min: 3, max: 14 }),
    weighted: fc.boolean(),
    estimator: fc.constantFrom("reparameterization", "localReparameterization", "flipout"),
    dtype: fc.constantFrom("float32", "float64"),
    optimizer: fc.constantFrom(...Object.keys(optimizers)),
    annealing: fc.constantFrom(...annealings),
    epochs: fc.integer({ min: 2, max: 6 }),
    batchSize: fc.integer({ min: 1, max: 6 }),
    validateEvery: fc.integer({ min: 1, max: 3 }),
    patience: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined })
  })
  .map((r) => {
    const optimizer = optimizers[r.optimizer]!()
    return {
      seed: r.seed,
      model: network(r.estimator, r.dtype),
      data: line(r.dataSeed, r.rows, r.weighted),
      options: {
        epochs: r.epochs,
        batchSize: r.batchSize,
        ...r.annealing,
        ...(optimizer === undefined ? {} : { optimizer })
      },
      looks: {
        validation: line(r.dataSeed + 5000, 6, r.weighted),
        validateEvery: r.validateEvery,
        ...(r.patience === undefined ? {} : { patience: r.patience })
      }
    }
  })
