/** Panels of what a convolution reads, as tiles want them: 8 places of all taps, or 8 taps of all places. */
import { Geometry, tapOffset } from "./geometry"
import { PANEL_ROW } from "./layout"
import { strided } from "./strided"
import { transpose } from "./transpose"

/** Four elements at offsets from `at`, that are `stride` bytes apart, or at any if that is 0. */
@inline
function four(at: usize, o0: usize, o1: usize, o2: usize, o3: usize, stride: usize): v128 {
  if (stride) return strided(at + o0, stride)
  let x = v128.load32_zero(at + o0)
  x = v128.load_lane<f32>(at + o1, x, 1)
  x = v128.load_lane<f32>(at + o2, x, 2)
  return v128.load_lane<f32>(at + o3, x, 3)
}

/** The stride of four offsets, 0 if there is none. */
@inline
function strideOf(o0: usize, o1: usize, o2: usize, o3: usize): usize {
  const stride = o1 - o0
  return o2 - o1 == stride && o3 - o2 == stride ? stride : 0
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
  const low = strideOf(o0, o1, o2, o3)
  const high = strideOf(o4, o5, o6, o7)
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
  const low = strideOf(o0, o1, o2, o3)
  const high = strideOf(o4, o5, o6, o7)
  const down = <usize>(g.strideY * g.paddedWidth) << 2
  const right = <usize>g.strideX << 2
  for (let i = 0; i < g.outHeight; i++, images += down) {
    let at = images
    let left = g.outWidth
    for (; left >= 4; left -= 4, at += 4 * right, to += 4 * PANEL_ROW) {
      const x0 = strided(at + o0, right), x1 = strided(at + o1, right), x2 = strided(at + o2, right), x3 = strided(at + o3, right)
      transpose(x0, x1, x2, x3, to, PANEL_ROW)
      const x4 = strided(at + o4, right), x5 = strided(at + o5, right), x6 = strided(at + o6, right), x7 = strided(at + o7, right)
      transpose(x4, x5, x6, x7, to + 16, PANEL_ROW)
    }
    for (; left > 0; left--, at += right, to += PANEL_ROW) {
      v128.store(to, four(at, o0, o1, o2, o3, low))
      v128.store(to, four(at, o4, o5, o6, o7, high), 16)
    }
  }
}
