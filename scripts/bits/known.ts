/**
 * The hashes that are known of each version of the engine's bits: `known.json`, written by `npm run bits -- --record`.
 *
 * The table of a version that was released is never written again: whoever changes bits raises `bits` of
 * `src/kernels/simd/index.ts` first, and records a table of the new version.
 */
import { readFileSync, writeFileSync } from "node:fs"

/** Hashes by the names of runs. */
export type Hashes = Readonly<Record<string, string>>

const FILE = new URL("known.json", import.meta.url)

const tables = (): Readonly<Record<string, Hashes>> =>
  JSON.parse(readFileSync(FILE, "utf8")) as Readonly<Record<string, Hashes>>

/** What is known of a version; nothing, if it is new. */
export const knownOf = (bits: number): Hashes => tables()[bits] ?? {}

/** Replaces hashes of a version by others. */
export const record = (bits: number, hashes: Hashes): void => {
  const all = { ...tables(), [bits]: { ...knownOf(bits), ...hashes } }
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`)
}
