// What loading refuses, word for word, and files that are cut off anywhere.
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { BayesianLinear, builtin, Key, Linear, Model, Prior, relu, sequential, Tensor } from "effect-bayes"
import { describe, expect } from "vitest"
import { VERSION } from "../../src/core/version.ts"
import { encode } from "../../src/files/safetensors.ts"
import { toFile } from "../../src/training/format.ts"
import { newFolder } from "../files/folders.ts"
import { type Files, memoryFiles } from "../files/memoryFiles.ts"
import { RUN } from "./savedModels.ts"
import { messageOf, model, modelOf, params } from "./smallModel.ts"

const file = () => toFile("m", { model, params })
const bytesOf = ({ metadata, tensors }: ReturnType<typeof toFile>): Uint8Array =>
  Buffer.concat([...encode(metadata, tensors)])

/** The message with which these bytes are refused, or "nothing". */
const refusal = (bytes: Uint8Array, options?: Model.LoadOptions): string => {
  const files: Files = new Map([["m", bytes]])
  const loaded = Effect.match(Model.load("m", options), {
    onFailure: ({ message }) => message,
    onSuccess: () => "nothing"
  })
  return Effect.runSync(Effect.provide(loaded, memoryFiles(files)))
}

const withMetadata = (changes: Readonly<Record<string, string | undefined>>): Uint8Array => {
  const { metadata, tensors } = file()
  const entries = Object.entries({ ...metadata, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined
  )
  return bytesOf({ metadata: Object.fromEntries(entries), tensors })
}

const withConfig = (change: (config: string) => string): Uint8Array => {
  const { metadata } = file()
  const before = metadata.config!
  const after = change(before)
  expect(after).not.toBe(before)
  return withMetadata({ config: after })
}

const withTensors = (change: (tensors: Map<string, Tensor.Tensor>) => void): Uint8Array => {
  const { metadata, tensors } = file()
  const changed = new Map(tensors)
  change(changed)
  return bytesOf({ metadata, tensors: changed })
}

describe("load refuses", () => {
  it("nothing of a whole file", () => expect(refusal(bytesOf(file()))).toBe("nothing"))

  it("a file cut off after any number of bytes, and one with a byte too many", () => {
    const bytes = bytesOf(file())
    expect(refusal(bytes.subarray(0, 0))).toBe(
      "m: it is no model: the file is empty. Models are written by Model.save and `train`"
    )
    for (let length = 1; length < 8; length++) {
      expect(refusal(bytes.subarray(0, length))).toBe(
        `m: it is no model: it has ${length} bytes, too few for one. Models are written by Model.save and \`train\``
      )
    }
    for (let length = 8; length < bytes.length; length++)
      expect(refusal(bytes.subarray(0, length))).toMatch(/^m: it (is cut off|says that its header)/)
    expect(refusal(Buffer.concat([bytes, Buffer.from([0])]))).toBe(
      "m: 1 bytes behind its last tensor belong to none. The file is damaged, or no safetensors file"
    )
  })

  const foreign = "it is a safetensors file, but no model of effect-bayes. Models are written by Model.save and `train`"
  it("a file of other tensors, of any dtype", () => {
    const header = '{"__metadata__":{"format":"pt"},"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}'
    const bytes = Buffer.concat([Buffer.alloc(8), Buffer.from(header), Buffer.alloc(4)])
    bytes.writeBigUInt64LE(BigInt(header.length))
    expect(refusal(bytes)).toBe(`m: ${foreign}`)
    expect(refusal(readFileSync(join(import.meta.dirname, "../files/fixtures/python.safetensors")))).toBe(
      `m: ${foreign}`
    )
  })

  const text = "its configuration is not that of a model: "
  const named = "its tensors are not those of its configuration: "
  const mean = "params.network.0.weight.mean"
  const versions: ReadonlyArray<readonly [string, Uint8Array, string]> = [
    [
      "a newer format",
      withMetadata({ format_version: "2", library_version: "9.1.0", config: "{new}" }),
      `effect-bayes 9.1.0 wrote it in format 2; this is ${VERSION} and reads formats up to 1. Update effect-bayes to 9.1.0 or later`
    ],
    [
      "no format version",
      withMetadata({ format_version: "1.5" }),
      "its header does not say which version wrote it. The file is damaged"
    ],
    [
      "no engine",
      withMetadata({ engine: undefined }),
      "its header does not say which version wrote it. The file is damaged"
    ],
    [
      "no bits",
      withMetadata({ bits_version: "" }),
      "its header does not say which version wrote it. The file is damaged"
    ],
    ["no configuration", withMetadata({ config: undefined }), "its header has no configuration. The file is damaged"],
    [
      "a configuration that is none",
      withMetadata({ config: "{" }),
      "its configuration is no JSON. The file is damaged"
    ],
    [
      "a key twice",
      withMetadata({ config: '{"a":1,"a":2}' }),
      'its configuration has the key "a" twice. The file is damaged'
    ],
    [
      "another configuration",
      withMetadata({ config: "7" }),
      `${named}superfluous are params.likelihood.logStd, params.network.0.bias.logStd, params.network.0.bias.mean, params.network.0.weight.logStd, ${mean} and 4 more`
    ],
    [
      "a mark that is none",
      withConfig((c) => c.replace('"$tensor"', '"$other"')),
      'its configuration has a mark "$other" that is none'
    ],
    ["a missing tensor", withTensors((t) => t.delete(mean)), `${named}missing are ${mean}`],
    ["a superfluous tensor", withTensors((t) => t.set("x", Tensor.from([1]))), `${named}superfluous are x`],
    [
      "parameters of other shapes",
      withTensors((t) =>
        t.set(mean, Tensor.from([[1, 2]])).set("params.likelihood.logStd", Tensor.from(new Float64Array(1)))
      ),
      "its parameters are not those of the model: of another shape are likelihood.logStd (float64 [1], not float32 [1]), network.0.weight.mean (float32 [1, 2], not float32 [3, 2])"
    ],
    [
      "parameters under other names",
      withConfig((c) =>
        c.replace(
          '"logStd":{"$tensor":"params.likelihood.logStd"}',
          '"other":{"$tensor":"params.likelihood.logStd"},"more":7'
        )
      ),
      "its parameters are not those of the model: missing are likelihood.logStd; superfluous are likelihood.more, likelihood.other"
    ],
    [
      "a number in place of a tensor",
      withConfig((c) =>
        c.replace(
          '"logStd":{"$tensor":"params.likelihood.logStd"}',
          '"logStd":7,"x":{"$tensor":"params.likelihood.logStd"}'
        )
      ),
      "its parameters are not those of the model: superfluous are likelihood.x; of another shape are likelihood.logStd (no tensor)"
    ],
    [
      "parameters that are not finite",
      withTensors((t) => t.set("params.network.2.bias.mean", Tensor.from([Number.NaN]))),
      "its parameters are not finite at network.2.bias.mean"
    ],
    [
      "an unknown kind",
      withConfig((c) => c.replace('"kind":"relu"', '"kind":"mine"')),
      "its model has a layer of the kind mine, which is not known here. Give its definition: { registry: { ...builtin, layers: [...builtin.layers, definition] } }"
    ],
    [
      "layers that do not fit each other",
      withConfig((c) => c.replace('"in":3', '"in":4')),
      'its model cannot be made again (sequential, layer 2 ("bayesian"): expected a last axis of 4, got one of 3 from layer 0 ("bayesian"))'
    ],
    [
      "a spec of sizes that nothing in the file has",
      withConfig((c) =>
        c
          .replace('"in":2,"kind":"linear","out":3', '"in":2,"kind":"linear","out":1000000000')
          .replace('"in":3', '"in":1000000000')
      ),
      "its parameters are not those of the model: of another shape are network.0.bias.logStd (float32 [3], not float32 [1000000000]), network.0.bias.mean (float32 [3], not float32 [1000000000]), network.0.weight.logStd (float32 [3, 2], not float32 [1000000000, 2]), network.0.weight.mean (float32 [3, 2], not float32 [1000000000, 2]), network.2.weight.logStd (float32 [1, 3], not float32 [1, 1000000000]) and 1 more"
    ],
    [
      "a standard deviation of 0",
      withConfig((c) => c.replace('"std":[1,1]', '"std":[1,0]')),
      "its model cannot be made again (a model's inputs, std: expected 2 finite numbers above 0, got [1, 0])"
    ],
    [
      "a tensor that a spec repeats",
      withConfig((c) =>
        c.replace(
          '"dropped":[]',
          `"dropped":[],"more":[${Array.from({ length: 200 }, () => `{"$tensor":"${mean}"}`).join()}]`
        )
      ),
      "its model's spec repeats its tensors more than 16 times over. The file is damaged"
    ]
  ]
  for (const [title, bytes, problem] of versions) {
    it(`${title}`, () => expect(refusal(bytes)).toBe(`m: ${problem}`))
  }
  it("parameters of the state, and best ones, that are not the model's; so does save", () => {
    const bad = { ...params, likelihood: { logStd: Tensor.from([Number.NaN]) } }
    const at = (last: typeof params, best: typeof params) =>
      ({
        model,
        params,
        state: { params: last, optimizer: 1, step: 2, run: RUN, best: { params: best, nllMean: 0, step: 1 } }
      }) as const
    for (const [what, mark, last, best] of [
      ["parameters of the state", "state", bad, params],
      ["best parameters", "best", params, bad]
    ] as const) {
      expect(() => toFile("m", at(last, best))).toThrow(`m: the ${what} are not finite at likelihood.logStd`)
      const fresh = { ...params, likelihood: { logStd: Tensor.from([0]) } } // of its own name in the file
      const whole = toFile("m", mark === "state" ? at(fresh, params) : at(params, fresh))
      const name = `${mark}.params.likelihood.logStd`
      expect(whole.tensors.has(name)).toBe(true)
      const tensors = new Map(whole.tensors).set(name, Tensor.from([Number.NaN]))
      const its = mark === "state" ? "the parameters of its state" : "its best parameters"
      expect(refusal(bytesOf({ metadata: whole.metadata, tensors }))).toBe(
        `m: ${its} are not finite at likelihood.logStd`
      )
    }
  })
  it("a configuration without a model", () => {
    const bytes = withConfig((c) => c.replace('"model":{', '"Model":{'))
    expect(refusal(bytes)).toBe(`m: ${text}Missing key\n  at ["model"]`)
  })
  it("a model that is none, of which inspect too says so", () => {
    const bytes = withConfig((c) => c.replace('"dtype":"float32","inputs"', '"dtype":"float16","inputs"'))
    const files = memoryFiles(new Map([["m", bytes]]))
    const expected = 'Expected "float32" | "float64"\n  at ["dtype"]'
    expect(Effect.runSync(Effect.provide(messageOf(Model.inspect("m")), files))).toBe(
      `m: its model is not described as models are: ${expected}`
    )
    expect(refusal(bytes)).toMatch(
      /^m: its model cannot be made again \(the spec of a model: expected what Model\.spec gives, got \{/
    )
  })
  it("not a kind that the registry given has", () => {
    const mine = { kind: "mine", make: () => relu }
    const bytes = withConfig((c) => c.replace('"kind":"relu"', '"kind":"mine"'))
    expect(refusal(bytes, { registry: { ...builtin, layers: [...builtin.layers, mine] } })).toBe("nothing")
  })
  it("a spec of more formulas than are compiled, and save does not write one", () => {
    const prior = Prior.fromExpression(`-abs(w)${" + w - w".repeat(90)}`)
    const many = modelOf(
      sequential(
        ...Array.from({ length: 15 }, () => BayesianLinear.make({ in: 2, out: 2, prior })),
        Linear.make({ in: 2, out: 1 })
      )
    )
    const message =
      "m: the formulas in its spec have 10905 characters in all, above 10000. Share one prior among layers that are lifted together"
    expect(
      Effect.runSync(
        Effect.provide(
          messageOf(Model.save("m", { model: many, params: Model.init(many, Key.make(0)) })),
          memoryFiles(new Map())
        )
      )
    ).toBe(message)
    const long = withConfig((c) =>
      c.replace('"dropped":[]', `"dropped":[],"more":{"kind":"expression","expression":"${"w".repeat(10_001)}"}`)
    )
    expect(refusal(long)).toBe(
      "m: the formulas in its spec have 10001 characters in all, above 10000. Share one prior among layers that are lifted together"
    )
  })

  it.effect("a missing file, a directory, a device", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      mkdirSync(join(folder, "d"))
      for (const read of [
        (path: string) => Effect.asVoid(Model.load(path)),
        (path: string) => Effect.asVoid(Model.inspect(path))
      ]) {
        expect(yield* messageOf(read(join(folder, "none")))).toBe(
          `${join(folder, "none")}: there is no such file. Check the path`
        )
        expect(yield* messageOf(read(join(folder, "d")))).toBe(
          `${join(folder, "d")}: it is a directory. Give a file in it`
        )
        expect(yield* messageOf(read("/dev/zero"))).toBe("/dev/zero: it is no ordinary file")
      }
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
