/**
 * What a run goes on from: the state, and plain data on everything that fixes its bits, so that a run which would end
 * otherwise than the unbroken one is refused.
 *
 * @since 0.3.0
 */
import * as Schema from "effect/Schema"
import type { Params } from "./Model.ts"
import type { State } from "./step.ts"

/** The schema of what fixes the bits of a run. @category schemas @since 0.3.0 */
export const RunSchema = /*#__PURE__*/ Schema.Struct({
  seed: Schema.Int,
  /** Where the noise comes from, see the service `Noise`. */
  noise: Schema.String,
  /** Name of the engine, and the version of its bits. */
  engine: Schema.String,
  bits: Schema.Int,
  /** How many training rows there are. */
  rows: Schema.Int,
  /** SHA-256 of the training rows and of the validation rows, if there are any: what `fingerprint` gives of a dataset. */
  data: Schema.String,
  validation: Schema.optionalKey(Schema.String),
  /** SHA-256 of the model's spec, with the tensors in it. */
  model: Schema.String,
  epochs: Schema.Int,
  batchSize: Schema.Int,
  /** The default optimizer with its rate, or that one was given. */
  optimizer: Schema.String,
  temperature: Schema.Finite,
  klWeighting: Schema.String,
  klAnnealing: Schema.String,
  /** Epochs, both; there if there are validation rows and, for patience, if it was given. */
  validateEvery: Schema.optionalKey(Schema.Int),
  patience: Schema.optionalKey(Schema.Int)
})

/** Plain data on what fixes the bits of a run. @category models @since 0.3.0 */
export type Run = typeof RunSchema.Type

/** The parameters that did best on the validation rows. @category models @since 0.3.0 */
export interface Best<P, L> {
  readonly params: Params<P, L>
  /** Mean negative log-likelihood of the validation rows, in nats per datum. */
  readonly nllMean: number
  readonly step: number
}

/** A state that a run goes on from to the same bits. @category models @since 0.3.0 */
export interface Checkpoint<P, L> extends State<P, L, unknown> {
  readonly run: Run
  /** Where there are validation rows, once they were looked at. */
  readonly best?: Best<P, L>
}

/** Why a run is over: all its steps were taken, or patience ran out. @category models @since 0.3.0 */
export type Ended = "epochs" | "patience"

const stepsPerEpoch = ({ rows, batchSize }: Run): number => Math.ceil(rows / batchSize)

/** The steps of a run, if patience does not end it. @category getters @since 0.3.0 */
export const stepsOf = (run: Run): number => run.epochs * stepsPerEpoch(run)

/** Why the run of a checkpoint is over, if it is. @category getters @since 0.3.0 */
export const endedAt = ({
  step,
  best,
  run
}: {
  readonly step: number
  readonly run: Run
  readonly best?: { readonly step: number }
}): Ended | undefined => {
  if (step >= stepsOf(run)) return "epochs"
  const { patience, validateEvery } = run
  if (best === undefined || patience === undefined || validateEvery === undefined) return undefined
  const each = stepsPerEpoch(run)
  return step % (validateEvery * each) === 0 && step - best.step >= patience * each ? "patience" : undefined
}
