/** Models with their parameters as files hold them: where they come from, and which task they are for. */
import { Console, Effect, Option } from "effect"
import {
  attempt,
  CheckpointError,
  Columns,
  ConfigError,
  Model,
  type Prediction,
  ShapeError,
  Training
} from "../index.ts"

/** A model whose parameters no type knows. */
export interface Fitted {
  readonly model: Model.Model<unknown, unknown, unknown>
  readonly params: Model.Params<unknown, unknown>
}

/** Does what is to be done for the task of a model. */
export const withTask = <A, B, E, F, R, S>(
  fitted: Fitted,
  tasks: {
    readonly numbers: (fitted: Prediction.Fitted<unknown, unknown, unknown>) => Effect.Effect<A, E, R>
    readonly classes: (fitted: Prediction.FittedClassifier<unknown, unknown, unknown>) => Effect.Effect<B, F, S>
  }
): Effect.Effect<A | B, E | F | ConfigError, R | S> => {
  if (Model.isRegression(fitted)) return tasks.numbers(fitted)
  if (Model.isClassification(fitted)) return tasks.classes(fitted)
  const { kind } = fitted.model.likelihood.spec
  const option = "the likelihood of the model"
  return Effect.fail(new ConfigError({ option, expected: "one of numbers or of classes", actual: `"${kind}"` }))
}

/** The names of a model's classes, by their labels; labels that are numbers have no others. None of a model of numbers. */
const classesOf = (fitted: Fitted, columns: Columns.Columns): ReadonlyArray<string> | undefined => {
  if (!Model.isClassification(fitted)) return undefined
  const count = Model.classCount(fitted.model, fitted.params.likelihood)
  return Columns.classes(columns) ?? Array.from({ length: count }, (_, label) => String(label))
}

/** A model of a file that knows its columns, and the seed that it was trained with, if it says. */
export interface Loaded extends Fitted {
  readonly columns: Columns.Columns
  /** The names of its classes, if it is one of classes. */
  readonly classes: Option.Option<ReadonlyArray<string>>
  readonly seed: Option.Option<number>
}

/** Adds which comes first, where the names of the files look as if they were exchanged. */
const inOrder =
  (path: string, data: string) =>
  (error: CheckpointError): CheckpointError => {
    const isModel = (name: string): boolean => name.endsWith(".safetensors")
    if (isModel(path) && !isModel(data)) return error
    const { source, problem, hint } = error
    const order = "The model comes first, then the data"
    return new CheckpointError({ source, problem, hint: hint === undefined ? order : `${hint}. ${order}` })
  }

/** Reads a model; of one whose training is not over, that is told beside the results. */
export const load = Effect.fnUntraced(function* (
  path: string,
  { data, json }: { readonly data: string; readonly json: boolean }
) {
  const { model, params, state } = yield* Effect.mapError(Model.load(path), inOrder(path, data))
  const { columns } = model
  if (columns === undefined) {
    const hint = "Train on a table, by `effect-bayes train` or from a Dataset"
    return yield* new CheckpointError({ source: path, problem: "its model does not know the columns of a table", hint })
  }
  if (state !== undefined && Training.endedAt(state) === undefined) {
    const [step, steps] = [state.step, Training.stepsOf(state.run)]
    const note = `${path}: its training is not over (step ${step} of ${steps})`
    yield* Console.error(json ? JSON.stringify({ event: "note", step, steps, message: note }) : `note: ${note}`)
  }
  const classes = yield* attempt(() => classesOf({ model, params }, columns), ConfigError, ShapeError)
  const loaded: Loaded = {
    model,
    params,
    columns,
    classes: Option.fromUndefinedOr(classes),
    seed: Option.fromUndefinedOr(state?.run.seed)
  }
  return loaded
})
