/**
 * Random tensors from a counter: pairs of words become pairs of normals by Box and Muller (1958).
 *
 * The map from words (a, b) is part of the promise of equal bits, so it is written in steps that float32 lanes can
 * take too: `u = (f32(a) + 1/2) 2^-32` in (0, 1] has relative precision near 0, which gives tails to 6.76; the angle
 * is pi f32(b as signed) 2^-32 in [-pi/2, pi/2], and the low bit of b flips the cosine's sign: no quadrants.
 */
import type { Key } from "../../core/Key.ts"
import { uniformAt, words } from "../../core/Key.ts"
import { cosPi, log, sinPi } from "../../core/math.ts"
import { size, type TensorSpec } from "../../core/Shape.ts"
import { allocate } from "../../core/storage.ts"
import { fromStorage, type Tensor } from "../../core/Tensor.ts"

const SCALE = 2.3283064365386963e-10 // 2^-32

export const standardNormal = (key: Key, spec: TensorSpec): Tensor => {
  const n = size(spec.shape)
  const out = allocate(spec.dtype, n)
  const bits = words(key, (n + 1) >> 1)
  for (let i = 0; i < n; i += 2) {
    const b = bits[i + 1]! | 0
    const radius = Math.sqrt(-2 * log(Math.fround(Math.fround(bits[i]!) + 0.5) * SCALE))
    const turn = Math.fround(b) * SCALE
    const cos = cosPi(turn)
    out[i] = radius * (b & 1 ? -cos : cos)
    if (i + 1 < n) out[i + 1] = radius * sinPi(turn)
  }
  return fromStorage(spec.shape, out)
}

export const uniform = (key: Key, spec: TensorSpec, low: number, high: number): Tensor => {
  const out = allocate(spec.dtype, size(spec.shape))
  for (let i = 0; i < out.length; i++) out[i] = low + (high - low) * uniformAt(key, i)
  return fromStorage(spec.shape, out)
}

/** The low bit of each word: element i is that of word i. */
export const signs = (key: Key, spec: TensorSpec): Tensor => {
  const n = size(spec.shape)
  const out = allocate(spec.dtype, n)
  const bits = words(key, (n + 1) >> 1)
  for (let i = 0; i < n; i++) out[i] = bits[i]! & 1 ? -1 : 1
  return fromStorage(spec.shape, out)
}
