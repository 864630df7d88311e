/**
 * A law: a property that every implementation of an interface must have, under a name, ready to be checked.
 *
 * Laws are written once and applied to each implementation in one line, ours and yours alike:
 * `for (const law of laws.layer(mine, { inShape: [3] })) it(law.name, () => law.check())`.
 *
 * @since 0.1.0
 */
import fc from "fast-check"

/** `check` throws where the law is broken; the message has the reason and a counterexample. @category models @since 0.1.0 */
export interface Law {
  readonly name: string
  readonly check: (params?: fc.Parameters) => void
}

/** How many cases a law is checked on, unless fast-check's global configuration or the caller says otherwise. */
const RUNS = 50

/** fast-check's parameters for cases of type T, the caller's last. */
const settings = <T>(runs: number, params: fc.Parameters | undefined): fc.Parameters<[T]> =>
  ({ numRuns: fc.readConfigureGlobal().numRuns ?? runs, ...params }) as unknown as fc.Parameters<[T]>

/** What is underneath an error: the last of its causes says why. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : reasonOf(error.cause)
}

/** The error of a broken law: which one it is, why, and the report with its counterexample. */
const broken = (name: string, error: unknown): Error => {
  const reason = reasonOf(error)
  if (!(error instanceof Error)) return new Error(`${name}\n${reason}`)
  // fast-check's report has the reason already where it is told to: "Got Error: ..."
  const said = reason === error.message || error.message.includes(`Error: ${reason}`)
  const lines = said ? [name, error.message] : [name, reason, error.message]
  return new Error(lines.join("\n"), { cause: error.cause ?? error })
}

const named = (name: string, check: Law["check"]): Law => ({
  name,
  check: (params) => {
    try {
      check(params)
    } catch (error) {
      throw broken(name, error)
    }
  }
})

/**
 * A law about every case that `cases` can make; `holds` throws for a case that breaks it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const forAll = <T>(name: string, cases: fc.Arbitrary<T>, holds: (value: T) => void, runs = RUNS): Law =>
  named(name, (params) => check(cases, holds, settings<T>(runs, params)))

const check = <T>(cases: fc.Arbitrary<T>, holds: (value: T) => void, params: fc.Parameters<[T]>): void =>
  fc.assert(
    fc.property(cases, (value) => holds(value)),
    params
  )

/** What one check of a law has seen in all its cases. @category models @since 0.1.0 */
export interface Tally {
  compared: number
  setAside: number
}

/**
 * A law that may set single comparisons aside (a kink, where there is no derivative): it holds if every other one does
 * and no more than 5% are set aside in the whole check.
 *
 * @category constructors
 * @since 0.1.0
 */
export const forMost = <T>(
  name: string,
  cases: fc.Arbitrary<T>,
  holds: (value: T, tally: Tally) => void,
  runs = RUNS
): Law =>
  named(name, (params) => {
    const tally: Tally = { compared: 0, setAside: 0 }
    check(cases, (value) => holds(value, tally), settings<T>(runs, params))
    if (tally.setAside > 0.05 * tally.compared) {
      throw new Error(`${tally.setAside} of ${tally.compared} comparisons were set aside, more than 5%`)
    }
  })

/** A law about no cases in particular, such as a statistical one with a seed of its own. @category constructors @since 0.1.0 */
export const once = (name: string, holds: (seed: number) => void): Law =>
  named(name, (params) => holds(params?.seed ?? 0))

/** Throws unless `ok`. @category assertions @since 0.1.0 */
export const assert = (ok: boolean, problem: () => string): void => {
  if (!ok) throw new Error(problem())
}
