/**
 * The geometry that convolutions and poolings share: a window of `kernel` elements, `dilation` apart, that moves by
 * `stride` over an image with `padding` rows and columns added on either side.
 *
 * @since 0.2.0
 */
import { ShapeError } from "../core/errors.ts"
import { format } from "../core/Shape.ts"

/** Height and width. @category models @since 0.2.0 */
export type Pair = readonly [height: number, width: number]

/** @category models @since 0.2.0 */
export interface Window {
  readonly kernel: Pair
  readonly stride: Pair
  readonly padding: Pair
  readonly dilation: Pair
}

/**
 * The number of places where the window lies wholly within the padded image, on each axis.
 *
 * **Source**: PyTorch's `Conv2d`, floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1; what is left over
 * at the far edge is not seen. **Errors**: `ShapeError` for an empty image and a window larger than the padded one.
 *
 * @category getters
 * @since 0.2.0
 */
export const outSize = (where: string, { kernel, stride, padding, dilation }: Window, size: Pair): Pair => {
  const both = (f: (axis: 0 | 1) => number): Pair => [f(0), f(1)]
  const padded = both((a) => size[a] + 2 * padding[a])
  const span = both((a) => dilation[a] * (kernel[a] - 1) + 1)
  if (size[0] > 0 && size[1] > 0 && span[0] <= padded[0] && span[1] <= padded[1]) {
    return both((a) => Math.floor((padded[a] - span[a]) / stride[a]) + 1)
  }
  throw new ShapeError({
    where,
    expected: `an image that the kernel fits into, which covers ${format(span)} (height, width)`,
    actual: `${format(size)}, with its padding ${format(padded)}`,
    hint: "Take a smaller kernel or dilation, or more padding"
  })
}
