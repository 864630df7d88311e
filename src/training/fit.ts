/**
 * The training loop, the only one: a stream of events, each with the state it left behind.
 *
 * Everything that the loop does follows from the seed and the step: the order of the rows is a permutation keyed by the
 * epoch, the noise is keyed by the step. So the state needs no position of its own, and a run that goes on from any
 * event, with the same seed, data and options, ends with the same bits. Between events the fiber yields; interruption takes effect there.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { attempt } from "../core/attempt.ts"
import { assertConfig, ConfigError, ShapeError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import { Noise } from "../core/Noise.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { Dataset, Standardizer } from "../data/index.ts"
import { operations } from "../layers/index.ts"
import { adam, type Optimizer, Schedule } from "../optim/index.ts"
import { DivergedError } from "./DivergedError.ts"
import * as KlWeighting from "./KlWeighting.ts"
import * as Model from "./Model.ts"
import type { Batch, Loss } from "./objective.ts"
import { nonFinite, type State, start, step } from "./step.ts"

/** Every field has a default. @category models @since 0.1.0 */
export interface FitOptions<P, L> extends KlWeighting.Options {
  /** Passes over the data; as many as 20,000 steps need unless given. */
  readonly epochs?: number
  /** Rows a step, default 32; the last batch of an epoch may be smaller. */
  readonly batchSize?: number
  /** The first rate of the default optimizer, which is Adam with a cosine to 0; default 0.01. */
  readonly learningRate?: number
  /** In place of the default one. */
  readonly optimizer?: Optimizer.Optimizer<unknown>
  /** Weight of the KL, default 1. */
  readonly temperature?: number
  /** Where to go on from, in place of fresh parameters. */
  readonly from?: State<P, L, unknown>
}

/** What happened since the last event. @category models @since 0.1.0 */
export interface Progress<P, L> {
  readonly epoch: number
  readonly epochs: number
  /** Steps taken, of all that there are. */
  readonly step: number
  readonly steps: number
  /** Averages over the steps since the last event, each field for itself. */
  readonly loss: Loss
  readonly state: State<P, L, unknown>
}

/** A trained model. @category models @since 0.1.0 */
export interface Fit<P, E, L, M extends Model.Model<P, E, L> = Model.Model<P, E, L>> {
  readonly model: M
  readonly params: Model.Params<P, L>
  readonly state: State<P, L, unknown>
  readonly history: ReadonlyArray<Pick<Progress<P, L>, "step" | "loss">>
}

/** What can stop a run, beside interruption. @category errors @since 0.1.0 */
export type FitError = ConfigError | ShapeError | DivergedError

const DEFAULT_STEPS = 20_000

/** Operations between two events, about 20 ms of the reference engine. */
const OPERATIONS = 2e7

interface Plan<P, L> {
  readonly data: Batch
  readonly rows: number
  readonly batchSize: number
  readonly epochs: number
  readonly stepsPerEpoch: number
  readonly optimizer: Optimizer.Optimizer<unknown>
  readonly initial: State<P, L, unknown>
  readonly stepsPerEvent: number
}

const plan = <P, E, L>(
  model: Model.Model<P, E, L>,
  dataset: Dataset.Dataset,
  options: FitOptions<P, L>,
  key: Key.Key
): Plan<P, L> => {
  const rows = Dataset.size(dataset)
  const { learningRate = 0.01 } = options
  const whole = (option: string, n: number): void =>
    assertConfig(Number.isSafeInteger(n) && n > 0, option, "a whole number above 0", n)
  whole("batchSize", options.batchSize ?? 1)
  const positive = Number.isFinite(learningRate) && learningRate > 0
  assertConfig(positive, "learning rate", "a finite number above 0", learningRate)
  const batchSize = Math.min(rows, options.batchSize ?? 32)
  const stepsPerEpoch = Math.ceil(rows / batchSize)
  const epochs = options.epochs ?? Math.ceil(DEFAULT_STEPS / stepsPerEpoch)
  whole("epochs", epochs)
  const steps = epochs * stepsPerEpoch
  const optimizer = options.optimizer ?? adam({ learningRate: Schedule.cosine({ initial: learningRate, steps }) })
  const initial = options.from ?? start(Model.init(model, key), optimizer)
  // Forward, and back to the weights and to the input; each parameter is sampled, has its KL and is updated.
  const perRow = operations(model.network, [model.inputs.columns.length])
  const perStep = 12 * batchSize * perRow + 150 * Tree.count(initial.params)
  const data: Batch = {
    x: Standardizer.apply(model.inputs, dataset.x, model.dtype),
    y: Standardizer.apply(model.targets, dataset.y, model.dtype),
    ...(dataset.weights === undefined ? {} : { weights: Tensor.cast(dataset.weights, model.dtype) })
  }
  const outShape = model.network.outShape([model.inputs.columns.length])
  model.likelihood.assertTargets?.(outShape, data.y, data.weights)
  return {
    data,
    rows,
    batchSize,
    epochs,
    stepsPerEpoch,
    optimizer,
    initial,
    stepsPerEvent: Math.max(1, Math.floor(OPERATIONS / perStep))
  }
}

/**
 * Trains, an event at a time: the stream ends with the event of the last step.
 *
 * **Errors**: `ConfigError` for options, `ShapeError` for data or noise that do not fit the model, `DivergedError`.
 *
 * @category training
 * @since 0.1.0
 */
export const events = <P, E, L>(
  model: Model.Model<P, E, L>,
  dataset: Dataset.Dataset,
  options: FitOptions<P, L> = {}
): Stream.Stream<Progress<P, L>, FitError, Noise> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const noise = yield* Noise
      const { data, rows, batchSize, epochs, stepsPerEpoch, optimizer, initial, stepsPerEvent } = yield* attempt(
        () => plan(model, dataset, options, noise.key("init")),
        ConfigError,
        ShapeError
      )
      const steps = epochs * stepsPerEpoch
      const weighting = { rows, temperature: options.temperature ?? 1 }
      const advance = yield* attempt(
        () => step(model, optimizer, weighting, KlWeighting.factor(options, { epochs, stepsPerEpoch })),
        ConfigError
      )
      const inShape = data.x.shape.slice(1)
      let order: { readonly epoch: number; readonly rows: Uint32Array } = { epoch: -1, rows: new Uint32Array(0) }

      const batchOf = (at: number): Batch => {
        const epoch = Math.floor(at / stepsPerEpoch)
        if (order.epoch !== epoch) order = { epoch, rows: Key.permutation(noise.key("shuffle", epoch), rows) }
        const first = (at % stepsPerEpoch) * batchSize
        const indices = order.rows.subarray(first, Math.min(first + batchSize, rows))
        return {
          x: Tensor.takeRows(data.x, indices),
          y: Tensor.takeRows(data.y, indices),
          ...(data.weights === undefined ? {} : { weights: Tensor.takeRows(data.weights, indices) })
        }
      }

      const next = Effect.fnUntraced(function* (before: State<P, L, unknown>) {
        if (before.step >= steps) return undefined
        yield* Effect.yieldNow
        const until = Math.min(before.step + stepsPerEvent, steps)
        const losses: Array<Loss> = []
        let state = before
        while (state.step < until) {
          const batch = batchOf(state.step)
          const eps = yield* noise.draw(model.network, state.step, batch.x.shape[0]!, { inShape })
          const from = state
          const [after, loss] = yield* attempt(() => advance(from, batch, eps), ConfigError, ShapeError)
          const what = nonFinite(after, loss)
          if (what !== undefined) return yield* new DivergedError({ step: state.step, what, lastGood: state })
          losses.push(loss)
          state = after
        }
        const epoch = Math.ceil(state.step / stepsPerEpoch)
        const event: Progress<P, L> = { epoch, epochs, step: state.step, steps, loss: average(losses), state }
        return [event, state] as const
      })
      return Stream.unfold(initial, next)
    })
  )

const average = (losses: ReadonlyArray<Loss>): Loss => {
  const mean = (pick: (loss: Loss) => number): number => losses.reduce((sum, l) => sum + pick(l), 0) / losses.length
  return {
    negElboMean: mean((l) => l.negElboMean),
    nllMean: mean((l) => l.nllMean),
    klNats: mean((l) => l.klNats),
    klWeight: mean((l) => l.klWeight)
  }
}

/**
 * Trains to the end.
 *
 * **Errors**: those of `events`.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Key, Model, Noise, Synthetic, Training } from "effect-bayes"
 *
 * const data = Synthetic.regressionCurve(Key.make(0), 50)
 * const program = Training.fit(Model.regression(data, { hidden: [8] }), data, { epochs: 10 })
 * const fit = await Effect.runPromise(program.pipe(Effect.provide(Noise.layer(42))))
 * fit.state.step // => 20
 * ```
 *
 * @category training
 * @since 0.1.0
 */
export const fit = <P, E, L, M extends Model.Model<P, E, L>>(
  model: M & Model.Model<P, E, L>,
  dataset: Dataset.Dataset,
  options: FitOptions<P, L> = {}
): Effect.Effect<Fit<P, E, L, M>, FitError, Noise> =>
  Effect.suspend(() => {
    const history: Array<Pick<Progress<P, L>, "step" | "loss">> = []
    return events<P, E, L>(model, dataset, options).pipe(
      Stream.tap(({ step, loss }) => Effect.sync(() => history.push({ step, loss }))),
      Stream.runLast,
      Effect.flatMap(
        Option.match({
          onNone: () =>
            Effect.fail(new ConfigError({ option: "epochs", expected: "steps left to take", actual: "none" })),
          onSome: ({ state }) => Effect.succeed({ model, params: state.params, state, history })
        })
      )
    )
  })
