/**
 * The loop under every prediction: a network run under many draws of its weights, a block of rows at a time.
 *
 * Draw s has the same weights in every block, so the blocks do not show in a result.
 *
 * @since 0.2.0
 */
import * as Effect from "effect/Effect"
import { attempt } from "../core/attempt.ts"
import { assertConfig, ConfigError, EngineError, ShapeError } from "../core/errors.ts"
import { Noise } from "../core/Noise.ts"
import { axis } from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { Columns, type Dataset, Standardizer } from "../data/index.ts"
import type { Likelihood } from "../distributions/index.ts"
import { kernels, workspace } from "../kernels/index.ts"
import { operations, predictive } from "../layers/index.ts"
import type { Model } from "../training/index.ts"

/** Milliseconds of one forward pass, about, between two chances to be interrupted. */
const TURN = 40

/** Milliseconds of short draws, about, that go together without such a chance: to have one takes as long as some draws. */
const TOGETHER = 5

/** What a draw of the weights costs for each parameter, in multiplications: up to 120 for each weight's two. */
const DRAW = 60

/** The most rows of a block. */
const ROWS = 1000

/** Throws for NaN and infinities. */
export const assertFinite = (what: string, t: Tensor.Tensor): void =>
  assertConfig(kernels(t.dtype).allFinite(t), what, "finite numbers", "NaN or Infinity")

/** What can stop a prediction, beside interruption. @category errors @since 0.4.0 */
export type PredictError = ConfigError | EngineError | ShapeError

/** Thrown errors of options, shapes and the engine as failures. */
export const checked = <A>(f: () => A): Effect.Effect<A, PredictError> =>
  attempt(f, ConfigError, EngineError, ShapeError)

/** What a prediction asks a likelihood for, and what such a likelihood predicts. */
const ASKS = {
  predict: { says: ["conditional", "counts"], of: "real targets or counts, for predict and evaluate" },
  classify: { says: ["probabilities"], of: "classes, for classify" }
} as const

/** A failure unless the likelihood can say what is asked of it; types tell already, unless they were lost. */
export const assertSays = (
  likelihood: Pick<Likelihood.Likelihood<unknown>, "spec">,
  asker: keyof typeof ASKS
): void => {
  const { says, of } = ASKS[asker]
  const can = says.some((what) => what in likelihood)
  assertConfig(can, "the likelihood of the model", `one that predicts ${of}`, `"${likelihood.spec.kind}"`)
}

/** A failure unless rows to test on have the columns of the model, where it knows them. */
export const assertColumns = (
  { columns }: Pick<Model.Model<unknown, unknown, unknown>, "columns">,
  data: Dataset.Dataset
): void => {
  if (columns !== undefined) Columns.assertSame("the rows to test on", "those of the model", columns, data.columns)
}

/** More draws than this would gain nothing but time: what they leave uncertain is a thousandth of what there is. */
const MAX_DRAWS = 1_000_000

/**
 * Throws for a number of weight draws that no prediction can be made with.
 *
 * **Errors**: `ConfigError`.
 *
 * @category assertions
 * @since 0.3.0
 */
export const assertDraws = (draws: number): void => {
  const can = Number.isSafeInteger(draws) && draws > 0 && draws <= MAX_DRAWS
  assertConfig(can, "draws", `a whole number from 1 to ${MAX_DRAWS}`, draws)
}

/** What each draw is read as, one or more. */
export type Draws<A> = readonly [A, ...ReadonlyArray<A>]

/** What is predicted: rows x [N, features] in the data's units, under how many draws, and what to keep of an output. */
interface Question<A> {
  readonly x: Tensor.Tensor
  readonly draws: number
  /** May look at the output only while it runs. */
  readonly read: (output: Tensor.Tensor) => A
}

/** Visits block after block with what all draws made of its rows, `first` up to, not including, `last`; gives N. */
export const underDraws = Effect.fnUntraced(function* <P, E, L, A>(
  fitted: { readonly model: Model.Model<P, E, L>; readonly params: Model.Params<P, L> },
  { x, draws, read }: Question<A>,
  visit: (all: Draws<A>, first: number, last: number) => Effect.Effect<void, PredictError>
) {
  yield* checked(() => assertDraws(draws))
  const { model, params } = fitted
  const noise = yield* Noise
  const network = predictive(model.network)
  const rows = yield* checked(() => axis("predict, x", x.shape, 0))
  const inShape = [model.inputs.columns.length]
  const perRow = yield* checked(() => operations(network, inShape))
  // Each block draws its weights again, so it has rows enough for that to be at most half of the work.
  const worth = Math.ceil((DRAW * Tree.count(params.network)) / perRow)
  const { operationsPerMs, operationsOfStep } = kernels(model.dtype)
  const block = Math.min(ROWS, Math.max(worth, Math.floor((TURN * operationsPerMs) / perRow), 1))
  const perDraw = perRow * Math.min(block, rows) + DRAW * Tree.count(params.network) + operationsOfStep
  const together = Math.max(1, Math.floor((TOGETHER * operationsPerMs) / perDraw))

  const memory = yield* workspace(model.dtype)
  const held = Tree.map(params.network, (leaf) => memory.hold(leaf))

  const draw = Effect.fnUntraced(function* (inputs: Tensor.Tensor, s: number) {
    if (s % together === 0) yield* Effect.yieldNow
    const eps = yield* noise.draw(network, s, inputs.shape[0]!, { purpose: "predict", inShape })
    if (together === 1) yield* Effect.yieldNow
    return yield* checked(() =>
      memory.frame(() => {
        const output = network.forward(held, inputs, eps)
        assertFinite(`the network's output under weight draw ${s}`, output)
        return read(output)
      })
    )
  })

  const inputsOf = (first: number, last: number): Tensor.Tensor =>
    Standardizer.applyFinite("x", model.inputs, Tensor.rows(x, first, last), model.dtype, first)

  // All rows are looked at before any work is done, and standardized again when they are due, as that costs next to nothing.
  for (let first = 0; first < rows; first += block) {
    yield* Effect.yieldNow
    yield* checked(() => inputsOf(first, Math.min(first + block, rows)))
  }
  for (let first = 0; first < rows; first += block) {
    const last = Math.min(first + block, rows)
    const inputs = yield* checked(() => inputsOf(first, last))
    const all: [A, ...Array<A>] = [yield* draw(inputs, 0)]
    for (let s = 1; s < draws; s++) all.push(yield* draw(inputs, s))
    yield* visit(all, first, last)
  }
  return rows
}, Effect.scoped)
