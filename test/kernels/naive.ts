// Convolution and pooling as their definitions say: every product of an input and a weight, one by one.
import { Tensor } from "effect-bayes"
import type { Convolution } from "effect-bayes/kernels"

/** Calls `f` for each output place, tap of the kernel and input place that belong together, padding left out. */
const places = (
  { kernel, stride, padding, dilation }: Omit<Convolution, "groups">,
  [height, width]: readonly [number, number],
  [outHeight, outWidth]: readonly [number, number],
  f: (output: number, tap: number, input: number) => void
) => {
  for (let i = 0; i < outHeight; i++)
    for (let j = 0; j < outWidth; j++)
      for (let k = 0; k < kernel[0]; k++)
        for (let l = 0; l < kernel[1]; l++) {
          const y = i * stride[0] + k * dilation[0] - padding[0]
          const x = j * stride[1] + l * dilation[1] - padding[1]
          if (y >= 0 && y < height && x >= 0 && x < width) f(i * outWidth + j, k * kernel[1] + l, y * width + x)
        }
}

type Four = [number, number, number, number]

/** y without bias, dW and dx for x [B, C, H, W], weight [O, C / groups, kh, kw] and dy [B, O, H', W']. */
export const naiveConvolution = (x: Tensor.Tensor, w: Tensor.Tensor, dy: Tensor.Tensor, geometry: Convolution) => {
  const [rows, channels, height, width] = x.shape as Four
  const [outputs, within, kh, kw] = w.shape as Four
  const [, , outHeight, outWidth] = dy.shape as Four
  const [xs, ws, ds] = [x, w, dy].map(Tensor.toFloat64Array) as [Float64Array, Float64Array, Float64Array]
  const [y, dw, dx] = [new Float64Array(ds.length), new Float64Array(ws.length), new Float64Array(xs.length)]
  for (let b = 0; b < rows; b++)
    for (let o = 0; o < outputs; o++)
      for (let c = 0; c < channels; c++) {
        // Channel c belongs to group floor(c / within), output o to floor(o / (outputs / groups)).
        if (Math.floor(c / within) !== Math.floor((o * geometry.groups) / outputs)) continue
        places(geometry, [height, width], [outHeight, outWidth], (output, tap, input) => {
          const at = (b * outputs + o) * outHeight * outWidth + output
          const weight = (o * within + (c % within)) * kh * kw + tap
          const from = (b * channels + c) * height * width + input
          y[at]! += ws[weight]! * xs[from]!
          dw[weight]! += ds[at]! * xs[from]!
          dx[from]! += ds[at]! * ws[weight]!
        })
      }
  return { y, dw, dx }
}

/** y and dx of a pooling of x [B, C, H, W]. */
export const naivePool = (
  pool: "max" | "average",
  x: Tensor.Tensor,
  dy: Tensor.Tensor,
  geometry: Omit<Convolution, "groups">
) => {
  const [rows, channels, height, width] = x.shape as Four
  const [, , outHeight, outWidth] = dy.shape as Four
  const [xs, ds] = [Tensor.toFloat64Array(x), Tensor.toFloat64Array(dy)]
  const y = new Float64Array(ds.length).fill(pool === "max" ? Number.NEGATIVE_INFINITY : 0)
  const dx = new Float64Array(xs.length)
  const from = new Float64Array(ds.length).fill(-1)
  const count = geometry.kernel[0] * geometry.kernel[1]
  for (let n = 0; n < rows * channels; n++)
    places(geometry, [height, width], [outHeight, outWidth], (output, _, input) => {
      const at = n * outHeight * outWidth + output
      const value = xs[n * height * width + input]!
      if (pool === "average") {
        y[at]! += value / count
        dx[n * height * width + input]! += ds[at]! / count
      } else if (value > y[at]!) {
        y[at] = value
        from[at] = n * height * width + input
      }
    })
  if (pool === "max") for (const [at, input] of from.entries()) dx[input]! += ds[at]!
  return { y, dx }
}
