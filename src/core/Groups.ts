/**
 * Values for groups of leaves, chosen by path: another prior for biases, another learning rate for a logStd.
 *
 * A list of pairs, pattern and value, read from the top: a leaf gets the value of the first pattern that matches. A
 * pattern is a path (`network.0.weight.mean`, as `Tree.leaves` gives it) or the beginning of one, which stands for all
 * leaves below it; `*` is any one key and `**` any number of them. `**.logStd` is every logStd, `**` everything.
 *
 * @since 0.2.0
 */
import { ConfigError } from "./errors.ts"

/** @category models @since 0.2.0 */
export type Groups<A> = ReadonlyArray<readonly [pattern: string, value: A]>

/** A dot that is escaped belongs to a key. */
const keysOf = (path: string): ReadonlyArray<string> => path.split(/(?<!\\)\./)

const matchesFrom = (pattern: ReadonlyArray<string>, keys: ReadonlyArray<string>, p: number, k: number): boolean => {
  if (p === pattern.length) return true // what is left of the path lies below
  if (pattern[p] === "**") {
    for (let next = k; next <= keys.length; next++) if (matchesFrom(pattern, keys, p + 1, next)) return true
    return false
  }
  return k < keys.length && (pattern[p] === "*" || pattern[p] === keys[k]) && matchesFrom(pattern, keys, p + 1, k + 1)
}

/**
 * Whether a pattern matches a path, or the beginning of it.
 *
 * @example
 * ```ts
 * import { Groups } from "effect-bayes"
 *
 * Groups.matches("**.logStd", "network.0.weight.logStd") // => true
 * Groups.matches("network.*.bias", "network.0.weight.mean") // => false
 * ```
 *
 * @category predicates
 * @since 0.2.0
 */
export const matches = (pattern: string, path: string): boolean =>
  matchesFrom(keysOf(pattern), path === "" ? [] : keysOf(path), 0, 0)

/**
 * The index of the group that each path belongs to.
 *
 * `option` names what is grouped, for messages. **Errors**: `ConfigError` for a pattern that is the first to match for
 * no path, and for a path that none matches; both list the paths there are.
 *
 * @category combinators
 * @since 0.2.0
 */
export const assign = (
  option: string,
  groups: Groups<unknown>,
  paths: ReadonlyArray<string>
): ReadonlyArray<number> => {
  const found = paths.map((path) => groups.findIndex(([pattern]) => matches(pattern, path)))
  const list = paths.map((path) => (path === "" ? '"" (a single tensor, which only "**" matches)' : path)).join(", ")
  for (const [index, [pattern]] of groups.entries()) {
    if (found.includes(index)) continue
    const shadowed = paths.some((path) => matches(pattern, path))
    throw new ConfigError({
      option: `${option}, group "${pattern}"`,
      expected: shadowed ? "a pattern before those that match the same paths" : "a pattern that matches a path",
      actual: shadowed ? "one whose paths all belong to earlier groups" : "one that matches none",
      hint: `There are: ${list}`
    })
  }
  const alone = found.indexOf(-1)
  if (alone < 0) return found
  throw new ConfigError({
    option: `${option}, groups`,
    expected: "a group for every path",
    actual: `none for "${paths[alone]}"`,
    hint: 'A last group "**" takes what is left'
  })
}
