/** What estimators do to the inputs and outputs of a linear map: draw outputs from their moments, flip channels. */
import * as Shape from "../../core/Shape.ts"
import { allocate, storage } from "../../core/storage.ts"
import { fromStorage, type Tensor } from "../../core/Tensor.ts"

export const momentsSample = (mean: Tensor, variance: Tensor, eps: Tensor): Tensor => {
  Shape.assertSame("sample from moments, variance", mean, variance)
  Shape.assertSame("sample from moments, noise", mean, eps)
  const ms = mean[storage]
  const vs = variance[storage]
  const es = eps[storage]
  const ys = allocate(mean.dtype, ms.length)
  for (let i = 0; i < ms.length; i++) ys[i] = ms[i]! + Math.sqrt(vs[i]!) * es[i]!
  return fromStorage(mean.shape, ys)
}

/**
 * Where the variance is 0, the output is the mean and the square root has no derivative. There 0 is right: a variance
 * is a sum of w x^2 with w > 0, so it is 0 where all x are, and then its gradients by w and by x are multiples of x.
 */
export const momentsSampleVjp = (variance: Tensor, eps: Tensor, dy: Tensor): Tensor => {
  Shape.assertSame("sample from moments, noise", variance, eps)
  Shape.assertSame("sample from moments, dy", variance, dy)
  const vs = variance[storage]
  const es = eps[storage]
  const ds = dy[storage]
  const out = allocate(variance.dtype, vs.length)
  for (let i = 0; i < vs.length; i++) out[i] = vs[i] === 0 ? 0 : (ds[i]! * es[i]!) / (2 * Math.sqrt(vs[i]!))
  return fromStorage(variance.shape, out)
}

/** How the elements of x [B, ..., C] or [B, C, ...] lie, each of whose rows has factors `by` [B, C]. */
export const channelsOf = (x: Tensor, by: Tensor, axis: "first" | "last") => {
  const last = x.shape.length - 1
  const rows = Shape.axis("scaled channels, input", x.shape, 0)
  const channels = Shape.axis("scaled channels, input", x.shape, axis === "first" ? 1 : Math.max(1, last))
  Shape.assertSame("scaled channels, factors", { dtype: x.dtype, shape: [rows, channels] }, by)
  const perRow = Shape.size(x.shape.slice(1))
  const perChannel = axis === "first" ? Shape.size(x.shape.slice(2)) : 1
  return { rows, channels, perRow, perChannel }
}

export const scaleChannels = (x: Tensor, by: Tensor, axis: "first" | "last"): Tensor => {
  const { rows, channels, perRow, perChannel } = channelsOf(x, by, axis)
  const xs = x[storage]
  const bs = by[storage]
  const ys = allocate(x.dtype, xs.length)
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < perRow; i++) {
      const c = Math.floor(i / perChannel) % channels
      ys[r * perRow + i] = xs[r * perRow + i]! * bs[r * channels + c]!
    }
  }
  return fromStorage(x.shape, ys)
}
