/**
 * The elementwise operations of programs, as the engine knows them: a table index, and what follows from the kind.
 *
 * Each is described where it is written, in `assembly/`.
 */
import type { Exports } from "./Exports.ts"
import type { OperationName } from "./OperationName.ts"

/** How an operation stands in a program. */
export interface Operation {
  /** Its index in the module's table of functions. */
  readonly index: number
  /** Its scalars are 32-bit words (a key, say), not float32. */
  readonly words: boolean
  /** Its result is kept when another operation has asked for it: making it again would cost more than memory does. */
  readonly kept: boolean
}

/** Every operation by name. */
export type Table = Readonly<Record<OperationName, Operation>>

/** Operations that make noise from a key. */
const NOISE: ReadonlySet<string> = new Set(["opNormal", "opSigns", "opDropoutNoise"])

/** Both parameters of a sampled weight ask for it, and to make it twice was measured to cost more than memory does. */
const ASKED_TWICE = "opMixtureGrad"

/** The operations of an instance. */
export const tableOf = (exports: Exports): Table =>
  Object.fromEntries(
    Object.entries(exports)
      .filter(([name]) => name.startsWith("op"))
      .map(([name, constant]) => {
        const noise = NOISE.has(name)
        const { value } = constant as WebAssembly.Global<"i32">
        return [name, { index: value, words: noise || name === "opNonFinite", kept: noise || name === ASKED_TWICE }]
      })
  ) as unknown as Table
