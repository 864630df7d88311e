/**
 * What a run is before its first step: options with their defaults, data as the network takes them, and where it starts.
 *
 * @since 0.3.0
 */
import { assertConfig, ConfigError } from "../core/errors.ts"
import type * as Key from "../core/Key.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { Columns, Dataset, Standardizer } from "../data/index.ts"
import { kernels, type Workspace } from "../kernels/index.ts"
import { operations } from "../layers/index.ts"
import { adam, type Optimizer, Schedule } from "../optim/index.ts"
import type { Checkpoint } from "./Checkpoint.ts"
import * as KlWeighting from "./KlWeighting.ts"
import * as Model from "./Model.ts"
import type { Batch } from "./objective.ts"
import { type State, start } from "./step.ts"
import { type StepIn, stepIn } from "./stepIn.ts"

/** Every field has a default. @category models @since 0.1.0 */
export interface FitOptions extends KlWeighting.Options {
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
  /** Rows that are not trained on, to find the best parameters by. */
  readonly validation?: Dataset.Dataset
  /** Epochs between two looks at the validation rows; default as few as make 100 steps. */
  readonly validateEvery?: number
  /** Epochs without better parameters after which the run ends, seen when validation rows are looked at. */
  readonly patience?: number
  /** Steps from one event to the next, at most; default what takes about 20 ms, and 8 at least. */
  readonly stepsPerEvent?: number
  /**
   * Where to go on from, in place of fresh parameters. Everything must be as when it was made, or it is refused; only the
   * settings inside an `optimizer` that you give cannot be compared.
   */
  readonly from?: Checkpoint<unknown, unknown>
}

/** Epochs and batches. @category models @since 0.3.0 */
export interface Sizes {
  readonly rows: number
  readonly batchSize: number
  readonly epochs: number
  readonly stepsPerEpoch: number
  readonly steps: number
}

/** The validation rows, and the steps between two looks at them. */
interface Validation {
  readonly batch: Batch
  readonly every: number
}

/** @category models @since 0.3.0 */
export interface Plan<P, L, E> extends Sizes {
  readonly data: Batch
  readonly validation?: Validation
  readonly fresh: State<P, L, unknown>
  readonly stepsPerEvent: number
  /** Steps between two chances to be interrupted. */
  readonly stepsPerTurn: number
  /** The step function in a workspace. */
  readonly stepIn: (memory: Workspace) => StepIn<P, E, L>
}

const DEFAULT_STEPS = 20_000

/** The fewest steps between two looks at validation rows, unless told otherwise. */
const VALIDATION_STEPS = 100

/** Milliseconds of work, about, between two chances to be interrupted. */
const TURN = 20

/** The fewest steps of an event, unless told otherwise: each copies the state out, which costs about half a step. */
const STEPS_PER_EVENT = 8

const whole = (option: string, n: number | undefined): void =>
  assertConfig(n === undefined || (Number.isSafeInteger(n) && n > 0), option, "a whole number above 0", n)

const sizesOf = (dataset: Dataset.Dataset, options: FitOptions): Sizes => {
  const rows = Dataset.size(dataset)
  assertConfig(rows > 0, "the training rows", "at least one", "none")
  whole("batchSize", options.batchSize)
  whole("epochs", options.epochs)
  const batchSize = Math.min(rows, options.batchSize ?? 32)
  const stepsPerEpoch = Math.ceil(rows / batchSize)
  const epochs = options.epochs ?? Math.ceil(DEFAULT_STEPS / stepsPerEpoch)
  const most = Math.floor(Number.MAX_SAFE_INTEGER / stepsPerEpoch)
  assertConfig(epochs <= most, "epochs", `at most ${most}, as steps are counted`, epochs)
  return { rows, batchSize, epochs, stepsPerEpoch, steps: epochs * stepsPerEpoch }
}

/** The rate of the default optimizer. */
export const learningRateOf = ({ learningRate = 0.01 }: FitOptions): number => {
  const positive = Number.isFinite(learningRate) && learningRate > 0
  assertConfig(positive, "learning rate", "a finite number above 0", learningRate)
  return learningRate
}

/** Epochs between two looks at the validation rows. */
export const validateEveryOf = ({ validateEvery }: FitOptions, { stepsPerEpoch }: Sizes): number =>
  validateEvery ?? Math.ceil(VALIDATION_STEPS / stepsPerEpoch)

const batchOf = <P, E, L>(model: Model.Model<P, E, L>, dataset: Dataset.Dataset): Batch => {
  const batch: Batch = {
    x: Standardizer.applyFinite("x", model.inputs, dataset.x, model.dtype),
    y: Standardizer.applyFinite("y", model.targets, dataset.y, model.dtype),
    ...(dataset.weights === undefined ? {} : { weights: Tensor.cast(dataset.weights, model.dtype) })
  }
  const outShape = model.network.outShape([model.inputs.columns.length])
  model.likelihood.assertTargets?.(outShape, batch.y, batch.weights)
  return batch
}

const validationOf = <P, E, L>(
  model: Model.Model<P, E, L>,
  dataset: Dataset.Dataset,
  options: FitOptions,
  sizes: Sizes
): { readonly validation?: Validation } => {
  const { validation, validateEvery, patience } = options
  for (const [option, n] of Object.entries({ validateEvery, patience })) {
    whole(option, n)
    assertConfig(n === undefined || validation !== undefined, option, "validation rows beside it", "none")
  }
  if (validation === undefined) return {}
  assertConfig(Dataset.size(validation) > 0, "the validation rows", "at least one", "none")
  Columns.assertSame("the validation rows", "those trained on", dataset.columns, validation.columns)
  return {
    validation: {
      batch: ofValidationRows(() => batchOf(model, validation)),
      every: validateEveryOf(options, sizes) * sizes.stepsPerEpoch
    }
  }
}

/** Says of an impossible target which rows it is in. */
const ofValidationRows = <A>(f: () => A): A => {
  try {
    return f()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const { option, expected, actual, hint } = error
    const rest = hint === undefined ? {} : { hint }
    throw new ConfigError({ option: `validation rows, ${option}`, expected, actual, ...rest })
  }
}

/**
 * The plan of a run, its fresh parameters from the key.
 *
 * **Errors**: `ConfigError` for options, `ShapeError` for data that do not fit the model.
 *
 * @category constructors
 * @since 0.3.0
 */
export const plan = <P, E, L>(
  model: Model.Model<P, E, L>,
  dataset: Dataset.Dataset,
  options: FitOptions,
  key: Key.Key
): Plan<P, L, E> => {
  const sizes = sizesOf(dataset, options)
  if (model.columns !== undefined) {
    Columns.assertSame("the training rows", "those of the model", model.columns, dataset.columns)
  }
  const { epochs, stepsPerEpoch, steps, rows, batchSize } = sizes
  whole("stepsPerEvent", options.stepsPerEvent)
  const rate = learningRateOf(options)
  const optimizer = options.optimizer ?? adam({ learningRate: Schedule.cosine({ initial: rate, steps }) })
  const fresh = start(Model.init(model, key), optimizer)
  // Forward, and back to the weights and to the input; each parameter is sampled, has its KL and is updated.
  const perRow = operations(model.network, [model.inputs.columns.length])
  const { operationsPerMs, operationsOfStep } = kernels(model.dtype)
  const perStep = operationsOfStep + 12 * batchSize * perRow + 150 * Tree.count(fresh.params)
  const stepsPerTurn = Math.max(1, Math.floor((TURN * operationsPerMs) / perStep))
  const factor = KlWeighting.factor(options, { epochs, stepsPerEpoch })
  return {
    ...sizes,
    data: batchOf(model, dataset),
    ...validationOf(model, dataset, options, sizes),
    fresh,
    stepsPerEvent: options.stepsPerEvent ?? Math.max(STEPS_PER_EVENT, stepsPerTurn),
    stepsPerTurn,
    stepIn: (memory) => stepIn(memory, model, optimizer, { rows, temperature: options.temperature ?? 1 }, factor)
  }
}
