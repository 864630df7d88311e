/**
 * c [m][n] = start + a [m][k] b [k][n] by tiles, cut into blocks of tiles.
 *
 * A block takes some panels of b, so many that they stay in the second-level cache, and some tiles of rows of a; each
 * tile of rows stays in the first-level cache while the block's panels pass by. n is at least 4.
 */
import { panelAt, Product } from "./arguments"
import { parallel } from "./jobs"
import { PANEL_ROW, panelColumns, panelsOf, panelStart, ROWS, tilesOf, tileStart } from "./layout"
import { isSlim, multiplySlim } from "./slim"
import { thinOf } from "./thin"
import { FROM_COLUMNS, FROM_ROWS, tileOf } from "./tile"
import { transpose4 } from "./transpose"
import { tile5x16, WIDE } from "./wideTile"

const args = memory.data(80, 16)

/** Bytes of a tile that is to be turned, at most, and from one of its rows to the next. */
const TURNED: usize = 320
const TURNED_ROW: usize = 64
/** Bytes of b that stay in the second-level cache. */
const CACHED: i32 = 1 << 19
/** Products of two numbers in a block: about 100 microseconds. */
const BLOCK: i32 = 2500000
/** Nanoseconds for one. */
const COST: f64 = 0.04

/** Stores a tile as its transpose. */
function turn(tile: usize, rows: i32, columns: i32, to: usize, toRow: usize): void {
  let r = 0
  for (; r + 4 <= rows; r += 4) {
    let from = tile + <usize>r * TURNED_ROW
    let at = to + (<usize>r << 2)
    for (let j = 0; j < columns; j += 4, from += 16, at += 4 * toRow) transpose4(from, TURNED_ROW, at, toRow)
  }
  for (; r < rows; r++) {
    let at = to + (<usize>r << 2)
    const from = tile + <usize>r * TURNED_ROW
    for (let j = 0; j < columns; j++, at += toRow) store<f32>(at, load<f32>(from + (<usize>j << 2)))
  }
}

function productBlock(at: usize, block: i32): void {
  const p = changetype<Product>(at)
  const n = p.n
  const tiles = tilesOf(p.m)
  const across = (tiles + p.tilesInBlock - 1) / p.tilesInBlock
  const firstPanel = (block / across) * p.panelsInBlock
  const endPanel = min(firstPanel + p.panelsInBlock, panelsOf(n))
  const firstTile = (block % across) * p.tilesInBlock
  const endTile = min(firstTile + p.tilesInBlock, tiles)
  const turned = p.turned ? p.turned + <usize>block * TURNED : 0
  for (let t = firstTile; t < endTile; t++) {
    const row = tileStart(p.m, t)
    const rows = tileStart(p.m, t + 1) - row
    const a = p.aTile ? p.a + <usize>t * p.aTile : p.a + <usize>row * p.aRow
    const eight = tileOf(rows, 8)
    const four = tileOf(rows, 4)
    const pairs = p.pairs && rows == ROWS
    let columns = 0
    for (let panel = firstPanel; panel < endPanel; panel += (columns + 7) >> 3) {
      columns = pairs && (panel + 2) << 3 <= n ? WIDE : panelColumns(n, panel)
      const column = <usize>panelStart(n, panel) << 2
      const b = panelAt(p, panel, column)
      const c = turned ? turned : p.c + <usize>row * p.cRow + column
      const cRow = turned ? TURNED_ROW : p.cRow
      const from = p.from + (p.start == FROM_COLUMNS ? column : p.start == FROM_ROWS ? <usize>row << 2 : 0)
      if (columns == WIDE) {
        tile5x16(a, p.aRow, p.aK, b, p.bPanel ? p.bPanel : PANEL_ROW, p.bK, p.k, c, cRow, p.start, from)
      } else {
        call_indirect<void>(columns == 8 ? eight : four, a, p.aRow, p.aK, b, p.bK, p.k, c, cRow, p.start, from)
      }
      if (turned) turn(turned, rows, columns, p.c + (column >> 2) * p.cRow + (<usize>row << 2), p.cRow)
    }
  }
}

let pairs: bool = false

/** Whether this thread's products are made of pairs of panels where they can be: see wideTile.ts. */
export function setPairs(on: bool): void {
  pairs = on
}

/** The arguments of the next product, to be filled in. */
export function nextProduct(): Product {
  return changetype<Product>(args)
}

/** All, or an even number of them, so that pairs stay together. */
@inline
function panelsInBlock(n: i32, k: i32): i32 {
  return max(1, min(panelsOf(n), max(2, (CACHED / max(1, k * <i32>PANEL_ROW)) & ~1)))
}

@inline
function tilesInBlock(m: i32, n: i32, k: i32): i32 {
  return max(1, min(tilesOf(m), BLOCK / max(1, panelsInBlock(n, k) * k * 40)))
}

function blocksOf(m: i32, n: i32, k: i32): i32 {
  const panels = panelsInBlock(n, k)
  const tiles = tilesInBlock(m, n, k)
  return ((panelsOf(n) + panels - 1) / panels) * ((tilesOf(m) + tiles - 1) / tiles)
}

/** Bytes that a product stored as its transpose needs at `turned`. */
export function turnedBytes(m: i32, n: i32, k: i32): usize {
  return <usize>blocksOf(m, n, k) * TURNED
}

/** Products of two numbers, and results, in a block of few terms: about 50 microseconds. */
const THIN_BLOCK: i32 = 400000
/** Nanoseconds for one. */
const THIN_COST: f64 = 0.12

/** Computes what `nextProduct` says. */
export function multiply(): void {
  const p = nextProduct()
  if (p.k >= 1 && p.k <= 4 && !p.turned) {
    p.rowsInBlock = max(1, THIN_BLOCK / (p.n * p.k))
    parallel(thinOf(p.k), args, (p.m + p.rowsInBlock - 1) / p.rowsInBlock, THIN_COST * <f64>p.m * <f64>p.n * <f64>p.k)
    return
  }
  if (isSlim(p)) return multiplySlim(p)
  p.pairs = pairs
  p.panelsInBlock = panelsInBlock(p.n, p.k)
  p.tilesInBlock = tilesInBlock(p.m, p.n, p.k)
  parallel(productBlock.index, args, blocksOf(p.m, p.n, p.k), COST * <f64>p.m * <f64>p.n * <f64>p.k)
}
