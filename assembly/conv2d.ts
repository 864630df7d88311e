/**
 * The cross-correlation y = bias + W * x: for the images of each group, a product of W [outputs][taps] with the panels
 * of what the places read, [taps][8], made one at a time. Each element is one float32 sum over the taps upwards.
 */
import { gatherPlaces } from "./gather"
import { Geometry, geometry, padded, paddedBytes } from "./geometry"
import { PANEL_ROW, panelColumns, panelsOf, panelStart, tileRows, tilesOf } from "./layout"
import { FROM_ROWS, FROM_ZERO, tileOf } from "./tile"
import { runUnits, Units, waveBytes } from "./units"

@unmanaged
class Forward extends Units {
  x: usize
  w: usize
  bias: usize
  y: usize
}

const args = memory.data(48, 16)

/** Bytes of a tile of 5 rows of 4 columns that fewer places than 4 make. */
const FEW: usize = 128

@inline
function slotBytes(g: Geometry): usize {
  return paddedBytes(g) + ((<usize>g.taps * PANEL_ROW + 63) & ~63) + FEW
}

/** One group of one image. */
function unit(at: usize, number: i32, tmp: usize): void {
  const p = changetype<Forward>(at)
  const g = changetype<Geometry>(geometry)
  const row = number / g.groups
  const group = number % g.groups
  const area = <usize>(g.height * g.width) << 2
  const images = padded(g, p.x + <usize>(row * g.channels + group * g.groupInputs) * area, tmp)
  const panel = tmp + paddedBytes(g)
  const few = tmp + slotBytes(g) - FEW
  const n = g.places
  const wRow = <usize>g.taps << 2
  const yRow = <usize>n << 2
  const firstOutput = group * g.groupOutputs
  const y = p.y + <usize>(row * g.outputs + firstOutput) * yRow
  const w = p.w + <usize>firstOutput * wRow
  const start = p.bias ? FROM_ROWS : FROM_ZERO
  const tiles = tilesOf(g.groupOutputs)
  for (let j = 0; j < panelsOf(n); j++) {
    const columns = panelColumns(n, j)
    const column = n < 4 ? 0 : panelStart(n, j)
    gatherPlaces(g, images, column, panel, few)
    for (let t = 0, o = 0, rows = 0; t < tiles; t++, o += rows) {
      rows = tileRows(g.groupOutputs, tiles, t)
      const c = y + <usize>o * yRow + (<usize>column << 2)
      const bias = p.bias + (<usize>(firstOutput + o) << 2)
      call_indirect<void>(
        tileOf(rows, columns),
        w + <usize>o * wRow, wRow, <usize>4, panel, PANEL_ROW, g.taps, n < 4 ? few : c, n < 4 ? <usize>16 : yRow, start, bias
      )
      if (n < 4) {
        for (let r = 0; r < rows; r++) {
          for (let i = 0; i < n; i++) {
            store<f32>(c + <usize>r * yRow + (<usize>i << 2), load<f32>(few + (<usize>r << 4) + (<usize>i << 2)))
          }
        }
      }
    }
  }
}

/** Bytes of `tmp` for `conv2d`. */
export function conv2dTmp(): usize {
  const g = changetype<Geometry>(geometry)
  return waveBytes(g, slotBytes(g))
}

/** y [rows][outputs][outHeight][outWidth] of x [rows][channels][height][width]; bias is 0 where there is none. */
export function conv2d(x: usize, w: usize, bias: usize, y: usize, tmp: usize): void {
  const g = changetype<Geometry>(geometry)
  const p = changetype<Forward>(args)
  p.x = x
  p.w = w
  p.bias = bias
  p.y = y
  runUnits(unit.index, args, tmp, slotBytes(g))
}
