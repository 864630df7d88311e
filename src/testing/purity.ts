/**
 * Fingerprints: everything in a value, to the last bit, as text. Equal before and after a call, the call has not
 * written into its inputs; equal after two calls, the function depends on its inputs alone.
 *
 * @since 0.1.0
 */
import fc from "fast-check"
import { formatSpec } from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import { assert } from "./Law.ts"

/** Records in the order of their keys, tensors byte by byte, functions by their presence. @category getters @since 0.1.0 */
export const fingerprint = (u: unknown): string => {
  if (Tensor.isTensor(u)) return `${formatSpec(u)} ${Tensor.toBytes(u).join(" ")}`
  if (ArrayBuffer.isView(u)) return new Uint8Array(u.buffer, u.byteOffset, u.byteLength).join(" ")
  if (typeof u === "function") return "function"
  if (Object.is(u, -0)) return "-0"
  if (typeof u !== "object" || u === null) return `${typeof u} ${String(u)}`
  const fields = Object.entries(u).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, value]) => `${key}: ${fingerprint(value)}`).join(", ")}}`
}

/** Throws unless the calls leave `inputs` as they were. @category assertions @since 0.1.0 */
export const assertUnmodified = (
  inputs: Readonly<Record<string, unknown>>,
  calls: Readonly<Record<string, () => unknown>>
): void => {
  const before = Object.entries(inputs).map(([name, value]) => [name, value, fingerprint(value)] as const)
  for (const [call, run] of Object.entries(calls)) {
    run()
    for (const [name, value, print] of before) assert(fingerprint(value) === print, () => `${call} modified ${name}`)
  }
}

/** Throws unless each call gives the same bits a second time. @category assertions @since 0.1.0 */
export const assertRepeatable = (calls: Readonly<Record<string, () => unknown>>): void => {
  const first = Object.entries(calls).map(([call, run]) => [call, run, fingerprint(run())] as const)
  for (const [call, run, print] of first) {
    assert(fingerprint(run()) === print, () => `${call} gave another result for the same inputs`)
  }
}

/** Throws unless two values are the same to the last bit. @category assertions @since 0.1.0 */
export const assertIdentical = (what: string, expected: unknown, actual: unknown): void => {
  assert(
    fingerprint(expected) === fingerprint(actual),
    () => `${what}: ${fc.stringify(expected)} and ${fc.stringify(actual)} differ`
  )
}
