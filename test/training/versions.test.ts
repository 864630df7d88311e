// Files that earlier versions wrote are read, and predict what they predicted (test/training/fixtures/make.ts made them).
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Model, Noise, Prediction, Tensor } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { expect } from "vitest"
import { VERSION } from "../../src/core/version.ts"

type Rows = ReadonlyArray<ReadonlyArray<number>>

interface Known {
  readonly x: Rows
  readonly mean: Rows
  readonly std: Rows
  readonly sampled: { readonly mean: Rows; readonly std: Rows }
  readonly step: number
  readonly best: { readonly step: number; readonly nllMean: number }
}

const fixture = (name: string): string => join(import.meta.dirname, "fixtures", name)
const services = Layer.mergeAll(Noise.layerZero, NodeServices.layer)

it("VERSION is that of package.json", () => {
  expect(VERSION).toBe((JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string }).version)
})

it.effect(
  "format 1: what it predicts at the mean of its weights, within 1e-6, and under draws, to the last bit as long as the engine's bits are its",
  () =>
    Effect.gen(function* () {
      const known = JSON.parse(readFileSync(fixture("model-1.json"), "utf8")) as Known
      const saved = yield* Model.load(fixture("model-1.safetensors"))
      if (!Model.isRegression(saved)) throw new Error("it is a regression")
      const x = Tensor.from(known.x, { dtype: "float64" })
      const { mean, std } = yield* Prediction.predict(saved, x, { draws: 1 })
      // Float32 rounds at 6e-8; 1e-6 is some ten roundings, which another engine may take in another order.
      const far = (t: Tensor.Tensor, expected: Rows): number =>
        Math.max(...Tensor.toFloat64Array(t).map((value, row) => Math.abs(value - expected[row]![0]!)))
      expect([far(mean, known.mean) < 1e-6, far(std, known.std) < 1e-6]).toEqual([true, true])
      const { versions } = yield* Model.inspect(fixture("model-1.safetensors"))
      const { name, bits } = kernels("float32")
      if (name === versions.engine && bits === versions.bits) {
        const sampled = yield* Effect.provide(Prediction.predict(saved, x, { draws: 5 }), Noise.layer(1))
        expect({ mean: Tensor.toArray(sampled.mean), std: Tensor.toArray(sampled.std) }).toEqual(known.sampled)
      }
      expect(saved.state?.step).toBe(known.step)
      expect({ step: saved.state?.best?.step, nllMean: saved.state?.best?.nllMean }).toEqual(known.best)
    }).pipe(Effect.provide(services))
)

it.effect("format 1: what its header says", () =>
  Effect.gen(function* () {
    const { versions, spec, parameters, state, best, tensors, bytes } = yield* Model.inspect(
      fixture("model-1.safetensors")
    )
    expect(versions).toEqual({ format: 1, library: "0.3.0", engine: "reference", bits: 1 })
    expect([parameters, state?.step, state?.run.seed, state?.run.batchSize, best?.step]).toEqual([119, 80, 1, 8, 12])
    expect(spec.columns?.features).toEqual([
      { kind: "numeric", name: "x" },
      { kind: "numeric", name: "x squared" }
    ])
    expect(tensors.find(({ name }) => name === "params.network.2.weight.mean")).toEqual({
      name: "params.network.2.weight.mean",
      dtype: "float32",
      shape: [4, 4]
    })
    expect(bytes).toBe(readFileSync(fixture("model-1.safetensors")).length)
  }).pipe(Effect.provide(services))
)
