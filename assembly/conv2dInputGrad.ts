/**
 * dx of a convolution: for the images of each group, the products of five taps' weights with dy, [5][places], each added
 * to what these taps read. An element is a float32 sum over taps upwards of float32 sums over outputs upwards.
 */
import { clear, cropped, Geometry, geometry, paddedBytes, tapOffset } from "./geometry"
import { panelColumns, panelsOf, panelStart, tileRows, tilesOf } from "./layout"
import { plain } from "./plain"
import { FROM_ZERO, tileOf } from "./tile"
import { runUnits, Units, waveBytes } from "./units"

@unmanaged
class InputGrad extends Units {
  dy: usize
  w: usize
  dx: usize
}

const args = memory.data(32, 16)

@inline
function slotBytes(g: Geometry): usize {
  return paddedBytes(g) + ((<usize>g.places * 20 + 63) & ~63)
}

/** Adds a tap's products to what it reads. */
function scatter(g: Geometry, from: usize, to: usize): void {
  const down = <usize>(g.strideY * g.paddedWidth) << 2
  const right = <usize>g.strideX << 2
  const zero = f32x4.splat(0)
  for (let i = 0; i < g.outHeight; i++, to += down) {
    let at = to
    let left = g.outWidth
    if (right == 4) {
      for (; left >= 4; left -= 4, at += 16, from += 16) v128.store(at, f32x4.add(v128.load(at), v128.load(from)))
    } else if (right == 8) {
      // What lies between gets + 0, which changes no sum that began with 0; there is a fifth, so this ends within the line.
      for (; left > 4; left -= 4, at += 32, from += 16) {
        const x = v128.load(from)
        v128.store(at, f32x4.add(v128.load(at), v128.shuffle<f32>(x, zero, 0, 4, 1, 4)))
        v128.store(at, f32x4.add(v128.load(at, 16), v128.shuffle<f32>(x, zero, 2, 4, 3, 4)), 16)
      }
    }
    for (; left > 0; left--, at += right, from += 4) store<f32>(at, load<f32>(at) + load<f32>(from))
  }
}

/** One group of one image. */
function unit(at: usize, number: i32, tmp: usize): void {
  const p = changetype<InputGrad>(at)
  const g = changetype<Geometry>(geometry)
  const row = number / g.groups
  const group = number % g.groups
  const n = g.places
  const wRow = <usize>g.taps << 2
  const dyRow = <usize>n << 2
  const firstOutput = group * g.groupOutputs
  const w = p.w + <usize>firstOutput * wRow
  const dy = p.dy + <usize>(row * g.outputs + firstOutput) * dyRow
  const products = tmp + paddedBytes(g)
  clear(tmp, paddedBytes(g))
  const tiles = tilesOf(g.taps)
  for (let t = 0, tap = 0, taps = 0; t < tiles; t++, tap += taps) {
    taps = tileRows(g.taps, tiles, t)
    const a = w + (<usize>tap << 2)
    if (n < 4) plain(a, 4, wRow, dy, 4, dyRow, taps, n, g.groupOutputs, products, dyRow, 0)
    else {
      for (let j = 0; j < panelsOf(n); j++) {
        const column = <usize>panelStart(n, j) << 2
        call_indirect<void>(
          tileOf(taps, panelColumns(n, j)),
          a, <usize>4, wRow, dy + column, dyRow, g.groupOutputs, products + column, dyRow, FROM_ZERO, <usize>0
        )
      }
    }
    for (let i = 0; i < taps; i++) scatter(g, products + <usize>i * dyRow, tmp + tapOffset(g, tap + i))
  }
  cropped(g, tmp, p.dx + (<usize>(row * g.channels + group * g.groupInputs) * <usize>(g.height * g.width) << 2))
}

/** Bytes of `tmp` for `conv2dInputGrad`. */
export function conv2dInputGradTmp(): usize {
  const g = changetype<Geometry>(geometry)
  return waveBytes(g, slotBytes(g))
}

/** dx [rows][channels][height][width]. */
export function conv2dInputGrad(dy: usize, w: usize, dx: usize, tmp: usize): void {
  const g = changetype<Geometry>(geometry)
  const p = changetype<InputGrad>(args)
  p.dy = dy
  p.w = w
  p.dx = dx
  runUnits(unit.index, args, tmp, slotBytes(g))
}
