/** Dropout as a factor 1 + eps around 1: which elements it drops, and the map itself. */
import type { Key } from "../../core/Key.ts"
import { uniformAt } from "../../core/Key.ts"
import * as Shape from "../../core/Shape.ts"
import { allocate, storage } from "../../core/storage.ts"
import { fromStorage, type Tensor } from "../../core/Tensor.ts"

export const dropoutNoise = (key: Key, spec: Shape.TensorSpec, rate: number): Tensor => {
  const out = allocate(spec.dtype, Shape.size(spec.shape))
  for (let i = 0; i < out.length; i++) out[i] = uniformAt(key, i) < rate ? -1 : rate / (1 - rate)
  return fromStorage(spec.shape, out)
}

export const dropout = (x: Tensor, eps: Tensor): Tensor => {
  const rows = Shape.axis("dropout, input", x.shape, 0)
  const shared = eps.shape[0] === 1
  Shape.assertSame("dropout, noise", { dtype: x.dtype, shape: [shared ? 1 : rows, ...x.shape.slice(1)] }, eps)
  const xs = x[storage]
  const es = eps[storage]
  const out = allocate(x.dtype, xs.length)
  const width = shared ? es.length : xs.length
  for (let start = 0; start < xs.length; start += width) {
    for (let i = 0; i < width; i++) out[start + i] = xs[start + i]! * (1 + es[i]!)
  }
  return fromStorage(x.shape, out)
}
