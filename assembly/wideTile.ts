/**
 * A tile of 5 x 16 elements of c = start + a b, twice as wide as those of tile.ts, to the same bits.
 *
 * Its twenty accumulators do not fit the registers that V8 has for vectors of 128 bits. Where V8 makes one vector of 256
 * bits of two of ours (`node --experimental-wasm-revectorize`), they are ten, and as many as keep the processor's
 * units busy: then a product takes 0.6 of the time it takes without the flag, with the narrow tiles 0.75.
 */
import { FROM_COLUMNS, FROM_ROWS, storeRow } from "./tile"

/** Columns of a wide tile. */
export const WIDE: i32 = 16

/** Like a tile of 5 x 8; `next` is how many bytes behind the first 8 columns of b the others are. `start` is not FROM_C. */
export function tile5x16(a: usize, aRow: usize, aK: usize, b: usize, next: usize, bK: usize, k: i32, c: usize, cRow: usize, start: i32, from: usize): void {
  const zero = f32x4.splat(0)
  let c00 = zero, c01 = zero, c02 = zero, c03 = zero
  let c10 = zero, c11 = zero, c12 = zero, c13 = zero
  let c20 = zero, c21 = zero, c22 = zero, c23 = zero
  let c30 = zero, c31 = zero, c32 = zero, c33 = zero
  let c40 = zero, c41 = zero, c42 = zero, c43 = zero
  const a1 = aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow
  if (start == FROM_COLUMNS) {
    c00 = v128.load(from)
    c01 = v128.load(from, 16)
    c02 = v128.load(from, 32)
    c03 = v128.load(from, 48)
    c10 = c00
    c11 = c01
    c12 = c02
    c13 = c03
    c20 = c00
    c21 = c01
    c22 = c02
    c23 = c03
    c30 = c00
    c31 = c01
    c32 = c02
    c33 = c03
    c40 = c00
    c41 = c01
    c42 = c02
    c43 = c03
  } else if (start == FROM_ROWS) {
    c00 = v128.load32_splat(from)
    c01 = c00
    c02 = c00
    c03 = c00
    c10 = v128.load32_splat(from, 4)
    c11 = c10
    c12 = c10
    c13 = c10
    c20 = v128.load32_splat(from, 8)
    c21 = c20
    c22 = c20
    c23 = c20
    c30 = v128.load32_splat(from, 12)
    c31 = c30
    c32 = c30
    c33 = c30
    c40 = v128.load32_splat(from, 16)
    c41 = c40
    c42 = c40
    c43 = c40
  }
  let d = b + next
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(d), b3 = v128.load(d, 16)
    let s = v128.load32_splat(a)
    c00 = f32x4.add(c00, f32x4.mul(s, b0))
    c01 = f32x4.add(c01, f32x4.mul(s, b1))
    c02 = f32x4.add(c02, f32x4.mul(s, b2))
    c03 = f32x4.add(c03, f32x4.mul(s, b3))
    s = v128.load32_splat(a + a1)
    c10 = f32x4.add(c10, f32x4.mul(s, b0))
    c11 = f32x4.add(c11, f32x4.mul(s, b1))
    c12 = f32x4.add(c12, f32x4.mul(s, b2))
    c13 = f32x4.add(c13, f32x4.mul(s, b3))
    s = v128.load32_splat(a + a2)
    c20 = f32x4.add(c20, f32x4.mul(s, b0))
    c21 = f32x4.add(c21, f32x4.mul(s, b1))
    c22 = f32x4.add(c22, f32x4.mul(s, b2))
    c23 = f32x4.add(c23, f32x4.mul(s, b3))
    s = v128.load32_splat(a + a3)
    c30 = f32x4.add(c30, f32x4.mul(s, b0))
    c31 = f32x4.add(c31, f32x4.mul(s, b1))
    c32 = f32x4.add(c32, f32x4.mul(s, b2))
    c33 = f32x4.add(c33, f32x4.mul(s, b3))
    s = v128.load32_splat(a + a4)
    c40 = f32x4.add(c40, f32x4.mul(s, b0))
    c41 = f32x4.add(c41, f32x4.mul(s, b1))
    c42 = f32x4.add(c42, f32x4.mul(s, b2))
    c43 = f32x4.add(c43, f32x4.mul(s, b3))
    a += aK
    b += bK
    d += bK
  }
  storeRow(2, c, c00, c01)
  storeRow(2, c + 32, c02, c03)
  c += cRow
  storeRow(2, c, c10, c11)
  storeRow(2, c + 32, c12, c13)
  c += cRow
  storeRow(2, c, c20, c21)
  storeRow(2, c + 32, c22, c23)
  c += cRow
  storeRow(2, c, c30, c31)
  storeRow(2, c + 32, c32, c33)
  c += cRow
  storeRow(2, c, c40, c41)
  storeRow(2, c + 32, c42, c43)
}
