// Damaged model files, and damaged configurations in files that are whole: what loading has to make of them.
import { Cause, Effect, Exit } from "effect"
import { CheckpointError, Model } from "effect-bayes"
import fc from "fast-check"
import { expect } from "vitest"
import { allocated } from "../data/allocation.ts"
import { damaged } from "../data/damage.ts"
import { type Files, memoryFiles } from "../files/memoryFiles.ts"
import { type Anything, kinds, savedOf } from "./savedModels.ts"

/** One file for each network and likelihood, with the state of an optimizer. */
const corpus: ReadonlyArray<Uint8Array> = [
  ...kinds.networks.map((network) => [network, "gaussianLearned"] as const),
  ...kinds.likelihoods.map((likelihood) => ["residual and parallel", likelihood] as const)
].map(([network, likelihood], i) => {
  const optimizer = kinds.optimizers[i % kinds.optimizers.length]
  const [given] = fc.sample(savedOf(i % 3 === 0 ? "float64" : "float32", network, likelihood, optimizer), {
    numRuns: 1,
    seed: i
  })
  return bytesOf(given!)
})

function bytesOf(given: Anything): Uint8Array {
  const files: Files = new Map()
  Effect.runSync(Effect.provide(Model.save("m", given), memoryFiles(files)))
  return files.get("m")!
}

/** Bytes that reading may take for each byte of the file, and in any case: errors, syntax trees of formulas, pages of heap. */
const FACTOR = 500
const BASE = 4 * 1024 * 1024

/** Loads every file: a model whose network takes what its standardizer gives, or a CheckpointError, within the memory allowed. */
const check = (files: fc.Arbitrary<Uint8Array>, numRuns: number, seed?: number) => {
  const outcomes = { model: 0, error: 0 }
  fc.assert(
    fc.property(files, (bytes) => {
      const all: Files = new Map([["m", bytes]])
      const taken = allocated(() => {
        const exit = Effect.runSyncExit(Effect.provide(Model.load("m"), memoryFiles(all)))
        if (Exit.isSuccess(exit)) {
          outcomes.model++
          const { network, inputs } = exit.value.model
          network.outShape([inputs.columns.length])
          return
        }
        outcomes.error++
        const error = Cause.squash(exit.cause)
        if (!(error instanceof CheckpointError)) throw error
        if (!/^m: ./.test(error.message) || error.message.length > 4000) throw new Error(`a message: ${error.message}`)
      })
      expect(taken).toBeLessThan(BASE + FACTOR * bytes.length)
    }),
    { numRuns, ...(seed === undefined ? {} : { seed }) }
  )
  expect(outcomes.model).toBeGreaterThan(numRuns / 50)
  expect(outcomes.error).toBeGreaterThan(numRuns / 10)
}

const telling = [...new TextEncoder().encode('{}[]",:\\$ 0123456789-.eE__proto__F4')]

/** Damaged bytes anywhere. */
export const checkDamagedFiles = (numRuns: number, seed?: number) => check(damaged(corpus, telling), numRuns, seed)

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** A header's length, its fields, and the bytes behind it. */
const split = (bytes: Uint8Array) => {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length))
  return { header: JSON.parse(text) as { __metadata__: { config: string } }, data: bytes.subarray(8 + length) }
}

const joined = (header: unknown, data: Uint8Array): Uint8Array => {
  const text = new TextEncoder().encode(JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  bytes.set(data, 8 + text.length)
  return bytes
}

const isRecord = (json: Json): json is { readonly [key: string]: Json } =>
  typeof json === "object" && json !== null && !Array.isArray(json)

const count = (json: Json): number =>
  typeof json === "object" && json !== null ? Object.values(json).reduce<number>((n, child) => n + count(child), 1) : 1

/** The same with `f` of the i-th node, counted from the outside in. */
const changed = (json: Json, i: number, f: (node: Json) => Json): Json => {
  if (i === 0) return f(json)
  if (typeof json !== "object" || json === null) return json
  let next = i - 1
  const children = Object.entries(json).map(([key, child]): [string, Json] => {
    const size = count(child)
    const result = next >= 0 && next < size ? changed(child, next, f) : child
    next -= size
    return [key, result]
  })
  return Array.isArray(json) ? children.map(([, child]) => child) : Object.fromEntries(children)
}

const nodeAt = (json: Json, i: number): Json => {
  let found: Json = null
  changed(json, i, (node) => {
    found = node
    return node
  })
  return found
}

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const odd: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  ...[null, true, 0, -1, 1, 2, 3, 0.5, 1e-320, 1e9, 2 ** 31, 2 ** 53, 1e308, -1e308, "", "a", "w", "**", "0"],
  ...[
    "normal",
    "linear",
    "sequential",
    "bayesian",
    "expression",
    "frozen",
    "moped",
    "product",
    "conv2d",
    "float16",
    "flipout"
  ],
  ...["-abs(w)", "lgamma(w)", "w^w^w^w^w^w", "((((", "1/0", "__proto__", "constructor", "kind", "\ud800"],
  ...[
    [],
    {},
    [[]],
    [0, 0],
    [1e9, 1e9],
    { $number: "-0" },
    { $number: "NaN" },
    { $number: "7" },
    { $tensor: "params" },
    { $: 1 }
  ],
  { dtype: "float32", shape: [2], values: [1, 2] },
  { dtype: "float32", shape: [1e9], values: [[1], []] }
)
const key = fc.constantFrom(
  "kind",
  "layers",
  "posterior",
  "prior",
  "shape",
  "std",
  "$tensor",
  "$$x",
  "__proto__",
  "length",
  "toString",
  ""
)

type Change = (json: Json, share: number) => Json
const anywhere =
  (f: (node: Json) => Json): Change =>
  (json, place) =>
    changed(json, Math.floor(place * count(json)), f)

const wrapped = (node: Json, times: number): Json => (times === 0 ? node : [wrapped(node, times - 1)])
const nested = (node: Json, times: number): Json =>
  times === 0 ? node : { kind: "sequential", layers: [nested(node, times - 1)] }

const change: fc.Arbitrary<Change> = fc.oneof(
  odd.map((json) => anywhere(() => json)),
  share.map(
    (from): Change =>
      (json, place) => {
        const other = nodeAt(json, Math.floor(from * count(json)))
        return anywhere(() => other)(json, place)
      }
  ),
  fc
    .tuple(key, odd)
    .map(([name, json]) =>
      anywhere((node) => (isRecord(node) ? Object.fromEntries([...Object.entries(node), [name, json]]) : node))
    ),
  share.map((which) =>
    anywhere((node) => {
      if (typeof node !== "object" || node === null) return node
      const entries = Object.entries(node)
      const rest = entries.toSpliced(Math.floor(which * entries.length), 1)
      return isRecord(node) ? Object.fromEntries(rest) : rest.map(([, child]) => child)
    })
  ),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((n) => anywhere((node) => (typeof node === "number" ? n : node))),
  fc.nat(300).map((times) => anywhere((node) => wrapped(node, times))),
  fc.nat(120).map((times) => anywhere((node) => nested(node, times))),
  fc
    .nat(50)
    .map((times) =>
      anywhere((node) => (Array.isArray(node) ? Array.from({ length: times }, () => node as Json).flat() : node))
    )
)

const damagedConfigurations: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.constantFrom(...corpus), fc.array(fc.tuple(change, share), { maxLength: 3 }))
  .map(([bytes, changes]) => {
    const { header, data } = split(bytes)
    const config = JSON.parse(header.__metadata__.config) as Json
    const damagedConfig = changes.reduce((json, [f, place]) => f(json, place), config)
    return joined({ ...header, __metadata__: { ...header.__metadata__, config: JSON.stringify(damagedConfig) } }, data)
  })

/** Configurations whose structure is damaged. */
export const checkDamagedConfigurations = (numRuns: number, seed?: number) =>
  check(damagedConfigurations, numRuns, seed)
