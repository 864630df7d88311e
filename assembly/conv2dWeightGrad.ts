/**
 * dW of a convolution. The rows are cut into chunks, by the sizes alone. In a chunk an element of dW is one
 * float32 sum over rows and places upwards; the chunks are added in float64, in order, and rounded once.
 */
import { gatherTaps } from "./gather"
import { Geometry, geometry, padded, paddedBytes } from "./geometry"
import { parallel } from "./jobs"
import { PANEL_ROW, tileRows, tilesOf } from "./layout"
import { FROM_C, FROM_ZERO, tileOf } from "./tile"

@unmanaged
class WeightGrad {
  x: usize
  dy: usize
  dw: usize
  tmp: usize
  rowsInChunk: i32
  chunks: i32
}

const args = memory.data(32, 16)

/** Most chunks. */
const CHUNKS: i32 = 16
/** Products of two numbers in a chunk, at the least: about 100 microseconds. */
const CHUNK: f64 = 2500000
/** Nanoseconds for one. */
const COST: f64 = 0.05

function rowsInChunk(g: Geometry): i32 {
  const work = <f64>g.rows * <f64>g.outputs * <f64>g.taps * <f64>g.places
  const chunks = <i32>max<f64>(1, min<f64>(work / CHUNK, <f64>min(CHUNKS, g.rows)))
  return max(1, (g.rows + chunks - 1) / chunks)
}

@inline
function chunksOf(g: Geometry): i32 {
  const rows = rowsInChunk(g)
  return (g.rows + rows - 1) / rows
}

/** Taps, up to a multiple of 8: the width of a chunk's dW. */
@inline
function wide(g: Geometry): i32 {
  return (g.taps + 7) & ~7
}

@inline
function sumBytes(g: Geometry): usize {
  return <usize>g.outputs * <usize>wide(g) << 2
}

@inline
function slotBytes(g: Geometry): usize {
  return ((sumBytes(g) + 63) & ~63) + paddedBytes(g) + ((<usize>g.places * PANEL_ROW + 63) & ~63)
}

function chunkBlock(at: usize, block: i32): void {
  const p = changetype<WeightGrad>(at)
  const g = changetype<Geometry>(geometry)
  const sums = p.tmp + <usize>block * slotBytes(g)
  const buffer = sums + ((sumBytes(g) + 63) & ~63)
  const panel = buffer + paddedBytes(g)
  const first = block * p.rowsInChunk
  const end = min(first + p.rowsInChunk, g.rows)
  const area = <usize>(g.height * g.width) << 2
  const dyRow = <usize>g.places << 2
  const cRow = <usize>wide(g) << 2
  const tiles = tilesOf(g.groupOutputs)
  for (let row = first; row < end; row++) {
    const start = row == first ? FROM_ZERO : FROM_C
    for (let group = 0; group < g.groups; group++) {
      const images = padded(g, p.x + <usize>(row * g.channels + group * g.groupInputs) * area, buffer)
      const firstOutput = group * g.groupOutputs
      const dy = p.dy + <usize>(row * g.outputs + firstOutput) * dyRow
      const c = sums + <usize>firstOutput * cRow
      for (let tap = 0; tap < g.taps; tap += 8) {
        gatherTaps(g, images, tap, panel)
        for (let t = 0, o = 0, rows = 0; t < tiles; t++, o += rows) {
          rows = tileRows(g.groupOutputs, tiles, t)
          call_indirect<void>(
            tileOf(rows, 8),
            dy + <usize>o * dyRow, dyRow, <usize>4, panel, PANEL_ROW, g.places, c + <usize>o * cRow + (<usize>tap << 2), cRow, start, <usize>0
          )
        }
      }
    }
  }
}

/** The sums of the chunks for one output. */
function addBlock(at: usize, block: i32): void {
  const p = changetype<WeightGrad>(at)
  const g = changetype<Geometry>(geometry)
  const slot = slotBytes(g)
  const from = p.tmp + (<usize>block * <usize>wide(g) << 2)
  const to = p.dw + (<usize>block * <usize>g.taps << 2)
  for (let tap: usize = 0, end = <usize>g.taps << 2; tap < end; tap += 4) {
    let sum: f64 = 0
    let term = from + tap
    for (let c = 0; c < p.chunks; c++, term += slot) sum += load<f32>(term)
    store<f32>(to + tap, <f32>sum)
  }
}

/** Bytes of `tmp` for `conv2dWeightGrad`. */
export function conv2dWeightGradTmp(): usize {
  const g = changetype<Geometry>(geometry)
  return <usize>chunksOf(g) * slotBytes(g)
}

/** dw [outputs][taps]. */
export function conv2dWeightGrad(x: usize, dy: usize, dw: usize, tmp: usize): void {
  const g = changetype<Geometry>(geometry)
  const p = changetype<WeightGrad>(args)
  p.x = x
  p.dy = dy
  p.dw = dw
  p.tmp = tmp
  p.rowsInChunk = rowsInChunk(g)
  p.chunks = chunksOf(g)
  const each = <f64>g.outputs * <f64>g.taps
  parallel(chunkBlock.index, args, p.chunks, COST * <f64>g.rows * each * <f64>g.places)
  parallel(addBlock.index, args, g.outputs, <f64>p.chunks * each)
}
