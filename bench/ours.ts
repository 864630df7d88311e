/**
 * Our side: a configuration as a model of this library, and its training step and prediction draw as functions to time.
 */
import * as Effect from "effect/Effect"
import {
  type AnyLayer,
  adam,
  BayesianLinear,
  bayesian,
  Conv2d,
  flatten,
  Key,
  Likelihood,
  Model,
  meanField,
  Normal,
  Prior,
  predictive,
  Reshape,
  relu,
  Standardizer,
  sequential,
  Tensor,
  Threads,
  Training,
  Tree
} from "effect-bayes"
import { kernels, tensorsOf, type Workspace, workspace } from "effect-bayes/kernels"
import { type Configuration, LEARNING_RATE, PREDICTED_ROWS, TRAINING_ROWS } from "./configurations.ts"

/**
 * Steps after which training begins anew, about as many as the other side comes to in a small network. In its time ours
 * takes half a million on the one batch, and the weights of units that have died sink to subnormal numbers.
 */
const STEPS = 10_000

/** What is timed, with the threads it runs on. */
export interface Ours {
  readonly threads: number
  /** Weights and biases, each of which has a mean and a standard deviation. */
  readonly weights: number
  /** One step of training, as `Training.fit` takes it, on a fixed batch. */
  step(): void
  /** One draw of the weights and the network's output for 1,000 rows under it. */
  predict(): void
}

const layersOf = ({ shape, layers, estimator, prior }: Configuration): ReadonlyArray<AnyLayer> => {
  const options = {
    estimator,
    prior: prior === "normal" ? Prior.normal() : Prior.scaleMixture({ std1: 1, std2: Math.exp(-6) })
  }
  const made: Array<AnyLayer> = shape.length > 1 ? [Reshape.make({ shape })] : []
  let flat = shape.length === 1
  for (const [i, layer] of layers.entries()) {
    if (i > 0) made.push(relu)
    if (layer.kind === "linear") {
      if (!flat) made.push(flatten)
      flat = true
      made.push(BayesianLinear.make({ in: layer.in, out: layer.out, ...options }))
    } else {
      const { in: from, out, kernel, stride } = layer
      made.push(bayesian(Conv2d.make({ in: from, out, kernel, stride }), meanField(options), { estimator }))
    }
  }
  return made
}

/** The configuration as a model. */
export const modelOf = (configuration: Configuration) => {
  const { shape, task } = configuration
  return Model.make({
    network: sequential(...layersOf(configuration)),
    likelihood: task === "regression" ? Likelihood.gaussian({ std: 1 }) : Likelihood.categorical(),
    inputs: Standardizer.identity(shape.reduce((product, length) => product * length, 1)),
    targets: Standardizer.identity(1)
  })
}

const targetsOf = ({ task, batch, layers }: Configuration): Tensor.Tensor => {
  const classes = layers.at(-1)!.out
  const spec = { shape: [batch, 1], dtype: "float32" } as const
  if (task === "regression") return Normal.standard(Key.make(2), spec)
  return Tensor.from(
    Array.from({ length: batch }, (_, i) => i % classes),
    spec
  )
}

const prepare = (configuration: Configuration, memory: Workspace): Ours => {
  const model = modelOf(configuration)
  const inputs = [model.inputs.columns.length]
  const standard = (seed: number, rows: number) =>
    Normal.standard(Key.make(seed), { shape: [rows, ...inputs], dtype: "float32" })
  const batch = { x: memory.hold(standard(1, configuration.batch)), y: memory.hold(targetsOf(configuration)) }
  const optimizer = adam({ learningRate: LEARNING_RATE })
  const advance = Training.stepIn(memory, model, optimizer, { rows: TRAINING_ROWS })
  const network = predictive(model.network)
  const key = Key.make(0)
  // Made where it is needed: on the heap, it would stay there beside the workspace until the garbage is collected.
  const start = () => memory.step(() => Training.start(Model.init(model, Key.make(0)), optimizer), tensorsOf).result
  const fresh = start()
  let live: ReturnType<typeof advance>["live"] = Training.live(fresh)
  // As `Prediction` has them: in the workspace's memory.
  const hold = () => ({
    params: Tree.map(live.state.params.network, (leaf) => memory.hold(leaf)),
    rows: memory.hold(standard(3, PREDICTED_ROWS))
  })
  let held: ReturnType<typeof hold> | undefined
  let draws = 0
  return {
    threads: memory.threads,
    weights: Tree.count(fresh.params) / 2,
    step: () => {
      if (live.step === STEPS) live = Training.live(start())
      const eps = model.network.noise(Key.fold(key, live.step), configuration.batch, inputs)
      const taken = advance(live, batch, eps)
      if (!taken.finite || !Number.isFinite(taken.loss.negElboMean)) throw new Error("the step's result is not finite")
      live = taken.live
    },
    predict: () => {
      held ??= hold()
      const { params, rows } = held
      const eps = network.noise(Key.fold(key, draws++), PREDICTED_ROWS, inputs)
      const finite = memory.frame(() => {
        const output = network.forward(params, rows, eps)
        return kernels(output.dtype).allFinite(output)
      })
      if (!finite) throw new Error("the network's output is not finite")
    }
  }
}

/** Uses a configuration that is ready on so many threads; they end with the use. */
export const withOurs = <A>(
  configuration: Configuration,
  threads: number,
  use: (ours: Ours) => Promise<A> | A
): Promise<A> =>
  workspace("float32").pipe(
    Effect.flatMap((memory) => Effect.promise(async () => use(prepare(configuration, memory)))),
    Effect.scoped,
    Effect.provide(Threads.layer({ threads })),
    Effect.runPromise
  )
