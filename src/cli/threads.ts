/** How many threads a command computes with. Results are the same to the last bit with any number. */
import { Effect, Layer, Option } from "effect"
import { Flag } from "effect/cli"
import { attempt, ConfigError, type Model, Shape, Threads, Tree } from "../index.ts"

export const flag = Flag.Finite("threads").pipe(
  Flag.withDescription("threads to compute with (default: one for each core, for networks that gain by it)"),
  Flag.optional
)

/** Parameters from which on other threads are worth the tenth of a second in which they start. */
const LARGE = 50_000

const parametersOf = ({ network }: Model.Model<unknown, unknown, unknown>): number =>
  Tree.leavesWith(Tree.isSpec, network.shapes).reduce((sum, { value }) => sum + Shape.size(value.shape), 0)

/** Fails for a number of threads that cannot be. */
export const assertThreads = ({ threads }: { readonly threads: Option.Option<number> }) =>
  attempt(() => Option.map(threads, (asked) => Threads.layer({ threads: asked })), ConfigError).pipe(
    Effect.mapError(({ expected, actual }) => new ConfigError({ option: "--threads", expected, actual })),
    Effect.asVoid
  )

/** The threads for a model's work. */
export const provideThreads = (
  model: Model.Model<unknown, unknown, unknown>,
  { threads }: { readonly threads: Option.Option<number> }
) => {
  const layer = (): Layer.Layer<never> => {
    if (Option.isSome(threads)) return Threads.layer({ threads: threads.value })
    return parametersOf(model) < LARGE ? Threads.layer({ threads: 1 }) : Threads.layer()
  }
  return Effect.provide(Layer.suspend(layer))
}
