/**
 * Another optimizer for each group of leaves, chosen by path: one rate for means, another for logStds, none for what is
 * frozen.
 *
 * Each optimizer sees a record of its own leaves, keyed by their paths, and knows of no other.
 *
 * @since 0.2.0
 */
import { ConfigError } from "../core/errors.ts"
import { assign, type Groups } from "../core/Groups.ts"
import type { Tensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import type { Optimizer } from "./Optimizer.ts"

/** The paths of each group's leaves and the state of its optimizer, under its pattern. @category models @since 0.2.0 */
export type GroupsState = Readonly<Record<string, { readonly paths: ReadonlyArray<string>; readonly state: unknown }>>

/** Moves nothing and remembers nothing. @category optimizers @since 0.2.0 */
export const frozen: Optimizer<Tree.Empty> = {
  init: () => ({}),
  update: (grads, state) => [Tree.zerosLike(grads), state]
}

type Part = Readonly<Record<string, Tensor>>

/** What a record has at a path; the state of other groups, or of another record, asks for what is not there. */
const at = <A>(record: Readonly<Record<string, A>>, key: string): A => {
  if (Object.hasOwn(record, key)) return record[key]!
  throw new ConfigError({
    option: "optimizer, groups",
    expected: "the state that these groups gave for these parameters",
    actual: `one that does not go with "${key}"`
  })
}

const flat = (tree: unknown): Part => Object.fromEntries(Tree.leaves(tree).map(({ path, value }) => [path, value]))

const part = (all: Part, paths: ReadonlyArray<string>): Part =>
  Object.fromEntries(paths.map((path) => [path, at(all, path)]))

/**
 * Each leaf moves by the optimizer of the first pattern that matches its path (patterns: see `Groups`). Paths are those
 * of the record that is trained: `Training.fit` trains `{ network, likelihood }`, so there they begin with `network.` or
 * `likelihood.`. A norm over "all" leaves, as in `clipByGlobalNorm`, is one over its group: chain it before the groups
 * for one over everything. Groups do not nest: inside one, a leaf's whole path is a single key.
 *
 * **Errors**: `ConfigError` from `init`, with the paths there are, for a pattern that is the first to match for no path
 * and for a path that none matches; from `update` for the state of other groups.
 *
 * @example
 * ```ts
 * import { adam, BayesianLinear, frozen, groups, Key, relu, sequential, sgd } from "effect-bayes"
 *
 * const network = sequential(BayesianLinear.make({ in: 4, out: 8 }), relu, BayesianLinear.make({ in: 8, out: 1 }))
 * const optimizer = groups([
 *   ["network.0", frozen],
 *   ["**.logStd", adam({ learningRate: 0.01 })],
 *   ["**", sgd({ learningRate: 0.1 })]
 * ])
 * const state = optimizer.init({ network: network.init(Key.make(0)), likelihood: {} }) // as `Training.fit` does
 * state["**.logStd"]?.paths // => ["network.2.bias.logStd", "network.2.weight.logStd"]
 * ```
 *
 * @category combinators
 * @since 0.2.0
 */
export const groups = (list: Groups<Optimizer<unknown>>): Optimizer<GroupsState> => {
  const parts = list.map(([pattern, optimizer]) => [pattern, optimizer] as const) // whoever gave it may write to it
  return {
    init: (params) => {
      const all = flat(params)
      const paths = Object.keys(all)
      const found = assign("optimizer", parts, paths)
      return Object.fromEntries(
        parts.map(([pattern, optimizer], index) => {
          const own = paths.filter((_, i) => found[i] === index)
          return [pattern, { paths: own, state: optimizer.init(part(all, own)) }]
        })
      )
    },
    update: (grads, states, params) => {
      const [allGrads, allParams] = [flat(grads), flat(params)]
      const updates: Record<string, Tensor> = {}
      const next = parts.map(([pattern, optimizer]) => {
        const { paths, state } = at(states, pattern)
        const [changed, after] = optimizer.update(part(allGrads, paths), state, part(allParams, paths))
        Object.assign(updates, changed)
        return [pattern, { paths, state: after }] as const
      })
      return [Tree.map(grads, (_, path) => at(updates, path)), Object.fromEntries(next)]
    }
  }
}
