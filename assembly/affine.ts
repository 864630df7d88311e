/**
 * The linear map y = x W^T + b of row-major x [rows][inputs] and W [outputs][inputs], and the products of its gradient.
 *
 * Each element is one float32 sum over its index upwards, every product and every sum rounded: its bits are those of the
 * plain loop, in any batch and by any way through here.
 */
import { dots } from "./dots"
import { PANEL_ROW, packColumns, packRows, packTiles, panelBytes, TILE_ROW, tileBytes } from "./pack"
import { outer, plain } from "./plain"
import { multiplyTiles, nextProduct, turnedBytes } from "./product"
import { FROM_COLUMNS, FROM_ROWS, FROM_ZERO } from "./tile"

/** Whether panels of W pay, and not those of x, whose results have to be turned. */
// @ts-ignore: decorator
@inline
function packsWeight(rows: i32, outputs: i32): bool {
  return rows < 4 || (outputs >= 4 && outputs <= 4 * rows)
}

/** Whether a matrix [k][n] is read by so many rows that panels of it pay. */
// @ts-ignore: decorator
@inline
function packsColumns(m: i32, n: i32, k: i32): bool {
  return m > 20 && k * n > 8192
}

/**
 * Whether tiles of a matrix [k][m] pay: a tile's rows lie a whole row of the matrix apart, which is a cache line each,
 * and in the same few sets of a cache where that is a power of two.
 */
// @ts-ignore: decorator
@inline
function packsTiles(m: i32, n: i32, k: i32): bool {
  return n >= 128 && m >= 64 && k >= 16
}

/** Bytes of `tmp` for `affine`. */
export function affineTmp(rows: i32, inputs: i32, outputs: i32): usize {
  return packsWeight(rows, outputs)
    ? panelBytes(outputs, inputs)
    : panelBytes(rows, inputs) + turnedBytes(outputs, rows, inputs)
}

/** y = x W^T + b; bias is 0 where there is none. */
export function affine(x: usize, w: usize, bias: usize, y: usize, rows: i32, inputs: i32, outputs: i32, tmp: usize): void {
  const xRow = <usize>inputs << 2
  const yRow = <usize>outputs << 2
  if (inputs == 1 && outputs >= 4) return outer(x, w, bias, y, rows, outputs)
  if (outputs < 4 && rows >= 8) return dots(x, w, rows, outputs, inputs, y, yRow, 4, bias, 0, 4)
  if (rows < 4 && outputs >= 8) return dots(w, x, outputs, rows, inputs, y, 4, yRow, bias, 4, 0)
  if (rows < 4 || outputs < 4) return plain(x, xRow, 4, w, xRow, 4, rows, outputs, inputs, y, yRow, bias)
  const p = nextProduct()
  p.aTile = 0
  p.aRow = xRow
  p.aK = 4
  p.b = tmp
  p.bK = PANEL_ROW
  p.bPanel = <usize>inputs * PANEL_ROW
  p.c = y
  p.cRow = yRow
  p.k = inputs
  p.from = bias
  if (packsWeight(rows, outputs)) {
    packRows(w, xRow, outputs, inputs, tmp)
    p.a = x
    p.m = rows
    p.n = outputs
    p.turned = 0
    p.start = bias ? FROM_COLUMNS : FROM_ZERO
  } else {
    packRows(x, xRow, rows, inputs, tmp)
    p.a = w
    p.m = outputs
    p.n = rows
    p.turned = tmp + panelBytes(rows, inputs)
    p.start = bias ? FROM_ROWS : FROM_ZERO
  }
  multiplyTiles()
}

/** Sets b of the next product, a matrix [k][n] itself or its panels. */
function takeColumns(source: usize, m: i32, n: i32, k: i32, tmp: usize): void {
  const p = nextProduct()
  const row = <usize>n << 2
  p.m = m
  p.n = n
  p.k = k
  p.start = FROM_ZERO
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

// @ts-ignore: decorator
@inline
function columnsTmp(m: i32, n: i32, k: i32): usize {
  return packsColumns(m, n, k) ? panelBytes(n, k) : 0
}

/** Bytes of `tmp` for `affineWeightGrad`. */
export function affineWeightGradTmp(rows: i32, inputs: i32, outputs: i32): usize {
  if (inputs < 4) return columnsTmp(inputs, outputs, rows) + turnedBytes(inputs, outputs, rows)
  return columnsTmp(outputs, inputs, rows) + (packsTiles(outputs, inputs, rows) ? tileBytes(outputs, rows) : 0)
}

/** dW = dy^T x. */
export function affineWeightGrad(x: usize, dy: usize, dw: usize, rows: i32, inputs: i32, outputs: i32, tmp: usize): void {
  const xRow = <usize>inputs << 2
  const dyRow = <usize>outputs << 2
  if (inputs < 4 && outputs < 4) return plain(dy, 4, dyRow, x, 4, xRow, outputs, inputs, rows, dw, xRow, 0)
  if (rows == 1 && inputs >= 4) return outer(dy, x, 0, dw, outputs, inputs)
  const p = nextProduct()
  p.c = dw
  p.cRow = xRow
  p.aTile = 0
  p.aRow = 4
  if (inputs >= 4) {
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
  } else {
    takeColumns(dy, inputs, outputs, rows, tmp)
    p.a = x
    p.aK = xRow
    p.turned = inputs == 1 ? 0 : tmp + columnsTmp(inputs, outputs, rows)
  }
  multiplyTiles()
}

/** Bytes of `tmp` for `affineInputGrad`. */
export function affineInputGradTmp(rows: i32, inputs: i32, outputs: i32): usize {
  return columnsTmp(rows, inputs, outputs)
}

/** dx = dy W. */
export function affineInputGrad(dy: usize, w: usize, dx: usize, rows: i32, inputs: i32, outputs: i32, tmp: usize): void {
  const xRow = <usize>inputs << 2
  const dyRow = <usize>outputs << 2
  if (inputs == 1 && rows >= 8) return dots(dy, w, rows, 1, outputs, dx, 4, 0, 0, 0, 0)
  if (inputs < 4) return plain(dy, dyRow, 4, w, 4, xRow, rows, inputs, outputs, dx, xRow, 0)
  if (outputs == 1) return outer(dy, w, 0, dx, rows, inputs)
  takeColumns(w, rows, inputs, outputs, tmp)
  const p = nextProduct()
  p.a = dy
  p.aTile = 0
  p.aRow = dyRow
  p.aK = 4
  p.c = dx
  p.cRow = xRow
  p.turned = 0
  multiplyTiles()
}
