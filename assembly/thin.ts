/**
 * Products whose sums have 1 to 4 terms: 8 columns of b stay in registers while all rows of a pass by. A tile would cost
 * more to begin and to end than to compute.
 */
import { panelAt, Product } from "./arguments"
import { panelColumns, panelsOf, panelStart } from "./layout"
import { storeRow } from "./tile"

/** K and VECTORS are constants where it is inlined. `start` is 0 or one number for each column. */
@inline
function thin(K: i32, VECTORS: i32, a: usize, aRow: usize, aK: usize, b: usize, bK: usize, c: usize, cRow: usize, start: usize, rows: i32): void {
  const zero = f32x4.splat(0)
  let s0 = zero, s1 = zero, b00 = zero, b01 = zero, b10 = zero, b11 = zero, b20 = zero, b21 = zero, b30 = zero, b31 = zero
  if (start) {
    s0 = v128.load(start)
    if (VECTORS > 1) s1 = v128.load(start, 16)
  }
  b00 = v128.load(b)
  if (VECTORS > 1) b01 = v128.load(b, 16)
  if (K > 1) b10 = v128.load(b + bK)
  if (K > 1 && VECTORS > 1) b11 = v128.load(b + bK, 16)
  if (K > 2) b20 = v128.load(b + 2 * bK)
  if (K > 2 && VECTORS > 1) b21 = v128.load(b + 2 * bK, 16)
  if (K > 3) b30 = v128.load(b + 3 * bK)
  if (K > 3 && VECTORS > 1) b31 = v128.load(b + 3 * bK, 16)
  for (; rows > 0; rows--, a += aRow, c += cRow) {
    let x = v128.load32_splat(a)
    let c0 = f32x4.add(s0, f32x4.mul(x, b00))
    let c1 = f32x4.add(s1, f32x4.mul(x, b01))
    if (K > 1) {
      x = v128.load32_splat(a + aK)
      c0 = f32x4.add(c0, f32x4.mul(x, b10))
      if (VECTORS > 1) c1 = f32x4.add(c1, f32x4.mul(x, b11))
    }
    if (K > 2) {
      x = v128.load32_splat(a + 2 * aK)
      c0 = f32x4.add(c0, f32x4.mul(x, b20))
      if (VECTORS > 1) c1 = f32x4.add(c1, f32x4.mul(x, b21))
    }
    if (K > 3) {
      x = v128.load32_splat(a + 3 * aK)
      c0 = f32x4.add(c0, f32x4.mul(x, b30))
      if (VECTORS > 1) c1 = f32x4.add(c1, f32x4.mul(x, b31))
    }
    storeRow(VECTORS, c, c0, c1)
  }
}

/** Elements of c that stay in the first-level cache until their lines are whole, and the fewest rows that pay. */
const CACHED: i32 = 4096
const FEWEST: i32 = 8

/** A block of rows of c. */
@inline
function block(K: i32, at: usize, number: i32): void {
  const p = changetype<Product>(at)
  const n = p.n
  const first = number * p.rowsInBlock
  const end = min(first + p.rowsInBlock, p.m)
  const some = max(FEWEST, CACHED / n)
  for (let r = first; r < end; r += some) {
    const rows = min(some, end - r)
    const a = p.a + <usize>r * p.aRow
    const c = p.c + <usize>r * p.cRow
    for (let panel = 0; panel < panelsOf(n); panel++) {
      const column = <usize>panelStart(n, panel) << 2
      const b = panelAt(p, panel, column)
      const start = p.from ? p.from + column : 0
      if (panelColumns(n, panel) == 8) thin(K, 2, a, p.aRow, p.aK, b, p.bK, c + column, p.cRow, start, rows)
      else thin(K, 1, a, p.aRow, p.aK, b, p.bK, c + column, p.cRow, start, rows)
    }
  }
}

function thin1(at: usize, number: i32): void {
  block(1, at, number)
}
function thin2(at: usize, number: i32): void {
  block(2, at, number)
}
function thin3(at: usize, number: i32): void {
  block(3, at, number)
}
function thin4(at: usize, number: i32): void {
  block(4, at, number)
}

/** The table index of the block function for so many terms. */
@inline
export function thinOf(k: i32): i32 {
  return k == 1 ? thin1.index : k == 2 ? thin2.index : k == 3 ? thin3.index : thin4.index
}
