// Trains and predicts in a process of its own, as its arguments would have the platform; prints what it saw, as JSON.
import { createHash } from "node:crypto"

/** What a platform may lack, and how it shows. */
const LACKS: Readonly<Record<string, () => void>> = {
  nothing: () => {},
  WebAssembly: () => Reflect.deleteProperty(globalThis, "WebAssembly"),
  compilation: () => {
    class Refused {
      constructor() {
        throw new WebAssembly.CompileError("blocked by a content security policy")
      }
    }
    Object.assign(WebAssembly, { Module: Refused })
  },
  SharedArrayBuffer: () => Reflect.deleteProperty(globalThis, "SharedArrayBuffer")
}

LACKS[process.argv[2]!]!()

// Only now, as the platform must be lacking when the library looks at it.
const { Effect, Layer, Logger } = await import("effect")
const { Key, Model, Noise, Prediction, Synthetic, Tensor, Threads, Training, Tree } = await import("../../src/index.ts")
const { kernels } = await import("../../src/kernels/index.ts")

const data = Synthetic.regressionCurve(Key.make(0), 60)
const model = Model.regression(data, { hidden: [8] })
const warnings: Array<unknown> = []
const logger = Logger.make(({ message }) => warnings.push(message))

const program = Effect.gen(function* () {
  const fit = yield* Training.fit(model, data, { epochs: 4, batchSize: 25 })
  const { mean } = yield* Prediction.predict(fit, data.x, { draws: 5, quantiles: [] })
  const hash = createHash("sha256")
  for (const { value } of Tree.leaves({ params: fit.params, mean })) hash.update(Tensor.toBytes(value))
  const { threads } = yield* Threads.Threads
  return {
    engine: fit.state.run.engine,
    nll: fit.history.at(-1)!.loss.nllMean,
    threads,
    hash: hash.digest("hex")
  }
})

const context = Layer.mergeAll(Noise.layer(42), Logger.layer([logger]))
const seen = await Effect.runPromise(Effect.provide(program, context))
console.log(JSON.stringify({ ...seen, kernels: kernels("float32").name, warnings: warnings.flat() }))
