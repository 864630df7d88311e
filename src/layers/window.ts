/**
 * Windows over one or two axes: what convolutions and poolings read from their options, and how a signal of one axis
 * is an image of height 1, so that all mathematics is written for images.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig, ShapeError } from "../core/errors.ts"
import { format, type Shape } from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import { outSize, type Pair, type Window } from "../kernels/index.ts"

/** One length for both axes, or [height, width]. @category models @since 0.2.0 */
export type Sizes = number | Pair

/** The schema of `Sizes`. */
export const SizesSchema = /*#__PURE__*/ Schema.Union([Schema.Int, Schema.Tuple([Schema.Int, Schema.Int])])

/** How many axes a window has. */
export type Axes = 1 | 2

/** An option as [height, width], its height `flat` where there is but one axis. **Errors**: `ConfigError`. */
export const pairOf = (option: string, axes: Axes, least: number, flat: number, given: Sizes): Pair => {
  const whole = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= least
  const ok = Array.isArray(given) ? axes === 2 && given.length === 2 && given.every(whole) : whole(given)
  const numbers = least === 0 ? "a whole number from 0" : `a whole number above ${least - 1}`
  assertConfig(ok, option, axes === 2 ? `${numbers}, or two of them: [height, width]` : numbers, JSON.stringify(given))
  if (typeof given !== "number") return [given[0], given[1]]
  return axes === 1 ? [flat, given] : [given, given]
}

/** Back to what a spec says: one number for one axis. */
export const sizesOf = (axes: Axes, pair: Pair): Sizes => (axes === 1 ? pair[1] : pair)

/** The shape [channels, ...] after a window of any input shape [channels, ...]. **Errors**: `ShapeError`. */
export const windowed = (where: string, axes: Axes, window: Window, channels: number | undefined, inShape: Shape) => {
  const [inputs, first, second] = inShape
  if (inShape.length !== axes + 1 || (channels !== undefined && inputs !== channels)) {
    const expected = `[${channels ?? "channels"}, ${axes === 1 ? "length" : "height, width"}]`
    throw new ShapeError({ where, expected, actual: format(inShape) })
  }
  const out = outSize(where, window, axes === 1 ? [1, first!] : [first!, second!])
  return axes === 1 ? [out[1]] : out
}

/** x [B, C, L] as [B, C, 1, L]; images as they are. */
export const asImages = (x: Tensor.Tensor): Tensor.Tensor =>
  x.shape.length === 3 ? Tensor.reshape(x, [x.shape[0]!, x.shape[1]!, 1, x.shape[2]!]) : x

/** The way back, for a window of so many axes. */
export const fromImages = (axes: Axes, y: Tensor.Tensor): Tensor.Tensor =>
  axes === 1 ? Tensor.reshape(y, [y.shape[0]!, y.shape[1]!, y.shape[3]!]) : y
