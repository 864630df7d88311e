// Training small steps for as long as one likes leaves memory flat, and has the bits of the pure step outside.
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import {
  adam,
  BayesianLinear,
  Key,
  Likelihood,
  Model,
  Standardizer,
  sequential,
  Tensor,
  Training,
  tanh
} from "effect-bayes"
import { tensorsOf } from "effect-bayes/kernels"
import { expect } from "vitest"
import { instantiate } from "../../src/kernels/simd/instance.ts"
import { openOn } from "../kernels/simd/workspaces.ts"

/** Bytes that live after garbage collection. */
const live = (): number => {
  setFlagsFromString("--expose-gc")
  const gc = runInNewContext("gc") as () => void
  gc()
  gc()
  return process.memoryUsage().heapUsed
}

/** What all steps together may leave on the heap: compiled code and such, no tensor a step (at 5,000 steps 100 bytes each). */
const LEFT = 500_000

const model = Model.make({
  network: sequential(BayesianLinear.make({ in: 1, out: 16 }), tanh, BayesianLinear.make({ in: 16, out: 1 })),
  likelihood: Likelihood.gaussianLearned(),
  inputs: Standardizer.identity(1),
  targets: Standardizer.identity(1)
})

const optimizer = adam({ learningRate: 1e-3 })
const advance = Training.step(model, optimizer, { rows: 100 })

const x = Tensor.from(Array.from({ length: 100 }, (_, i) => [i / 50 - 1]))

/** Every tenth batch is smaller, as the last of an epoch is. */
const batchOf = (step: number) => {
  const rows = Tensor.rows(x, 0, step % 10 === 9 ? 37 : 100)
  return { x: rows, y: rows }
}

const epsOf = (step: number) => model.network.noise(Key.make(step), batchOf(step).x.shape[0]!, [1])

export const assertFlat = (steps: number): void => {
  const { memory, engine } = openOn(instantiate(true))
  let state = Training.start(Model.init(model, Key.make(0)), optimizer)
  let pure = state
  let bytes = 0
  let heap = 0
  const warm = 1000
  for (let step = 0; step < steps; step++) {
    const from = state
    const { result, finite } = memory.step(
      () => advance(from, batchOf(step), epsOf(step)),
      ([after]) => tensorsOf(after)
    )
    expect(finite).toBe(true)
    state = result[0]
    if (step < 200) [pure] = advance(pure, batchOf(step), epsOf(step))
    if (step === 199) expect(tensorsOf(state).map(Tensor.toBytes)).toEqual(tensorsOf(pure).map(Tensor.toBytes))
    if (step === 19) bytes = engine.heap.instance.memory.buffer.byteLength
    if (step === warm) heap = live()
  }
  expect(engine.heap.instance.memory.buffer.byteLength).toBe(bytes)
  expect(live() - heap).toBeLessThan(LEFT)
}
