/** Panels of what a convolution reads, as tiles want them: 8 places of all taps, or 8 taps of all places. */
import { Geometry, tapOffset } from "./geometry"
import { PANEL_ROW } from "./layout"
import { transpose } from "./transpose"

/** Four elements at offsets from `at`, in one load where they are neighbours. */
// @ts-ignore: decorator
@inline
function four(at: usize, o0: usize, o1: usize, o2: usize, o3: usize, neighbours: bool): v128 {
  if (neighbours) return v128.load(at + o0)
  let x = v128.load32_zero(at + o0)
  x = v128.load_lane<f32>(at + o1, x, 1)
  x = v128.load_lane<f32>(at + o2, x, 2)
  return v128.load_lane<f32>(at + o3, x, 3)
}

/** [taps][8]: the places from `first`; those behind the last repeat it. `offsets` is room for 32 bytes. */
export function gatherPlaces(g: Geometry, images: usize, first: i32, to: usize, offsets: usize): void {
  const line = <usize>(g.strideY * g.paddedWidth) << 2
  let column = first % g.outWidth
  let begin = <usize>(first / g.outWidth) * line
  let left = g.places - first
  let offset: usize = 0
  for (let i: usize = 0; i < 32; i += 4) {
    if (left > 0) {
      offset = begin + (<usize>(column * g.strideX) << 2)
      left--
      if (++column == g.outWidth) {
        column = 0
        begin += line
      }
    }
    store<usize>(offsets + i, offset)
  }
  const o0 = load<usize>(offsets), o1 = load<usize>(offsets, 4), o2 = load<usize>(offsets, 8), o3 = load<usize>(offsets, 12)
  const o4 = load<usize>(offsets, 16), o5 = load<usize>(offsets, 20), o6 = load<usize>(offsets, 24), o7 = load<usize>(offsets, 28)
  const low = o1 - o0 == 4 && o2 - o1 == 4 && o3 - o2 == 4
  const high = o5 - o4 == 4 && o6 - o5 == 4 && o7 - o6 == 4
  const down = <usize>(g.dilationY * g.paddedWidth) << 2
  const right = <usize>g.dilationX << 2
  const image = <usize>(g.paddedHeight * g.paddedWidth) << 2
  for (let c = 0; c < g.groupInputs; c++, images += image) {
    let row = images
    for (let y = 0; y < g.kernelHeight; y++, row += down) {
      let at = row
      for (let x = 0; x < g.kernelWidth; x++, at += right, to += PANEL_ROW) {
        v128.store(to, four(at, o0, o1, o2, o3, low))
        v128.store(to, four(at, o4, o5, o6, o7, high), 16)
      }
    }
  }
}

/** [places][8]: the taps from `first`; those behind the last repeat it. */
export function gatherTaps(g: Geometry, images: usize, first: i32, to: usize): void {
  const last = g.taps - 1
  const o0 = tapOffset(g, min(first, last))
  const o1 = tapOffset(g, min(first + 1, last))
  const o2 = tapOffset(g, min(first + 2, last))
  const o3 = tapOffset(g, min(first + 3, last))
  const o4 = tapOffset(g, min(first + 4, last))
  const o5 = tapOffset(g, min(first + 5, last))
  const o6 = tapOffset(g, min(first + 6, last))
  const o7 = tapOffset(g, min(first + 7, last))
  const low = o1 - o0 == 4 && o2 - o1 == 4 && o3 - o2 == 4
  const high = o5 - o4 == 4 && o6 - o5 == 4 && o7 - o6 == 4
  const down = <usize>(g.strideY * g.paddedWidth) << 2
  const right = <usize>g.strideX << 2
  for (let i = 0; i < g.outHeight; i++, images += down) {
    let at = images
    let left = g.outWidth
    if (right == 4) {
      for (; left >= 4; left -= 4, at += 16, to += 4 * PANEL_ROW) {
        transpose(v128.load(at + o0), v128.load(at + o1), v128.load(at + o2), v128.load(at + o3), to, PANEL_ROW)
        transpose(v128.load(at + o4), v128.load(at + o5), v128.load(at + o6), v128.load(at + o7), to + 16, PANEL_ROW)
      }
    }
    for (; left > 0; left--, at += right, to += PANEL_ROW) {
      v128.store(to, four(at, o0, o1, o2, o3, low))
      v128.store(to, four(at, o4, o5, o6, o7, high), 16)
    }
  }
}
