/**
 * The innermost loop of every matrix product: a tile of up to 5 x 8 elements of c = start + a b, in registers.
 *
 * Element (r, j) is the sum over k, in that order, of a[r aRow + k aK] b[k bK + 4 j] (strides in bytes), each product and
 * each sum rounded: its bits do not depend on the tile that it lies in. A tile of 5 x 8 keeps ten accumulators, two
 * vectors of b and one element of a in the 15 registers that V8 has to give; 6 x 8 and 4 x 12 spill.
 */

/** What the sums begin with: 0, or the elements at `from`. */
export const FROM_ZERO: i32 = 0
/** One for each of the tile's columns. */
export const FROM_COLUMNS: i32 = 1
/** One for each of its rows. */
export const FROM_ROWS: i32 = 2
/** What stands in c. */
export const FROM_C: i32 = 3

/** Writes a row of a tile of one or two vectors. */
@inline
export function storeRow(VECTORS: i32, c: usize, first: v128, second: v128): void {
  v128.store(c, first)
  if (VECTORS > 1) v128.store(c, second, 16)
}

/** ROWS and VECTORS are constants where it is inlined, so every branch on them is gone. */
@inline
function tile(ROWS: i32, VECTORS: i32, a: usize, aRow: usize, aK: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: i32, from: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00
  const a1 = aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow
  const c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow, c4 = c3 + cRow
  if (start == FROM_COLUMNS) {
    c00 = v128.load(from)
    c10 = c00
    c20 = c00
    c30 = c00
    c40 = c00
    if (VECTORS > 1) {
      c01 = v128.load(from, 16)
      c11 = c01
      c21 = c01
      c31 = c01
      c41 = c01
    }
  } else if (start == FROM_ROWS) {
    c00 = v128.load32_splat(from)
    c01 = c00
    if (ROWS > 1) c10 = v128.load32_splat(from, 4)
    c11 = c10
    if (ROWS > 2) c20 = v128.load32_splat(from, 8)
    c21 = c20
    if (ROWS > 3) c30 = v128.load32_splat(from, 12)
    c31 = c30
    if (ROWS > 4) c40 = v128.load32_splat(from, 16)
    c41 = c40
  } else if (start == FROM_C) {
    c00 = v128.load(c)
    if (VECTORS > 1) c01 = v128.load(c, 16)
    if (ROWS > 1) c10 = v128.load(c1)
    if (ROWS > 1 && VECTORS > 1) c11 = v128.load(c1, 16)
    if (ROWS > 2) c20 = v128.load(c2)
    if (ROWS > 2 && VECTORS > 1) c21 = v128.load(c2, 16)
    if (ROWS > 3) c30 = v128.load(c3)
    if (ROWS > 3 && VECTORS > 1) c31 = v128.load(c3, 16)
    if (ROWS > 4) c40 = v128.load(c4)
    if (ROWS > 4 && VECTORS > 1) c41 = v128.load(c4, 16)
  }
  for (; k > 0; k--) {
    const b0 = v128.load(b)
    let b1 = b0
    if (VECTORS > 1) b1 = v128.load(b, 16)
    let s = v128.load32_splat(a)
    c00 = f32x4.add(c00, f32x4.mul(s, b0))
    if (VECTORS > 1) c01 = f32x4.add(c01, f32x4.mul(s, b1))
    if (ROWS > 1) {
      s = v128.load32_splat(a + a1)
      c10 = f32x4.add(c10, f32x4.mul(s, b0))
      if (VECTORS > 1) c11 = f32x4.add(c11, f32x4.mul(s, b1))
    }
    if (ROWS > 2) {
      s = v128.load32_splat(a + a2)
      c20 = f32x4.add(c20, f32x4.mul(s, b0))
      if (VECTORS > 1) c21 = f32x4.add(c21, f32x4.mul(s, b1))
    }
    if (ROWS > 3) {
      s = v128.load32_splat(a + a3)
      c30 = f32x4.add(c30, f32x4.mul(s, b0))
      if (VECTORS > 1) c31 = f32x4.add(c31, f32x4.mul(s, b1))
    }
    if (ROWS > 4) {
      s = v128.load32_splat(a + a4)
      c40 = f32x4.add(c40, f32x4.mul(s, b0))
      if (VECTORS > 1) c41 = f32x4.add(c41, f32x4.mul(s, b1))
    }
    a += aK
    b += bK
  }
  storeRow(VECTORS, c, c00, c01)
  if (ROWS > 1) storeRow(VECTORS, c1, c10, c11)
  if (ROWS > 2) storeRow(VECTORS, c2, c20, c21)
  if (ROWS > 3) storeRow(VECTORS, c3, c30, c31)
  if (ROWS > 4) storeRow(VECTORS, c4, c40, c41)
}

function tile1x8(a: usize, aRow: usize, aK: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: i32, from: usize): void {
  tile(1, 2, a, aRow, aK, b, bK, k, c, cRow, start, from)
}
function tile2x8(a: usize, aRow: usize, aK: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: i32, from: usize): void {
  tile(2, 2, a, aRow, aK, b, bK, k, c, cRow, start, from)
}
function tile3x8(a: usize, aRow: usize, aK: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: i32, from: usize): void {
  tile(3, 2, a, aRow, aK, b, bK, k, c, cRow, start, from)
}
function tile4x8(a: usize, aRow: usize, aK: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: i32, from: usize): void {
  tile(4, 2, a, aRow, aK, b, bK, k, c, cRow, start, from)
}
function tile5x8(a: usize, aRow: usize, aK: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: i32, from: usize): void {
  tile(5, 2, a, aRow, aK, b, bK, k, c, cRow, start, from)
}
function tile1x4(a: usize, aRow: usize, aK: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: i32, from: usize): void {
  tile(1, 1, a, aRow, aK, b, bK, k, c, cRow, start, from)
}
function tile2x4(a: usize, aRow: usize, aK: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: i32, from: usize): void {
  tile(2, 1, a, aRow, aK, b, bK, k, c, cRow, start, from)
}
function tile3x4(a: usize, aRow: usize, aK: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: i32, from: usize): void {
  tile(3, 1, a, aRow, aK, b, bK, k, c, cRow, start, from)
}
function tile4x4(a: usize, aRow: usize, aK: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: i32, from: usize): void {
  tile(4, 1, a, aRow, aK, b, bK, k, c, cRow, start, from)
}
function tile5x4(a: usize, aRow: usize, aK: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: i32, from: usize): void {
  tile(5, 1, a, aRow, aK, b, bK, k, c, cRow, start, from)
}

/** The table index of the tile of 1 to 5 rows and 4 or 8 columns, to be called with (a, aRow, aK, b, bK, k, c, cRow, start, from). */
@inline
export function tileOf(rows: i32, columns: i32): i32 {
  if (columns == 8) {
    if (rows == 5) return tile5x8.index
    if (rows == 4) return tile4x8.index
    if (rows == 3) return tile3x8.index
    return rows == 2 ? tile2x8.index : tile1x8.index
  }
  if (rows == 5) return tile5x4.index
  if (rows == 4) return tile4x4.index
  if (rows == 3) return tile3x4.index
  return rows == 2 ? tile2x4.index : tile1x4.index
}
