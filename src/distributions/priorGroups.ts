/**
 * One prior for all weights, or one for each group of them, chosen by path.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assign, type Groups } from "../core/Groups.ts"
import { type Definition, rebuild, type Spec, SpecSchema } from "../core/Spec.ts"
import type { Prior } from "./Prior.ts"

/** @category models @since 0.2.0 */
export type Priors = Prior | Groups<Prior>

const isOne = (priors: Priors): priors is Prior => "spec" in priors

/** A list of its own: who handed one in may go on writing to it. */
export const copy = (priors: Priors): Priors =>
  isOne(priors) ? priors : priors.map(([pattern, prior]) => [pattern, prior] as const)

/** All of them, in the order of their groups. */
export const list = (priors: Priors): ReadonlyArray<Prior> =>
  isOne(priors) ? [priors] : priors.map(([, prior]) => prior)

/** For each path the index of its prior in `list`. **Errors**: `ConfigError` for groups that do not fit the paths. */
export const indices = (priors: Priors, paths: ReadonlyArray<string>): ReadonlyArray<number> =>
  isOne(priors) ? paths.map(() => 0) : assign("prior", priors, paths)

/**
 * The prior at each of the paths, by its index among them. Patterns are read again only for other paths than the last,
 * and for a single prior no path is asked for.
 */
export const assigned = (priors: Priors): ((paths: () => ReadonlyArray<string>) => (index: number) => Prior) => {
  if (isOne(priors)) return () => () => priors
  const all = list(priors)
  let last: { readonly paths: ReadonlyArray<string>; readonly found: ReadonlyArray<number> } | undefined
  return (pathsOf) => {
    const paths = pathsOf()
    const known = last?.paths.length === paths.length && paths.every((path, i) => path === last?.paths[i])
    const found = known ? last!.found : indices(priors, paths)
    last = { paths, found }
    return (index) => all[found[index]!]!
  }
}

/** Plain data: a prior's spec, or pairs of a pattern and a spec. */
export const toSpec = (priors: Priors): typeof PriorsSpec.Type =>
  isOne(priors) ? priors.spec : priors.map(([pattern, prior]) => [pattern, prior.spec] as const)

export const PriorsSpec = /*#__PURE__*/ Schema.Union([
  SpecSchema,
  Schema.Array(Schema.Tuple([Schema.String, SpecSchema]))
])

export const fromSpec = (spec: typeof PriorsSpec.Type, registry: ReadonlyArray<Definition<Prior>>): Priors => {
  const one = (s: Spec): Prior => rebuild("prior", registry, s, undefined)
  return "kind" in spec ? one(spec) : spec.map(([pattern, s]) => [pattern, one(s)] as const)
}
