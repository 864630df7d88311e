/** Copies matrices into panels and tiles (layout.ts). */
import { parallel } from "./jobs"
import { PANEL_ROW, panelColumns, panelsOf, panelStart, ROWS, TILE_ROW, tilesOf, tileStart } from "./layout"
import { transpose4 } from "./transpose"

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
