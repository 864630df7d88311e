/** Random tensors: recipes that are drawn when somebody needs the numbers, and uniform ones, drawn at once. */
import type { Key } from "../../core/Key.ts"
import { assertValid, size, type TensorSpec } from "../../core/Shape.ts"
import type { Tensor } from "../../core/Tensor.ts"
import { run } from "./current.ts"
import { NoiseTensor } from "./NoiseTensor.ts"

const NONE: readonly [number, number] = [0, 0]

export const standardNormal = (key: Key, { shape }: TensorSpec): Tensor => {
  assertValid(shape)
  return new NoiseTensor("opNormal", key, shape, NONE)
}

export const signs = (key: Key, { shape }: TensorSpec): Tensor => {
  assertValid(shape)
  return new NoiseTensor("opSigns", key, shape, NONE)
}

/** A float64 as its two words, the lower first. */
const wordsOf = (value: number): readonly [number, number] => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return [view.getUint32(4), view.getUint32(0)]
}

export const dropoutNoise = (key: Key, { shape }: TensorSpec, rate: number): Tensor => {
  assertValid(shape)
  return new NoiseTensor("opDropoutNoise", key, shape, wordsOf(rate))
}

export const uniform = (key: Key, { shape }: TensorSpec, low: number, high: number): Tensor => {
  assertValid(shape)
  const n = size(shape)
  return run((engine) => {
    const made = engine.tensor(shape, n)
    engine.exports.uniform(made.pointer, n, key.k0, key.k1, low, high)
    return made
  })
}
