/**
 * The training loop, the only one: a stream of events, each with the checkpoint it left behind.
 *
 * Everything that the loop does follows from the seed and the step: the order of the rows is a permutation keyed by the
 * epoch, the noise is keyed by the step, and validation rows are looked at after fixed steps. So a checkpoint needs no
 * position of its own, and a run that goes on from any one ends with the same bits. Between events the fiber yields;
 * interruption takes effect there.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { attempt } from "../core/attempt.ts"
import { CheckpointError, ConfigError, EngineError, ShapeError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import { Noise } from "../core/Noise.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import type { Dataset } from "../data/index.ts"
import { tensorsOf, workspace } from "../kernels/index.ts"
import { type Best, type Checkpoint, type Ended, endedAt } from "./Checkpoint.ts"
import { DivergedError } from "./DivergedError.ts"
import type * as Model from "./Model.ts"
import type { Batch, Loss } from "./objective.ts"
import type { Live } from "./PackedState.ts"
import { type FitOptions, plan } from "./plan.ts"
import { describe, resume } from "./resume.ts"
import type { State } from "./step.ts"
import { live, nonFinite } from "./stepIn.ts"
import { validationNll } from "./validation.ts"

/** What a look at the validation rows told. @category models @since 0.3.0 */
export interface Validated {
  /** Estimated mean negative log-likelihood of the validation rows, in nats per datum. */
  readonly nllMean: number
  /** The least until now, and the steps after which it was found. */
  readonly bestNllMean: number
  readonly bestStep: number
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
  /** Where validation rows were looked at. */
  readonly validation?: Validated
  /** In the last event. */
  readonly ended?: Ended
  readonly state: Checkpoint<P, L>
}

/** What is kept of an event. @category models @since 0.3.0 */
export type Past = Pick<Progress<unknown, unknown>, "step" | "loss" | "validation">

/** A trained model. @category models @since 0.1.0 */
export interface Fit<P, E, L, M extends Model.Model<P, E, L> = Model.Model<P, E, L>> {
  readonly model: M
  /** Those that did best on the validation rows; without such, the last. */
  readonly params: Model.Params<P, L>
  /** What the last step left behind. */
  readonly state: Checkpoint<P, L>
  readonly ended: Ended
  readonly history: ReadonlyArray<Past>
}

/** What can stop a run, beside interruption. @category errors @since 0.1.0 */
export type FitError = CheckpointError | ConfigError | EngineError | ShapeError | DivergedError

/** What is copied out as one: a tensor, or what holds none and may be of any kind. */
const isWhole = (u: unknown): u is unknown => Tensor.isTensor(u) || tensorsOf(u).length === 0

/**
 * A run before its first step: where it starts, and how it goes on to the next event. The last event has a checkpoint that
 * outlives the workspace, and so has each one if all are `wanted`; else the others lend what is in the workspace.
 */
const prepare = Effect.fnUntraced(function* <P, E, L>(
  model: Model.Model<P, E, L>,
  dataset: Dataset.Dataset,
  options: FitOptions,
  wanted: "all" | "last"
) {
  const noise = yield* Noise
  const planned = yield* attempt(() => plan(model, dataset, options, noise.key("init")), ConfigError, ShapeError)
  const { data, rows, batchSize, epochs, stepsPerEpoch, steps, validation, fresh, stepIn } = planned
  const { stepsPerEvent, stepsPerTurn } = planned
  const run = yield* describe(model, dataset, options, planned, noise)
  const { from } = options
  const initial: Checkpoint<P, L> =
    from === undefined ? { ...fresh, run } : yield* attempt(() => resume(from, run, fresh, steps), CheckpointError)
  const inShape = data.x.shape.slice(1)
  const memory = yield* workspace(model.dtype)
  const advance = yield* attempt(() => stepIn(memory), ConfigError)
  const ordinary = <A>(state: A): A =>
    Tree.mapWith(isWhole, (whole) => (Tensor.isTensor(whole) ? memory.copyOut(whole) : whole), state) as A
  /** What the last event's checkpoint has, or is a copy of: still in the workspace, so it need not be brought in again. */
  let last: { readonly of: Checkpoint<P, L>; readonly at: Live<P, L> } | undefined
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

  const next = Effect.fnUntraced(function* (before: Checkpoint<P, L>) {
    if (endedAt(before) !== undefined) return undefined
    yield* Effect.yieldNow
    // An event ends where validation rows are looked at, so that each look is in one.
    const look = validation === undefined ? steps : before.step - (before.step % validation.every) + validation.every
    const until = Math.min(before.step + stepsPerEvent, look, steps)
    const losses: Array<Loss> = []
    const checkpoint = (
      { params, optimizer, step }: State<P, L, unknown>,
      best: Best<P, L> | undefined,
      copied: <A>(state: A) => A = ordinary
    ): Checkpoint<P, L> => ({
      ...copied({ params, optimizer, step }),
      run,
      ...(best === undefined ? {} : { best })
    })
    const diverged = (what: string, good: Live<P, L>): DivergedError =>
      new DivergedError({ step: good.step, what, lastGood: checkpoint(good.state, before.best) })
    let at = last?.of === before ? last.at : live(before)
    let lastGood = at
    while (at.step < until) {
      const from = at
      if (from.step > before.step && (from.step - before.step) % stepsPerTurn === 0) yield* Effect.yieldNow
      const batch = batchOf(from.step)
      const eps = yield* noise.draw(model.network, from.step, batch.x.shape[0]!, { inShape })
      const taken = yield* attempt(() => advance(from, batch, eps), ConfigError, EngineError, ShapeError)
      const what = nonFinite(taken)
      if (what !== undefined) return yield* diverged(what, from)
      losses.push(taken.loss)
      lastGood = from
      at = taken.live
    }
    const about = {
      epoch: Math.ceil(at.step / stepsPerEpoch),
      epochs,
      step: at.step,
      steps,
      loss: average(losses)
    }
    const event = (best: Best<P, L> | undefined, more: { readonly validation?: Validated }) => {
      const lent = checkpoint(at.state, best, (same) => same)
      const ended = endedAt(lent)
      const left = wanted === "all" || ended !== undefined ? checkpoint(lent, best) : lent
      last = { of: left, at }
      const progress: Progress<P, L> = { ...about, ...more, ...(ended === undefined ? {} : { ended }), state: left }
      return [progress, left] as const
    }
    if (validation === undefined || (at.step !== look && at.step !== steps)) return event(before.best, {})
    const { params, step } = at.state
    const nllMean = yield* validationNll(model, params, validation.batch, memory)
    if (!Number.isFinite(nllMean))
      return yield* diverged("the negative log-likelihood of the validation rows", lastGood)
    const better = before.best === undefined || nllMean < before.best.nllMean
    const best = better ? { params: ordinary(params), nllMean, step } : before.best
    return event(best, { validation: { nllMean, bestNllMean: best.nllMean, bestStep: best.step } })
  })
  return { initial, next }
})

/**
 * Trains, an event at a time: the stream ends with the event of the last step, or at once if `from` is the end of a run.
 *
 * **Errors**: `ConfigError` for options, `ShapeError` for data or noise that do not fit the model, `CheckpointError` for a
 * `from` of other settings, `DivergedError`, `EngineError` where a thread dies.
 *
 * @category training
 * @since 0.1.0
 */
export const events = <P, E, L>(
  model: Model.Model<P, E, L>,
  dataset: Dataset.Dataset,
  options: FitOptions = {}
): Stream.Stream<Progress<P, L>, FitError, Noise> =>
  Stream.unwrap(
    Effect.map(prepare(model, dataset, options, "all"), ({ initial, next }) => Stream.unfold(initial, next))
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
 * Trains to the end. Going on from the end of a run gives its fit again, without a history.
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
  options: FitOptions = {}
): Effect.Effect<Fit<P, E, L, M>, FitError, Noise> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { initial, next } = yield* prepare<P, E, L>(model, dataset, options, "last")
      const history: Array<Past> = []
      let state = initial
      yield* Stream.runForEach(Stream.unfold(initial, next), ({ step, loss, validation, state: left }) =>
        Effect.sync(() => {
          history.push({ step, loss, ...(validation === undefined ? {} : { validation }) })
          state = left
        })
      )
      const ended = endedAt(state) ?? "epochs" // the stream goes on until there is an end
      return { model, params: state.best?.params ?? state.params, state, ended, history }
    })
  )
