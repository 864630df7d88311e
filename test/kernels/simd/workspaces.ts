// Workspaces under test: on memory of any limit, whose free parts are poisoned.
import { Key, Tensor } from "effect-bayes"
import { reference, type Workspace } from "effect-bayes/kernels"
import { Engine } from "../../../src/kernels/simd/Engine.ts"
import type { Exports } from "../../../src/kernels/simd/Exports.ts"
import { compile, type Instance, instantiate } from "../../../src/kernels/simd/instance.ts"
import * as SimdWorkspace from "../../../src/kernels/simd/workspace.ts"

/** A workspace on an instance's memory, and its engine. */
export const openOn = (instance: Instance): { readonly memory: Workspace; readonly engine: Engine } => {
  const engine = new Engine(instance, true)
  return { memory: SimdWorkspace.make(engine, 1), engine }
}

export const open = () => openOn(instantiate(false))

/** A workspace whose memory may grow to so many pages of 64 KiB alone. */
export const openSmall = (maximum: number) => {
  const memory = new WebAssembly.Memory({ initial: 16, maximum })
  const lost = () => {
    throw new Error("there are no workers")
  }
  const instance = new WebAssembly.Instance(compile(false), { env: { memory, lost } })
  const exports = instance.exports as unknown as Exports
  return openOn({ memory, exports, shared: false, start: Math.ceil(exports.heapBase.value / 64) * 64 })
}

/** Standard normals on the heap, others under each number. */
export const normal = (number: number, size: number): Tensor.Tensor =>
  reference.standardNormal(Key.make(number), { shape: [size], dtype: "float32" })

/** All elements, as numbers. */
export const numbers = (t: Tensor.Tensor): ReadonlyArray<number> => Array.from(Tensor.toFloat64Array(t))

/** A tensor of these elements. */
export const vector = (...values: ReadonlyArray<number>): Tensor.Tensor => Tensor.from(values)
