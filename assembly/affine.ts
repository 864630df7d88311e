/**
 * The linear map y = x W^T + b of row-major x [rows][inputs] and W [outputs][inputs].
 *
 * Each element is one float32 sum over its index upwards, every product and every sum rounded: its bits are those of the
 * plain loop, in any batch and by any way through here.
 */
import { dots } from "./dots"
import { PANEL_ROW, panelBytes } from "./layout"
import { packRows } from "./pack"
import { plain } from "./plain"
import { multiply, nextProduct, turnedBytes } from "./product"
import { FROM_COLUMNS, FROM_ROWS, FROM_ZERO } from "./tile"

/**
 * Whether panels of W pay, and not those of x, whose results have to be turned: an element to be packed takes 0.3 ns, one
 * to be turned 0.6.
 */
@inline
function packsWeight(rows: i32, inputs: i32, outputs: i32): bool {
  return rows < 4 || (outputs >= 4 && <f64>(outputs - rows) * <f64>inputs <= 2 * <f64>rows * <f64>outputs)
}

/** Bytes of `tmp` for `affine`. */
export function affineTmp(rows: i32, inputs: i32, outputs: i32): usize {
  return packsWeight(rows, inputs, outputs)
    ? panelBytes(outputs, inputs)
    : panelBytes(rows, inputs) + turnedBytes(outputs, rows, inputs)
}

/** y = x W^T + b; bias is 0 where there is none. */
export function affine(x: usize, w: usize, bias: usize, y: usize, rows: i32, inputs: i32, outputs: i32, tmp: usize): void {
  const xRow = <usize>inputs << 2
  const yRow = <usize>outputs << 2
  if (affineTakesRelu(rows, outputs)) return dots(false, x, w, rows, outputs, inputs, y, yRow, 4, bias, 0, 4)
  if (rows < 4 && outputs >= 8) return dots(false, w, x, outputs, rows, inputs, y, 4, yRow, bias, 4, 0)
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
  if (packsWeight(rows, inputs, outputs)) {
    if (inputs == 1) {
      p.b = w
      p.bPanel = 0
    } else packRows(w, xRow, outputs, inputs, tmp)
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
  multiply()
}

/** Whether `affineOfRelu` can be used. */
export function affineTakesRelu(rows: i32, outputs: i32): bool {
  return outputs < 4 && rows >= 8
}

/** y = relu(x) W^T + b, where the relu costs next to nothing as x is read. */
export function affineOfRelu(x: usize, w: usize, bias: usize, y: usize, rows: i32, inputs: i32, outputs: i32): void {
  dots(true, x, w, rows, outputs, inputs, y, <usize>outputs << 2, 4, bias, 0, 4)
}
