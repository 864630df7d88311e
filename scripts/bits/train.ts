/**
 * Takes a run, in whatever runs JavaScript, and says what its bits are: the SHA-256 of all that it has trained.
 */

import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import {
  activations,
  adam,
  adamw,
  BayesianLinear,
  bayesian,
  Conv2d,
  Dataset,
  flatten,
  Key,
  Likelihood,
  Model,
  meanField,
  Noise,
  Normal,
  type Optimizer,
  Prediction,
  Prior,
  Reshape,
  rmsprop,
  Schedule,
  Standardizer,
  sequential,
  sgd,
  Tensor,
  Training,
  Tree
} from "effect-bayes"
import { type Run, stepsOf, type Task } from "./runs.ts"

const SEED = 42

const CLASSES = 10

/** Standard normals, and for targets what is as simple: nothing here is learned but what noise there is. */
const dataOf = ({ kind, inputs, rows }: Task): Dataset.Dataset => {
  const normals = (index: number, width: number) =>
    Normal.standard(Key.fold(Key.make(SEED), index), { shape: [rows, width], dtype: "float32" })
  const labels = () => Tensor.from(Array.from({ length: rows }, (_, i) => [(i * 7) % CLASSES]))
  return Dataset.make({ x: normals(0, inputs), y: kind === "regression" ? normals(1, 1) : labels() })
}

const optimizerOf = (run: Run): Optimizer.Optimizer<unknown> => {
  const learningRate = Schedule.cosine({ initial: 1e-3, steps: stepsOf(run) })
  switch (run.optimizer) {
    case "sgd":
      return sgd({ learningRate, momentum: 0.9 })
    case "adam":
      return adam({ learningRate })
    case "adamw":
      return adamw({ learningRate })
    case "rmsprop":
      return rmsprop({ learningRate, momentum: 0.9 })
  }
}

/** Two convolutions, in steps of two pixels, and a linear layer. */
const imageNetwork = ({ estimator }: Run, { inputs, hidden }: Task, prior: Prior.Prior) => {
  const side = Math.sqrt(inputs)
  const [first, second] = [hidden[0]!, hidden[1]!]
  const convolution = (from: number, out: number) =>
    bayesian(Conv2d.make({ in: from, out, kernel: 3, stride: 2, padding: 1 }), meanField({ prior }), { estimator })
  const left = Math.ceil(Math.ceil(side / 2) / 2)
  return sequential(
    Reshape.make({ shape: [1, side, side] }),
    convolution(1, first),
    activations.relu,
    convolution(first, second),
    activations.relu,
    flatten,
    BayesianLinear.make({ in: left * left * second, out: CLASSES, prior, estimator })
  )
}

type Use<A> = <P, E, L>(model: Model.Model<P, E, L>, data: Dataset.Dataset, options: Training.FitOptions) => A

/** The run's model, data and options, whatever types they have. */
const using = <A>(run: Run, use: Use<A>): A => {
  const { task, estimator } = run
  const prior = run.prior === "normal" ? Prior.normal() : Prior.scaleMixture({ std1: 1, std2: 0.0025 })
  const data = dataOf(task)
  const options = { epochs: task.epochs, batchSize: task.batchSize, optimizer: optimizerOf(run) }
  const network = { hidden: task.hidden, estimator, prior }
  if (task.kind === "regression") return use(Model.regression(data, network), data, options)
  if (task.kind === "classification") {
    return use(Model.classification(data, { ...network, classes: CLASSES }), data, options)
  }
  const model = Model.make({
    network: imageNetwork(run, task, prior),
    likelihood: Likelihood.categorical(),
    inputs: Standardizer.identity(task.inputs),
    targets: Standardizer.identity(1)
  })
  return use(model, data, options)
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

/** The SHA-256 of the bytes of a record's tensors, in the order of their paths. */
const hashOf = (record: unknown): Effect.Effect<string> =>
  Effect.promise(async () => {
    const leaves = Tree.leavesWith(Tree.isEnd, record).flatMap(({ path, value }) =>
      Tensor.isTensor(value) ? [{ path, bytes: Tensor.toBytes(value) }] : []
    )
    leaves.sort((a, b) => (a.path < b.path ? -1 : 1))
    const bytes = await new Blob(leaves.map((leaf) => leaf.bytes)).arrayBuffer()
    return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))
  })

const seeded = Effect.provide(Noise.layer(SEED))

const DRAWS = 20

/** What a trained model says of rows, under draws of its weights. */
const predictions = (
  fitted: Model.Saved<unknown, unknown, unknown>,
  x: Tensor.Tensor
): Effect.Effect<unknown, unknown, Noise.Noise> => {
  if (Model.isRegression(fitted)) return Prediction.predict(fitted, x, { draws: DRAWS })
  if (Model.isClassification(fitted)) return Prediction.classify(fitted, x, { draws: DRAWS })
  return Effect.die(new Error("the model predicts neither numbers nor classes"))
}

/** The last loss of a history: that of one step, if each has an event of its own. */
const lossOf = (history: ReadonlyArray<Training.Past>): ReadonlyArray<Tensor.Tensor> =>
  history
    .slice(-1)
    .map(({ loss: { negElboMean, nllMean, klNats } }) =>
      Tensor.from([negElboMean, nllMean, klNats], { dtype: "float64" })
    )

/** The hash of what a run has come to at its end: gone on with from where it was stopped, if it was. */
export const hashOfRun = (run: Run, stopped?: Model.Saved<unknown, unknown, unknown>): Effect.Effect<string, unknown> =>
  using(run, (model, data, options) =>
    Effect.gen(function* () {
      const from = stopped?.state === undefined ? {} : { from: stopped.state }
      const fit = yield* Training.fit(model, data, {
        ...options,
        ...from,
        ...(run.of === "loss" ? { stepsPerEvent: 1 } : {})
      })
      if (run.of === "predictions") return yield* hashOf(yield* predictions(fit, data.x))
      return yield* hashOf(run.of === "parameters" ? fit.params : lossOf(fit.history))
    })
  ).pipe(seeded)

/** Stops a run amid an epoch, before half of its steps were taken, and gives what is kept of it. */
export const stoppedRun = (run: Run): Effect.Effect<Model.Saved<unknown, unknown, unknown>, Training.FitError> =>
  using(run, (model, data, options) =>
    Training.events(model, data, { ...options, stepsPerEvent: Math.floor(0.46 * stepsOf(run)) }).pipe(
      Stream.runHead,
      Effect.map(Option.getOrThrow),
      Effect.map(({ state }): Model.Saved<unknown, unknown, unknown> => ({ model, params: state.params, state }))
    )
  ).pipe(seeded)
