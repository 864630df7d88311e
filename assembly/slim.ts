/**
 * Products whose sums have few terms, of rows of a that lie in one piece: all tiles of a panel pass by in one loop, since
 * to call a function for each tile costs as much as a dozen terms.
 *
 * The last tile of a block begins so far above that it ends with the block: some rows are computed twice, to the same bits.
 */
import { panelAt, Product } from "./arguments"
import { parallel } from "./jobs"
import { panelColumns, panelsOf, panelStart, ROWS } from "./layout"
import { FROM_COLUMNS, storeRow } from "./tile"

/** The most terms of a sum: so many rows of a panel stay in the first-level cache. */
const MOST_TERMS: i32 = 128

/** A panel's columns of some rows. VECTORS is a constant where it is inlined. `start` is 0 or one number for each column. */
@inline
function slim(VECTORS: i32, a: usize, aRow: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: usize, rows: i32): void {
  const zero = f32x4.splat(0)
  let s0 = zero, s1 = zero
  if (start) {
    s0 = v128.load(start)
    if (VECTORS > 1) s1 = v128.load(start, 16)
  }
  for (let left = rows; left > 0; left -= ROWS) {
    if (left < ROWS) {
      const again = <usize>(ROWS - left)
      a -= again * aRow
      c -= again * cRow
    }
    // A pointer for each row: an offset would have to be added at each load.
    let a0 = a
    let a1 = a0 + aRow
    let a2 = a1 + aRow
    let a3 = a2 + aRow
    let a4 = a3 + aRow
    a = a4 + aRow
    let c00 = s0, c01 = s1, c10 = s0, c11 = s1, c20 = s0, c21 = s1, c30 = s0, c31 = s1, c40 = s0, c41 = s1
    let at = b
    for (let i = k; i > 0; i--) {
      const b0 = v128.load(at)
      let b1 = zero
      if (VECTORS > 1) b1 = v128.load(at, 16)
      let x = v128.load32_splat(a0)
      c00 = f32x4.add(c00, f32x4.mul(x, b0))
      if (VECTORS > 1) c01 = f32x4.add(c01, f32x4.mul(x, b1))
      x = v128.load32_splat(a1)
      c10 = f32x4.add(c10, f32x4.mul(x, b0))
      if (VECTORS > 1) c11 = f32x4.add(c11, f32x4.mul(x, b1))
      x = v128.load32_splat(a2)
      c20 = f32x4.add(c20, f32x4.mul(x, b0))
      if (VECTORS > 1) c21 = f32x4.add(c21, f32x4.mul(x, b1))
      x = v128.load32_splat(a3)
      c30 = f32x4.add(c30, f32x4.mul(x, b0))
      if (VECTORS > 1) c31 = f32x4.add(c31, f32x4.mul(x, b1))
      x = v128.load32_splat(a4)
      c40 = f32x4.add(c40, f32x4.mul(x, b0))
      if (VECTORS > 1) c41 = f32x4.add(c41, f32x4.mul(x, b1))
      at += bK
      a0 += 4
      a1 += 4
      a2 += 4
      a3 += 4
      a4 += 4
    }
    storeRow(VECTORS, c, c00, c01)
    c += cRow
    storeRow(VECTORS, c, c10, c11)
    c += cRow
    storeRow(VECTORS, c, c20, c21)
    c += cRow
    storeRow(VECTORS, c, c30, c31)
    c += cRow
    storeRow(VECTORS, c, c40, c41)
    c += cRow
  }
}

function slim8(a: usize, aRow: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: usize, rows: i32): void {
  slim(2, a, aRow, b, bK, k, c, cRow, start, rows)
}
function slim4(a: usize, aRow: usize, b: usize, bK: usize, k: i32, c: usize, cRow: usize, start: usize, rows: i32): void {
  slim(1, a, aRow, b, bK, k, c, cRow, start, rows)
}

/** Elements of rows of a and c that stay in the first-level cache while the panels pass by. */
const CACHED: i32 = 6000
/** Products of two numbers in a block: about 12 microseconds, so that two threads share what one does in 25. */
const BLOCK: i32 = 300000
/** Fewest rows of a block, that read a panel while it is in the first-level cache. */
const FEWEST: i32 = 40
/** Nanoseconds for one. */
const COST: f64 = 0.04

/** A block of rows of c. */
function slimBlock(at: usize, number: i32): void {
  const p = changetype<Product>(at)
  const n = p.n
  const blocks = blocksOf(p)
  const end = startOf(p, blocks, number + 1)
  const some = max(1, CACHED / (n + p.k) / ROWS) * ROWS
  for (let r = startOf(p, blocks, number); r < end; r += some) {
    const rows = min(some, end - r)
    const a = p.a + <usize>r * p.aRow
    const c = p.c + <usize>r * p.cRow
    for (let panel = 0; panel < panelsOf(n); panel++) {
      const column = <usize>panelStart(n, panel) << 2
      const b = panelAt(p, panel, column)
      const start = p.from ? p.from + column : 0
      if (panelColumns(n, panel) == 8) slim8(a, p.aRow, b, p.bK, p.k, c + column, p.cRow, start, rows)
      else slim4(a, p.aRow, b, p.bK, p.k, c + column, p.cRow, start, rows)
    }
  }
}

/** How many blocks there are: few rows are one. */
@inline
function blocksOf(p: Product): i32 {
  return max(1, p.m / max(FEWEST, BLOCK / (p.n * p.k)))
}

/** The first row of a block: that of a tile, so that only the last block has rows that are computed twice. */
@inline
function startOf(p: Product, blocks: i32, block: i32): i32 {
  return block == blocks ? p.m : <i32>((<i64>p.m * block) / blocks / ROWS) * ROWS
}

/** Whether a product can be made so: sums of few terms, whose rows of a lie in one piece, from 0 or one number for each column. */
@inline
export function isSlim(p: Product): bool {
  return p.aK == 4 && !p.aTile && !p.turned && p.start <= FROM_COLUMNS && p.m >= ROWS && p.k >= 1 && p.k <= MOST_TERMS
}

/** Computes it. */
@inline
export function multiplySlim(p: Product): void {
  parallel(slimBlock.index, changetype<usize>(p), blocksOf(p), COST * <f64>p.m * <f64>p.n * <f64>p.k)
}
