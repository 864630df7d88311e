/**
 * How much of the KL each step takes: its share among the batches of an epoch, times an annealing factor.
 *
 * The shares of an epoch's M batches sum to one, so an epoch counts the KL once. Annealing is apart from that: a factor
 * from 0 to 1 that grows as training goes on. Both are pure functions of the position, named in plain data, so a run
 * that goes on from a state weighs its steps as the unbroken one.
 *
 * @since 0.2.0
 */
import { assertConfig } from "../core/errors.ts"

/** The share of a batch, counted from 0, in the KL of an epoch of so many batches. @category models @since 0.2.0 */
export type Share = (batch: number, batches: number) => number

/** The same for every batch: 1 / M. @category shares @since 0.2.0 */
export const uniform: Share = (_, batches) => 1 / batches

/** 2^-1074 is the smallest number above 0. */
const LOWEST_EXPONENT = 1075

const twoToMinus = (n: number): number => {
  let power = 1
  for (let i = Math.min(n, LOWEST_EXPONENT); i > 0; i--) power /= 2
  return power
}

/**
 * Early batches take most of the KL: 2^(M-i) / (2^M - 1) for i = 1 ... M.
 *
 * **Source**: Blundell et al. 2015, section 3.4. **Numerics**: as 2^-i / (1 - 2^-M) by exact halving, finite for any M,
 * where the powers themselves overflow from M = 1024.
 *
 * @example
 * ```ts
 * import { KlWeighting } from "effect-bayes"
 *
 * const shares = [0, 1, 2].map((batch) => 7 * KlWeighting.blundell(batch, 3)) // => [4, 2, 1]
 * ```
 *
 * @category shares
 * @since 0.2.0
 */
export const blundell: Share = (batch, batches) => twoToMinus(batch + 1) / (1 - twoToMinus(batches))

const SHARES = { uniform, blundell } as const

/** The shares by name. @category models @since 0.2.0 */
export type Name = keyof typeof SHARES

/**
 * How the KL comes in: along a line from 0 that reaches 1 after so many `epochs`, or in `cycles` that each rise along a
 * line from 0 to 1 for their first part, `ramp` (default a half), and stay at 1 for the rest.
 *
 * @category models
 * @since 0.2.0
 */
export type Annealing =
  | { readonly kind: "linear"; readonly epochs: number }
  | { readonly kind: "cyclical"; readonly cycles: number; readonly ramp?: number }

/** @category models @since 0.2.0 */
export interface Options {
  /** Default "uniform". */
  readonly klWeighting?: Name
  /** Default none: a factor of 1 throughout. */
  readonly klAnnealing?: Annealing
}

/** How long a run is. @category models @since 0.2.0 */
export interface Horizon {
  readonly epochs: number
  readonly stepsPerEpoch: number
}

const assertWhole = (option: string, n: number): void =>
  assertConfig(Number.isSafeInteger(n) && n > 0, option, "a whole number above 0", n)

/**
 * The annealing factor at a step, counted from 0.
 *
 * **Source**: linear as in Bowman et al. 2016, section 3.1, by a line in place of their sigmoid; cyclical is Fu et al.
 * 2019, the position in its cycle taken exactly where cycles do not divide the steps.
 * **Errors**: `ConfigError` unless `epochs` is a finite number above 0, `cycles` a whole one up to the number of steps,
 * and `ramp` in (0, 1].
 *
 * @category annealing
 * @since 0.2.0
 */
export const anneal = (annealing: Annealing, { epochs, stepsPerEpoch }: Horizon): ((step: number) => number) => {
  if (annealing.kind === "linear") {
    const reach = annealing.epochs
    assertConfig(Number.isFinite(reach) && reach > 0, "epochs of linear annealing", "a finite number above 0", reach)
    return (step) => Math.min(1, step / (reach * stepsPerEpoch))
  }
  const known = annealing.kind === "cyclical"
  assertConfig(known, "klAnnealing, kind", '"linear" or "cyclical"', (annealing as { readonly kind: unknown }).kind)
  const { cycles, ramp = 0.5 } = annealing
  const steps = epochs * stepsPerEpoch
  assertWhole("cycles of cyclical annealing", cycles)
  assertConfig(cycles <= steps, "cycles of cyclical annealing", `at most the ${steps} steps there are`, cycles)
  assertConfig(ramp > 0 && ramp <= 1, "ramp of cyclical annealing", "a number above 0, at most 1", ramp)
  return (step) => Math.min(1, ((step * cycles) % steps) / steps / ramp)
}

/**
 * What a step multiplies KL / N by, beside the temperature: M times its share, times the annealing. It is exactly 1 for
 * uniform shares without annealing.
 *
 * **Errors**: `ConfigError` for an unknown name and for what `anneal` refuses.
 *
 * @example
 * ```ts
 * import { KlWeighting } from "effect-bayes"
 *
 * const horizon = { epochs: 10, stepsPerEpoch: 4 }
 * const factor = KlWeighting.factor({ klAnnealing: { kind: "linear", epochs: 2 } }, horizon)
 * const factors = [0, 2, 4, 8, 39].map(factor) // => [0, 0.25, 0.5, 1, 1]
 * ```
 *
 * @category weighting
 * @since 0.2.0
 */
export const factor = (options: Options, horizon: Horizon): ((step: number) => number) => {
  const { klWeighting = "uniform", klAnnealing } = options
  const { stepsPerEpoch } = horizon
  assertWhole("stepsPerEpoch", stepsPerEpoch)
  assertWhole("epochs", horizon.epochs)
  const names = Object.keys(SHARES)
  const expected = names.map((name) => `"${name}"`).join(" or ")
  assertConfig(names.includes(klWeighting), "klWeighting", expected, `"${String(klWeighting)}"`)
  const share = SHARES[klWeighting]
  const annealed = klAnnealing === undefined ? () => 1 : anneal(klAnnealing, horizon)
  return (step) => annealed(step) * (share(step % stepsPerEpoch, stepsPerEpoch) / uniform(0, stepsPerEpoch))
}
