/**
 * The sizes of a convolution or a pooling: set once by JavaScript, then read by the calls that follow and their blocks.
 *
 * Images are padded into temporary memory first, so that no loop asks whether a tap lies on the image; where there is no
 * padding they are read where they are.
 */

@unmanaged
export class Geometry {
  rows: i32
  channels: i32
  height: i32
  width: i32
  outputs: i32
  groups: i32
  kernelHeight: i32
  kernelWidth: i32
  strideY: i32
  strideX: i32
  paddingY: i32
  paddingX: i32
  dilationY: i32
  dilationX: i32
  /** Inputs and outputs of a group. */
  groupInputs: i32
  groupOutputs: i32
  paddedHeight: i32
  paddedWidth: i32
  outHeight: i32
  outWidth: i32
  /** Places of an output channel. */
  places: i32
  /** Taps of all inputs of a group: the terms of an output's sum. */
  taps: i32
}

/** The geometry of the calls to come. */
export const geometry = memory.data(96, 16)

/** What the calls to come are about; a pooling has as many outputs and groups as channels. */
export function setGeometry(rows: i32, channels: i32, height: i32, width: i32, outputs: i32, groups: i32, kernelHeight: i32, kernelWidth: i32, strideY: i32, strideX: i32, paddingY: i32, paddingX: i32, dilationY: i32, dilationX: i32): void {
  const g = changetype<Geometry>(geometry)
  g.rows = rows
  g.channels = channels
  g.height = height
  g.width = width
  g.outputs = outputs
  g.groups = groups
  g.kernelHeight = kernelHeight
  g.kernelWidth = kernelWidth
  g.strideY = strideY
  g.strideX = strideX
  g.paddingY = paddingY
  g.paddingX = paddingX
  g.dilationY = dilationY
  g.dilationX = dilationX
  g.groupInputs = channels / groups
  g.groupOutputs = outputs / groups
  g.paddedHeight = height + 2 * paddingY
  g.paddedWidth = width + 2 * paddingX
  g.outHeight = (g.paddedHeight - dilationY * (kernelHeight - 1) - 1) / strideY + 1
  g.outWidth = (g.paddedWidth - dilationX * (kernelWidth - 1) - 1) / strideX + 1
  g.places = g.outHeight * g.outWidth
  g.taps = g.groupInputs * kernelHeight * kernelWidth
}

/** Bytes of the padded images of a group, a multiple of 64. */
export function paddedBytes(g: Geometry): usize {
  return ((<usize>g.groupInputs * <usize>g.paddedHeight * <usize>g.paddedWidth << 2) + 63) & ~63
}

/** Copies n floats. */
@inline
function copy(from: usize, to: usize, n: i32): void {
  for (; n >= 4; n -= 4, from += 16, to += 16) v128.store(to, v128.load(from))
  for (; n > 0; n--, from += 4, to += 4) store<f32>(to, load<f32>(from))
}

/** Sets bytes, a multiple of 4, to 0. */
export function clear(to: usize, bytes: usize): void {
  const zero = f32x4.splat(0)
  const end = to + bytes
  for (; to + 16 <= end; to += 16) v128.store(to, zero)
  for (; to < end; to += 4) store<f32>(to, 0)
}

/** The images of a group with their padding: at `to`, or where they are if they have none. */
export function padded(g: Geometry, from: usize, to: usize): usize {
  if (g.paddingY == 0 && g.paddingX == 0) return from
  clear(to, paddedBytes(g))
  const row = <usize>g.paddedWidth << 2
  for (let c = 0; c < g.groupInputs; c++) {
    let at = to + (<usize>c * <usize>g.paddedHeight + <usize>g.paddingY) * row + (<usize>g.paddingX << 2)
    for (let i = 0; i < g.height; i++, at += row, from += <usize>g.width << 2) copy(from, at, g.width)
  }
  return to
}

/** Takes the padding off again: the inverse of `padded`. */
export function cropped(g: Geometry, from: usize, to: usize): void {
  const row = <usize>g.paddedWidth << 2
  for (let c = 0; c < g.groupInputs; c++) {
    let at = from + (<usize>c * <usize>g.paddedHeight + <usize>g.paddingY) * row + (<usize>g.paddingX << 2)
    for (let i = 0; i < g.height; i++, at += row, to += <usize>g.width << 2) copy(at, to, g.width)
  }
}

/** Bytes from the first element of a padded image to that which place 0 reads by a tap. */
@inline
export function tapOffset(g: Geometry, tap: i32): usize {
  const x = tap % g.kernelWidth
  const rest = tap / g.kernelWidth
  const y = rest % g.kernelHeight
  const channel = rest / g.kernelHeight
  return <usize>((channel * g.paddedHeight + y * g.dilationY) * g.paddedWidth + x * g.dilationX) << 2
}
