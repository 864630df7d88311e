/**
 * Where a window meets an image: for each element of the kernel, the outputs at which it lies on the image.
 *
 * At output (i, j) the tap reads element (i strideY + top, j strideX + left). It lies on the padding for the first and
 * last outputs, which are left out of its ranges: loops over taps and their ranges never ask where they are.
 */
import { ShapeError } from "../../core/errors.ts"
import * as Shape from "../../core/Shape.ts"
import type { Pair, Window } from "../Window.ts"

/** The four axes of a batch of images, [rows, channels, height, width]. */
export const axesOfImages = (where: string, shape: Shape.Shape) => {
  const [rows, channels, height, width] = shape
  if (width !== undefined && shape.length === 4) {
    return { rows: rows!, channels: channels!, size: [height!, width] as Pair, area: height! * width }
  }
  throw new ShapeError({ where, expected: "[rows, channels, height, width]", actual: Shape.format(shape) })
}

/** Outputs from ... up to, not including, to, of each axis. */
export interface Tap {
  readonly top: number
  readonly left: number
  readonly fromY: number
  readonly toY: number
  readonly fromX: number
  readonly toX: number
}

/** The taps of a kernel in row-major order, for an image of this size and its outputs. */
export const taps = ({ kernel, stride, padding, dilation }: Window, size: Pair, out: Pair): ReadonlyArray<Tap> => {
  const along = (a: 0 | 1) =>
    Array.from({ length: kernel[a] }, (_, k) => {
      const offset = k * dilation[a] - padding[a]
      const from = Math.min(out[a], Math.max(0, Math.ceil(-offset / stride[a])))
      const to = Math.min(out[a], Math.max(from, Math.ceil((size[a] - offset) / stride[a])))
      return { offset, from, to }
    })
  const columns = along(1)
  return along(0).flatMap((y) =>
    columns.map((x) => ({ top: y.offset, left: x.offset, fromY: y.from, toY: y.to, fromX: x.from, toX: x.to }))
  )
}
