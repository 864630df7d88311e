// The safetensors format, as others write and read it, and what is refused of files that are not as it says.

import { spawnSync } from "node:child_process"
import { readFileSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { Model, Shape, Tensor } from "effect-bayes"
import { arbitraries } from "effect-bayes/testing"
import fc from "fast-check"
import { describe, expect } from "vitest"
import { openSafetensors } from "../../src/files/readSafetensors.ts"
import { decodeHeader, decodeInto, encode, headerLength, specOf } from "../../src/files/safetensors.ts"
import { saved } from "../training/savedModels.ts"
import { newFolder } from "./folders.ts"
import { messageOf } from "./refusals.ts"

const fixture = join(import.meta.dirname, "fixtures/python.safetensors")

/** What the script beside the fixture wrote. */
const written: ReadonlyMap<string, Tensor.Tensor> = new Map([
  ["a", Tensor.from(new Float64Array([0.1, -2, 1e300]))],
  [
    "b",
    Tensor.from([
      [1.5, -0],
      [3, 1e-45]
    ])
  ],
  ["empty", Tensor.from([], { shape: [0, 3] })],
  ["scalar", Tensor.from(2.5)],
  ["größe", Tensor.from([7])]
])

const read = Effect.fnUntraced(function* (path: string) {
  const { header, read: tensor } = yield* openSafetensors(path)
  const tensors = new Map<string, Tensor.Tensor>()
  for (const entry of header.entries.values()) tensors.set(entry.name, yield* tensor(entry))
  return { metadata: header.metadata, tensors }
}, Effect.scoped)

const bytesOf = (metadata: Readonly<Record<string, string>>, tensors: ReadonlyMap<string, Tensor.Tensor>): Buffer =>
  Buffer.concat([...encode(metadata, tensors)])

const expectEqual = (a: ReadonlyMap<string, Tensor.Tensor>, b: ReadonlyMap<string, Tensor.Tensor>) => {
  expect([...a.keys()].sort()).toEqual([...b.keys()].sort())
  for (const [name, tensor] of a) expect(Tensor.equals(tensor, b.get(name)!)).toBe(true)
}

describe("a file by Python's safetensors", () => {
  it.effect("is read to the last bit", () =>
    Effect.gen(function* () {
      const { metadata, tensors } = yield* read(fixture)
      expect([...metadata]).toEqual([["by", "Python"]])
      expectEqual(tensors, written)
    }).pipe(Effect.provide(NodeServices.layer))
  )
  it("has the bytes that we write of the same tensors", () => {
    expect(bytesOf({ by: "Python" }, written).equals(readFileSync(fixture))).toBe(true)
  })
})

/** What the format demands of a file, checked without any of the code that writes or reads it. */
const assertSpecification = (bytes: Buffer) => {
  const length = Number(bytes.readBigUInt64LE(0))
  expect(length % 8).toBe(0)
  const text = bytes.subarray(8, 8 + length).toString("utf8")
  expect(text[0]).toBe("{")
  expect(text.trimEnd() + " ".repeat(length - Buffer.byteLength(text.trimEnd()))).toBe(text)
  const { __metadata__: metadata, ...entries } = JSON.parse(text) as Record<string, Record<string, unknown>>
  expect(Object.values(metadata!).every((value) => typeof value === "string")).toBe(true)
  const data = bytes.length - 8 - length
  const covered = new Uint8Array(data)
  for (const { dtype, shape, data_offsets: offsets, ...others } of Object.values(entries)) {
    expect(others).toEqual({})
    const [begin, end] = offsets as [number, number]
    const width = { F32: 4, F64: 8 }[dtype as "F32" | "F64"]
    expect(end - begin).toBe((shape as Array<number>).reduce((n, axis) => n * axis, width))
    expect((8 + length + begin) % width).toBe(0)
    for (let i = begin; i < end; i++) covered[i]!++
  }
  expect(covered.every((times) => times === 1)).toBe(true)
}

const name = fc.oneof(fc.string(), fc.constantFrom("__proto__", "a.b", "ü", "0", "constructor", "\ud83d\ude00"))
const tensor = fc
  .tuple(arbitraries.shape({ minAxis: 0 }), arbitraries.dtype)
  .chain(([shape, dtype]) => arbitraries.tensor({ shape, dtype }, [-2, 2], { edges: true }))
const file = fc.record({
  metadata: fc.dictionary(fc.string(), fc.string()),
  tensors: fc.array(fc.tuple(name, tensor), { maxLength: 6 }).map((pairs) => new Map(pairs))
})

describe("files that we write", () => {
  it("are as the format says, hold what was given, and do not depend on its order", () => {
    fc.assert(
      fc.property(file, ({ metadata, tensors }) => {
        const bytes = bytesOf(metadata, tensors)
        assertSpecification(bytes)
        expect(bytesOf(metadata, new Map([...tensors].reverse())).equals(bytes)).toBe(true)
        const length = headerLength("f", bytes.subarray(0, 8), bytes.length)
        const data = bytes.subarray(8 + length)
        const header = decodeHeader("f", bytes.subarray(8, 8 + length), data.length)
        expect(Object.fromEntries(header.metadata)).toEqual(metadata)
        const found = [...header.entries.values()].map((entry): [string, Tensor.Tensor] => {
          const { shape, dtype } = specOf("f", entry)
          const values = dtype === "float32" ? new Float32Array(Shape.size(shape)) : new Float64Array(Shape.size(shape))
          decodeInto(values, 0, data.subarray(entry.begin, entry.end))
          return [entry.name, Tensor.from(values, { shape })]
        })
        expectEqual(new Map(found), tensors)
      })
    )
  })

  it.effect("are read in pieces where they are large", () =>
    Effect.gen(function* () {
      const path = join(newFolder(), "f")
      const numbers = new Map<string, Tensor.Tensor>()
      for (const dtype of ["float32", "float64"] as const) {
        numbers.set(
          dtype,
          Tensor.from(
            Float64Array.from({ length: 1_200_000 }, (_, i) => i),
            { dtype }
          )
        ) // 4.8 and 9.6 MB
      }
      writeFileSync(path, bytesOf({}, numbers))
      expectEqual((yield* read(path)).tensors, numbers)
    }).pipe(Effect.provide(NodeServices.layer))
  )

  const python = (script: string, ...args: ReadonlyArray<string>) =>
    spawnSync("python3", ["-c", script, ...args], { encoding: "utf8" })
  const absent = python("import safetensors, numpy").status !== 0
  const list = [
    "import json, sys",
    "from safetensors import safe_open",
    'with safe_open(sys.argv[1], framework="np") as f:',
    "    tensors = {k: [str(f.get_tensor(k).dtype), list(f.get_tensor(k).shape), f.get_tensor(k).tobytes().hex()] for k in f.keys()}",
    "    print(json.dumps([f.metadata(), tensors]))"
  ].join("\n")

  it.effect.skipIf(absent)(
    "are read by Python's safetensors: models of every kind (skipped where Python has none)",
    () =>
      Effect.gen(function* () {
        const folder = newFolder()
        for (const [i, given] of fc.sample(saved, { numRuns: 4, seed: 3 }).entries()) {
          const path = join(folder, String(i))
          yield* Model.save(path, given)
          const { stdout, stderr } = python(list, path)
          expect(stderr).toBe("")
          const [metadata, found] = JSON.parse(stdout) as [Record<string, string>, Record<string, unknown>]
          const ours = yield* read(path)
          expect(metadata).toEqual(Object.fromEntries(ours.metadata))
          const expected = [...ours.tensors].map(([key, t]) => [
            key,
            [t.dtype, t.shape, Buffer.from(Tensor.toBytes(t)).toString("hex")]
          ])
          expect(found).toEqual(Object.fromEntries(expected))
        }
      }).pipe(Effect.provide(NodeServices.layer))
  )
})

describe("what is refused of a header", () => {
  const damaged = "The file is damaged, or no safetensors file"
  const prefix = (length: bigint): Uint8Array => {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigUint64(0, length, true)
    return bytes
  }

  const writers = "Models are written by Model.save and `train`"
  const lengths: ReadonlyArray<readonly [string, Uint8Array, string]> = [
    ["no bytes", new Uint8Array(0), `it is no model: the file is empty. ${writers}`],
    ["seven bytes", new Uint8Array(7), `it is no model: it has 7 bytes, too few for one. ${writers}`],
    [
      "a length beyond the file",
      prefix(93n),
      "it says that its header has 93 bytes, but 92 follow. Is it cut off, or no model?"
    ],
    [
      "a length beyond all bounds",
      prefix(2n ** 64n - 1n),
      `it is no model: those are safetensors files, and it does not begin as one. ${writers}`
    ]
  ]
  for (const [title, bytes, problem] of lengths) {
    it(`${title}`, () => {
      expect(messageOf(() => headerLength("f", bytes, 100))).toBe(`f: ${problem}`)
    })
  }
  it("nothing of a length that fits", () => expect(headerLength("f", prefix(92n), 100)).toBe(92))

  const F32 = (shape: string, begin: number, end: number) =>
    `{"dtype":"F32","shape":${shape},"data_offsets":[${begin},${end}]}`
  const whole = "whole numbers from 0"
  const offsets = `its tensor "a" has data_offsets that are no two ${whole}, the second not below the first`
  const headers: ReadonlyArray<readonly [string | Uint8Array, string]> = [
    ["", "its header is no JSON"],
    ["{", "its header is no JSON"],
    ["[]", "its header is no record"],
    ["\ufeff{}", "its header is no JSON"],
    [new Uint8Array([0x7b, 0xff, 0x7d]), "its header is no UTF-8"],
    [`${"[".repeat(201)}${"]".repeat(201)}`, "its header is nested deeper than 200"],
    [`{"a":${F32("[2]", 0, 8)},"\\u0061" : ${F32("[2]", 0, 8)}}`, 'its header has the key "a" twice'],
    ['{"__metadata__":[]}', "its __metadata__ is no record"],
    ['{"__metadata__":{"a":1}}', 'its __metadata__ "a" is no text'],
    ['{"a":[]}', 'its tensor "a" is no record in its header'],
    ['{"a":{"shape":[],"data_offsets":[0,8]}}', 'its tensor "a" has no dtype'],
    [`{"a":${F32("[2.5]", 0, 8)}}`, `its tensor "a" has a shape that is no list of ${whole}`],
    [`{"a":${F32("[-2]", 0, 8)}}`, `its tensor "a" has a shape that is no list of ${whole}`],
    [`{"a":${F32("[-0]", 0, 0)}}`, `its tensor "a" has a shape that is no list of ${whole}`],
    [`{"a":${F32("[9007199254740993]", 0, 8)}}`, `its tensor "a" has a shape that is no list of ${whole}`],
    [`{"a":${F32("[4294967296,4294967296,0]", 0, 0)}}`, 'its tensor "a" has a shape too large for any file'],
    [`{"a":${F32("[2]", 8, 0)}}`, offsets],
    ['{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}', offsets],
    ['{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,1e400]}}', offsets],
    [`{"a":${F32("[3]", 0, 8)}}`, 'its tensor "a" has 8 bytes, but F32 [3] are 12'],
    [`{"a":${F32("[1]", 4, 8)}}`, '4 bytes before its tensor "a" belong to none'],
    [`{"a":${F32("[2]", 0, 8)},"b":${F32("[1]", 4, 8)}}`, 'its tensor "b" overlaps another'],
    [`{"a":${F32("[3]", 0, 12)}}`, "it is cut off: its tensors have 12 bytes, of which 8 are there"],
    [`{"a":${F32("[1]", 0, 4)}}`, "4 bytes behind its last tensor belong to none"]
  ]
  for (const [text, problem] of headers) {
    it(`${problem}`, () => {
      const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text
      expect(messageOf(() => decodeHeader("f", bytes, 8))).toBe(`f: ${problem}. ${damaged}`)
    })
  }
  it("nothing of a header in order, with other dtypes and spaces behind it", () => {
    const text = `{"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},"__proto__":${F32("[1]", 0, 4)}} \n `
    const { entries } = decodeHeader("f", new TextEncoder().encode(text), 8)
    expect([...entries.keys()]).toEqual(["b", "__proto__"])
    expect(messageOf(() => specOf("f", entries.get("b")!))).toBe('f: its tensor "b" is "BF16"; F32 and F64 can be read')
  })

  it.effect("a tensor that is there, and larger than memory can be", () =>
    Effect.gen(function* () {
      const path = join(newFolder(), "f")
      const text = `{"a":${F32("[274877906944]", 0, 2 ** 40)}}`
      writeFileSync(path, Buffer.concat([prefix(BigInt(text.length)), Buffer.from(text)]))
      truncateSync(path, 8 + text.length + 2 ** 40) // zeros that take no room on the disk
      const { header, read: tensorOf } = yield* openSafetensors(path)
      const error = yield* Effect.flip(tensorOf(header.entries.get("a")!))
      expect(error.message).toBe(`${path}: its tensor "a" does not fit into memory`)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("a file that is cut while it is read", () =>
    Effect.gen(function* () {
      const path = join(newFolder(), "f")
      writeFileSync(path, readFileSync(fixture))
      const { header, read: tensorOf } = yield* openSafetensors(path)
      writeFileSync(path, readFileSync(fixture).subarray(0, -1))
      const error = yield* Effect.flip(tensorOf(header.entries.get("scalar")!))
      expect(error.message).toBe(`${path}: it is cut off after ${readFileSync(fixture).length - 1} bytes`)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
