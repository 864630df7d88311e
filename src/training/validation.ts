/**
 * How good parameters are on rows that are not trained on: the estimate that early stopping goes by.
 *
 * @since 0.3.0
 */
import * as Effect from "effect/Effect"
import { attempt } from "../core/attempt.ts"
import { ConfigError, EngineError, ShapeError } from "../core/errors.ts"
import { Noise } from "../core/Noise.ts"
import * as Tensor from "../core/Tensor.ts"
import { kernels, type Workspace } from "../kernels/index.ts"
import { operations, predictive } from "../layers/index.ts"
import type { Model, Params } from "./Model.ts"
import type { Batch } from "./objective.ts"

/**
 * Weight draws of an estimate. On 40 rows of a curve, parameters chosen under 4 lose up to 0.19 nats against the best,
 * under 8 up to 0.061, under 16 up to 0.005 (`test/training/validationDraws.full.test.ts` prints it).
 */
const DRAWS = 16

/** Milliseconds of forward passes, about, between two chances to be interrupted. */
const TURN = 2.5

const rowsOf = ({ x, y, weights }: Batch, first: number, last: number): Batch => ({
  x: Tensor.rows(x, first, last),
  y: Tensor.rows(y, first, last),
  ...(weights === undefined ? {} : { weights: Tensor.rows(weights, first, last) })
})

/**
 * The mean negative log-likelihood of the rows, in nats per datum, averaged over 16 draws of the weights: an estimate of
 * what training adds the KL to, as its `nllMean`, for these rows.
 *
 * The draws are those of the purpose "validate", one for all rows, and the same in each estimate of a run, so that two
 * estimates differ by their parameters and not by luck.
 *
 * @category objective
 * @since 0.3.0
 */
export const validationNll = Effect.fnUntraced(function* <P, E, L>(
  model: Model<P, E, L>,
  params: Params<P, L>,
  batch: Batch,
  memory: Workspace
) {
  const noise = yield* Noise
  const network = predictive(model.network)
  const [rows = 0, ...inShape] = batch.x.shape
  const perRow = yield* attempt(() => operations(network, inShape), ShapeError)
  const block = Math.max(1, Math.floor((TURN * kernels(model.dtype).operationsPerMs) / perRow))
  let nll = 0
  for (let s = 0; s < DRAWS; s++) {
    let drawn: { readonly rows: number; readonly eps: unknown } | undefined
    for (let first = 0; first < rows; first += block) {
      yield* Effect.yieldNow
      const part = rowsOf(batch, first, Math.min(first + block, rows))
      const size = part.x.shape[0]!
      if (drawn?.rows !== size) {
        drawn = { rows: size, eps: yield* noise.draw(network, s, size, { purpose: "validate", inShape }) }
        yield* Effect.yieldNow
      }
      const { eps } = drawn
      nll += yield* attempt(
        () =>
          memory.frame(() => {
            const output = network.forward(params.network, part.x, eps)
            return model.likelihood.nll(params.likelihood, output, part.y, part.weights)
          }),
        ConfigError,
        EngineError,
        ShapeError
      )
    }
  }
  return nll / DRAWS / rows
})
