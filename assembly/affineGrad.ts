/**
 * The products of a linear map's gradient, dW = dy^T x and dx = dy W: each element is one float32 sum over rows or outputs
 * upwards, like those of the map itself.
 */
import { dots } from "./dots"
import { PANEL_ROW, panelBytes, TILE_ROW, tileBytes } from "./layout"
import { packColumns, packRows, packTiles } from "./pack"
import { plain } from "./plain"
import { multiply, nextProduct, turnedBytes } from "./product"
import { FROM_ZERO } from "./tile"

/** Whether a matrix [k][n] is read by so many rows that panels of it pay. */
@inline
function packsColumns(m: i32, n: i32, k: i32): bool {
  return m > 20 && k * n > 8192
}

/**
 * Whether tiles of a matrix [k][m] pay: a tile's rows lie a whole row of the matrix apart, which is a cache line each,
 * and in the same few sets of a cache where that is a power of two.
 */
@inline
function packsTiles(m: i32, n: i32, k: i32): bool {
  return n >= 128 && m >= 64 && k >= 16
}

/** Sets b of the next product, a matrix [k][n] itself or its panels. */
function takeColumns(source: usize, m: i32, n: i32, k: i32, tmp: usize): void {
  const p = nextProduct()
  const row = <usize>n << 2
  p.m = m
  p.n = n
  p.k = k
  p.start = FROM_ZERO
  p.from = 0
  if (packsColumns(m, n, k)) {
    packColumns(source, row, n, k, tmp)
    p.b = tmp
    p.bK = PANEL_ROW
    p.bPanel = <usize>k * PANEL_ROW
  } else {
    p.b = source
    p.bK = row
    p.bPanel = 0
  }
}

@inline
function columnsTmp(m: i32, n: i32, k: i32): usize {
  return packsColumns(m, n, k) ? panelBytes(n, k) : 0
}

/** Whether dW is better made as its transpose: where a row of x has few elements to lie side by side. */
@inline
function turnsWeightGrad(inputs: i32, outputs: i32): bool {
  return inputs < 4 || (inputs < 8 && outputs >= 64)
}

/** Bytes of `tmp` for `affineWeightGrad`. */
export function affineWeightGradTmp(rows: i32, inputs: i32, outputs: i32): usize {
  if (turnsWeightGrad(inputs, outputs)) return columnsTmp(inputs, outputs, rows) + turnedBytes(inputs, outputs, rows)
  return columnsTmp(outputs, inputs, rows) + (packsTiles(outputs, inputs, rows) ? tileBytes(outputs, rows) : 0)
}

/** dW = dy^T x. */
export function affineWeightGrad(x: usize, dy: usize, dw: usize, rows: i32, inputs: i32, outputs: i32, tmp: usize): void {
  const xRow = <usize>inputs << 2
  const dyRow = <usize>outputs << 2
  if (inputs < 4 && outputs < 4) return plain(dy, 4, dyRow, x, 4, xRow, outputs, inputs, rows, dw, xRow, 0)
  const p = nextProduct()
  p.c = dw
  p.cRow = xRow
  p.aTile = 0
  p.aRow = 4
  if (turnsWeightGrad(inputs, outputs)) {
    takeColumns(dy, inputs, outputs, rows, tmp)
    p.a = x
    p.aK = xRow
    p.turned = inputs == 1 ? 0 : tmp + columnsTmp(inputs, outputs, rows)
  } else {
    takeColumns(x, outputs, inputs, rows, tmp)
    p.a = dy
    p.aK = dyRow
    p.turned = 0
    if (packsTiles(outputs, inputs, rows)) {
      p.a = tmp + columnsTmp(outputs, inputs, rows)
      p.aTile = <usize>rows * TILE_ROW
      p.aK = TILE_ROW
      packTiles(dy, dyRow, outputs, rows, p.a)
    }
  }
  multiply()
}

/** Bytes of `tmp` for `affineInputGrad`. */
export function affineInputGradTmp(rows: i32, inputs: i32, outputs: i32): usize {
  return inputs >= 4 ? columnsTmp(rows, inputs, outputs) : panelBytes(rows, outputs) + turnedBytes(inputs, rows, outputs)
}

/** dx = dy W. */
export function affineInputGrad(dy: usize, w: usize, dx: usize, rows: i32, inputs: i32, outputs: i32, tmp: usize): void {
  const xRow = <usize>inputs << 2
  const dyRow = <usize>outputs << 2
  if (inputs == 1 && rows >= 8) return dots(false, dy, w, rows, 1, outputs, dx, 4, 0, 0, 0, 0)
  if (inputs < 4 && rows < 4) return plain(dy, dyRow, 4, w, 4, xRow, rows, inputs, outputs, dx, xRow, 0)
  const p = nextProduct()
  p.aTile = 0
  p.c = dx
  p.cRow = xRow
  if (inputs >= 4) {
    takeColumns(w, rows, inputs, outputs, tmp)
    p.a = dy
    p.aRow = dyRow
    p.aK = 4
    p.turned = 0
  } else {
    packRows(dy, dyRow, rows, outputs, tmp)
    p.a = w
    p.aRow = 4
    p.aK = xRow
    p.b = tmp
    p.bK = PANEL_ROW
    p.bPanel = <usize>outputs * PANEL_ROW
    p.m = inputs
    p.n = rows
    p.k = outputs
    p.start = FROM_ZERO
    p.from = 0
    p.turned = tmp + panelBytes(rows, outputs)
  }
  multiply()
}
