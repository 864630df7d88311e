/**
 * Panels: up to 8 columns of a k x n matrix side by side, [k][8], as the tiles read them.
 *
 * The last panel of n >= 4 columns begins so far to the left that it ends with the matrix: some columns are computed
 * twice, to the same bits, and nothing outside of the matrix is read or written. It has 4 columns where that is enough.
 */
import { parallel } from "./jobs"

/** Bytes from one k to the next. */
export const PANEL_ROW: usize = 32

// @ts-ignore: decorator
@inline
export function panelsOf(n: i32): i32 {
  return n > 4 && n < 8 ? 2 : (n + 7) >> 3
}

/** 4 or 8. */
// @ts-ignore: decorator
@inline
export function panelColumns(n: i32, panel: i32): i32 {
  const left = n - (panel << 3)
  return n < 8 || left <= 4 ? 4 : 8
}

/** The first column of a panel. */
// @ts-ignore: decorator
@inline
export function panelStart(n: i32, panel: i32): i32 {
  const columns = panelColumns(n, panel)
  return min(panel << 3, n - columns)
}

/** Bytes that the panels of a k x n matrix take. */
export function panelBytes(n: i32, k: i32): usize {
  return <usize>panelsOf(n) * <usize>k * PANEL_ROW
}

/** Stores the transpose of four vectors. */
// @ts-ignore: decorator
@inline
export function transpose(x0: v128, x1: v128, x2: v128, x3: v128, to: usize, toRow: usize): void {
  const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5)
  const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5)
  const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7)
  const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5))
  v128.store(to + toRow, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7))
  v128.store(to + 2 * toRow, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5))
  v128.store(to + 3 * toRow, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7))
}

/** The same of vectors that lie a row apart. */
// @ts-ignore: decorator
@inline
export function transpose4(from: usize, row: usize, to: usize, toRow: usize): void {
  transpose(v128.load(from), v128.load(from + row), v128.load(from + 2 * row), v128.load(from + 3 * row), to, toRow)
}

/** Rows of a tile. */
const ROWS: i32 = 5
/** Bytes from one k to the next of a tile's rows that are packed. */
export const TILE_ROW: usize = 20

/** Tiles of 3 to 5 rows that m >= 5 rows are cut into; below that there is one. */
// @ts-ignore: decorator
@inline
export function tilesOf(m: i32): i32 {
  return (m + ROWS - 1) / ROWS
}

/** The first row of a tile. */
// @ts-ignore: decorator
@inline
export function tileStart(m: i32, tile: i32): i32 {
  const tiles = tilesOf(m)
  return tile * (m / tiles) + min(tile, m % tiles)
}

/** The number of rows of one of m's tiles. */
// @ts-ignore: decorator
@inline
export function tileRows(m: i32, tiles: i32, tile: i32): i32 {
  return m / tiles + i32(tile < m % tiles)
}

/** Bytes that the tiles of m rows take when they are packed. */
export function tileBytes(m: i32, k: i32): usize {
  return <usize>tilesOf(m) * <usize>k * TILE_ROW
}

@unmanaged
class Pack {
  source: usize
  /** Bytes from one row of the source to the next. */
  row: usize
  to: usize
  n: i32
  k: i32
  inBlock: i32
}

const args = memory.data(64, 16)

/** The source is [k][n]. */
function columnsBlock(at: usize, block: i32): void {
  const pack = changetype<Pack>(at)
  const row = pack.row
  const n = pack.n
  const first = block * pack.inBlock
  const end = min(first + pack.inBlock, panelsOf(n))
  const size = <usize>pack.k * PANEL_ROW
  let source = pack.source
  for (let k = 0; k < pack.k; k++, source += row) {
    let to = pack.to + <usize>first * size + <usize>k * PANEL_ROW
    for (let p = first; p < end; p++, to += size) {
      const from = source + (<usize>panelStart(n, p) << 2)
      v128.store(to, v128.load(from))
      if (panelColumns(n, p) == 8) v128.store(to, v128.load(from, 16), 16)
    }
  }
}

/** The source is [n][k]. */
function rowsBlock(at: usize, block: i32): void {
  const pack = changetype<Pack>(at)
  const row = pack.row
  const n = pack.n
  const first = block * pack.inBlock
  const end = min(first + pack.inBlock, panelsOf(n))
  let to = pack.to + <usize>first * <usize>pack.k * PANEL_ROW
  for (let p = first; p < end; p++) {
    const columns = panelColumns(n, p)
    let from = pack.source + <usize>panelStart(n, p) * row
    let k = pack.k
    for (; k >= 4; k -= 4) {
      transpose4(from, row, to, PANEL_ROW)
      if (columns == 8) transpose4(from + 4 * row, row, to + 16, PANEL_ROW)
      from += 16
      to += 4 * PANEL_ROW
    }
    for (; k > 0; k--) {
      for (let j = 0; j < columns; j++) store<f32>(to + (<usize>j << 2), load<f32>(from + <usize>j * row))
      from += 4
      to += PANEL_ROW
    }
  }
}

/** The source is [k][n], and its columns are the rows of tiles. */
function tilesBlock(at: usize, block: i32): void {
  const pack = changetype<Pack>(at)
  const row = pack.row
  const first = block * pack.inBlock
  const end = min(first + pack.inBlock, tilesOf(pack.n))
  for (let t = first; t < end; t++) {
    const start = tileStart(pack.n, t)
    const rows = tileStart(pack.n, t + 1) - start
    let from = pack.source + (<usize>start << 2)
    let to = pack.to + <usize>t * <usize>pack.k * TILE_ROW
    for (let k = 0; k < pack.k; k++, from += row, to += TILE_ROW) {
      if (rows == ROWS) {
        v128.store(to, v128.load(from))
        store<f32>(to, load<f32>(from, 16), 16)
      } else for (let r = 0; r < rows; r++) store<f32>(to + (<usize>r << 2), load<f32>(from + (<usize>r << 2)))
    }
  }
}

/** Panels, or tiles, at a time: whole cache lines of the source. */
const IN_BLOCK: i32 = 16
/** Nanoseconds for one element. */
const COST: f64 = 0.3

// @ts-ignore: decorator
@inline
function pack(f: i32, source: usize, row: usize, n: i32, k: i32, to: usize, parts: i32): void {
  const pack = changetype<Pack>(args)
  pack.source = source
  pack.row = row
  pack.to = to
  pack.n = n
  pack.k = k
  pack.inBlock = IN_BLOCK
  parallel(f, args, (parts + IN_BLOCK - 1) / IN_BLOCK, COST * <f64>n * <f64>k)
}

/** Panels of a matrix [k][n]. */
export function packColumns(source: usize, row: usize, n: i32, k: i32, to: usize): void {
  pack(columnsBlock.index, source, row, n, k, to, panelsOf(n))
}

/** Panels of the transpose of a matrix [n][k]. */
export function packRows(source: usize, row: usize, n: i32, k: i32, to: usize): void {
  pack(rowsBlock.index, source, row, n, k, to, panelsOf(n))
}

/** The rows of tiles, [tile][k][5], of a matrix [k][m]. */
export function packTiles(source: usize, row: usize, m: i32, k: i32, to: usize): void {
  pack(tilesBlock.index, source, row, m, k, to, tilesOf(m))
}
